import { Controller, Injectable, type ModuleMetadata, type Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { McpController, Tool } from '@rekog/mcp-nest';
import {
  DenyImpersonation,
  describeAccess,
  OptionalCaller,
  orgFromMessage,
  orgFromParam,
  orgNameFromHost,
  OverrideRules,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequireScope,
  RequireUser,
  type AccessDecorator,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { z } from 'zod';
import { startMatrixApplication } from '../support/access-matrix.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { callOf, startMcpServer, textOf } from '../support/mcp-nest.js';
import { startHybrid } from '../support/microservice.js';
import { bob, carol } from '../mcp/nest/users.js';
import { ACME_ID, alice } from '../support/project.js';
import { routeUnder } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';
import { Robots } from './robots.js';

const ofTenant = RequireOrgMember({ org: orgNameFromHost('{org}.example.com') });
const ofOrg = RequireOrgMember({ org: orgFromParam() });
const usersAndRobots = RequireCaller('user', 'robot');
const usersAndKeys = RequireCaller('user', 'api-key');
const toRead = RequireScope('reports:read', { of: 'robot' });

const READER = 'robot with scope reports:read';
const MEMBERS = 'members of the org in path orgId';

const startWith = (globalRules: readonly AccessDecorator[], ...controllers: Type[]) =>
  startGuarded({ controllers, providers: [Robots] }, { globalRules, callerKinds: [Robots] });

describe('Callers that globalRules name', () => {
  it.each<[string, AccessDecorator[], AccessDecorator[], string]>([
    ['by default', [usersAndKeys], [], 'user or API key'],
    ['beside a rule about one of them', [usersAndRobots], [toRead], `user or ${READER}`],
    ['beside a rule about members', [usersAndKeys], [ofOrg], `user or API key: ${MEMBERS}`],
    ['by a rule about a kind', [toRead], [], READER],
  ])('are accepted %s', async (_what, globalRules, decorators, summary) => {
    const { app } = await startWith(globalRules, routeUnder('calls/:orgId', ...decorators));
    expect(describeAccess(app)[0]?.summary).toBe(summary);
  });

  it('meet the global rules about other callers, where a handler accepts none of those', async () => {
    const toWrite = RequireScope('reports:write', { of: 'robot' });
    const { url } = await startWith(
      [usersAndRobots, DenyImpersonation(), toWrite],
      routeUnder('calls'),
      routeUnder('calls/users', RequireUser()),
      routeUnder('calls/keys', RequireApiKey()),
    );
    await request(url, alice).get('/calls/users').expect(200);
    await request(url, alice).get('/calls').expect(200);
    await request(url).get('/calls').set({ 'x-robot': 'r2' }).expect(403);
    await request(url, alice).get('/calls/keys').expect(401);
    await request(url, alice, { impersonator_user_id: 'employee' }).get('/calls').expect(403);
  });

  it('are not those of a global rule about one kind, which restricts them and invites nobody', async () => {
    @Injectable()
    class Employees extends Robots {
      memberships() {
        return [{ orgId: ACME_ID, role: 'Owner' }];
      }
    }
    const { url } = await startGuarded(
      {
        controllers: [routeUnder('billing/:orgId', RequireOrgRole('Owner'))],
        providers: [Employees],
      },
      { globalRules: [toRead], callerKinds: [Employees] },
    );
    await request(url).get(`/billing/${ACME_ID}`).set({ 'x-robot': 'r2' }).expect(401);
    await request(url, alice).get(`/billing/${ACME_ID}`).expect(200);
  });
});

@McpController()
class Tools {
  @Tool({ name: 'bill', description: '', parameters: z.object({ orgId: z.string() }) })
  @RequireOrgRole('Admin', { org: orgFromMessage('orgId') })
  bill() {
    return 'billed';
  }
}

describe('globalRules', () => {
  it('mean MCP clients on the tools of an MCP server and their endpoint', async () => {
    const server = await startMcpServer([Tools], {
      endpoint: [],
      options: { globalRules: [RequireCaller('user', 'api-key'), DenyImpersonation()] },
    });
    const call = callOf('bill', { orgId: ACME_ID });
    const { status, body } = await server.send(call, { token: server.token(bob) });
    expect([status, textOf(body)]).toEqual([200, '"billed"']);
    expect((await server.send(call, { token: await issuer.accessToken(bob) })).status).toBe(401);
    expect(await server.send(call, { token: server.token(carol) })).toMatchObject({
      body: { result: { isError: true } },
    });
  });

  it('are tried on every handler by toHold()', async () => {
    const { app } = await startMatrixApplication({
      controllers: [
        routeUnder('reports'),
        routeUnder('reports/admins', RequireOrgRole('Admin')),
        routeUnder('reports/public', Public()),
      ],
      module: { globalRules: [ofTenant] },
    });
    await expectAccess(app).toHold();
  });
});

const start = (metadata: ModuleMetadata, globalRules: readonly AccessDecorator[] = [ofTenant]) =>
  messageOf(startGuarded(metadata, { globalRules }));

function routes(count: number): Type[] {
  return Array.from({ length: count }, (_, index) => routeUnder(`numbered/${index}`));
}

describe('Startup under globalRules', () => {
  it('fails with one message where a source fits no route', async () => {
    const message = await start({ controllers: routes(14) }, [RequireOrgMember()]);
    const named = Array.from(
      { length: 10 },
      (_, index) => `OneRouteController.show (GET /numbered/${index})`,
    );
    expect(message).toBe(
      'These access rules cannot work as they are written:\n' +
        `- ${named.join(', ')} and 4 more: ` +
        '@RequireOrgMember() of globalRules reads the path parameter "orgId", which these calls do not have. Take a source that all calls ' +
        'have, such as orgNameFromHost(), or write the rule on the classes that have it.',
    );
  });

  it('fails for @Public() on a class, which lifts no global rule', async () => {
    const controller = routeUnder('reports');
    Public()(controller);
    expect(await start({ controllers: [controller] })).toContain(
      'OneRouteController: @Public() on the class has no effect',
    );
  });

  it('fails for @OverrideRules() where only global rules apply', async () => {
    expect(await start({ controllers: [routeUnder('reports', OverrideRules())] })).toContain(
      '@OverrideRules() has no effect, because its class and the parent classes have no rules.',
    );
  });

  it.each<[what: string, decorator: AccessDecorator, expected: string]>([
    [
      'callers who are in no organization',
      OptionalCaller(),
      "@OptionalCaller() contradicts @RequireOrgMember() of globalRules, which requires a caller of the kind 'user'. Remove " +
        '@OptionalCaller(), or move @RequireOrgMember() of globalRules to the classes that it is for.',
    ],
    [
      'an option about unchecked organizations',
      RequireUser({ uncheckedOrg: true }),
      'The option uncheckedOrg of @RequireUser() contradicts @RequireOrgMember() of globalRules, which checks the organization.',
    ],
  ])('fails for %s', async (_what, decorator, expected) => {
    expect(await start({ controllers: [routeUnder('reports', decorator)] })).toContain(expected);
  });

  it('fails for callers who cannot meet a rule of the handler', async () => {
    expect(
      await messageOf(startWith([usersAndRobots], routeUnder('calls/:orgId', ofOrg))),
    ).toContain(
      'OneRouteController.show (GET /calls/:orgId): The handler has a rule about the organization of its callers, but callers of the ' +
        "kind 'robot' have none",
    );
  });

  it.each<[what: string, globalRule: AccessDecorator, ...ofClass: ClassDecorator[]]>([
    ['without a decorator', RequireUser()],
    [
      'under @Public() on the class, which keeps our guard away',
      RequireOrgMember({ org: orgFromMessage('orgId') }),
      Public(),
    ],
  ])(
    'fails for messages of a hybrid application that the global guard does not reach: %s',
    async (_what, globalRule, ...ofClass) => {
      class Messages {
        @MessagePattern('sum')
        sum() {
          return 0;
        }
      }
      for (const decorate of [...ofClass, Controller()]) decorate(Messages);
      const starting = startHybrid({
        imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, globalRules: [globalRule] })],
        controllers: [Messages],
      });
      const message = await messageOf(starting.then(({ app }) => app));
      expect(message).toContain(
        'The handler may be open, because the global guard does not reach microservices',
      );
      expect(message).not.toContain('a decorator above replaced the class');
    },
  );

  it('fails for a gateway, whose messages have no path', async () => {
    @WebSocketGateway()
    class Events {
      @SubscribeMessage('list')
      list() {
        return [];
      }
    }
    expect(await start({ providers: [Events] }, [RequireOrgMember()])).toContain(
      '@RequireOrgMember() of globalRules reads the path parameter "orgId"',
    );
  });

  it.each<[what: string, options: object, message: RegExp]>([
    ['something else than a list', { globalRules: RequireUser() }, /^globalRules is not a list/],
    [
      'undefined in the list',
      { globalRules: [undefined] },
      /^globalRules\[0\] is not the result of/,
    ],
    [
      'a decorator of the application',
      { globalRules: [RequireUser(), Controller()] },
      /^globalRules\[1\] is not the result of a decorator of this package, such as RequireUser\(\)\. Results of applyDecorators\(\) do not count; if it is undefined, its file and this one import each other\.$/,
    ],
    [
      '@Public()',
      { globalRules: [Public()] },
      /^globalRules\[0\] is @Public\(\), which is only for/,
    ],
    [
      '@OverrideRules()',
      { globalRules: [OverrideRules()] },
      /^globalRules\[0\] is @OverrideRules\(\), which is only for/,
    ],
    [
      'two decorators that name callers',
      { globalRules: [RequireUser(), RequireApiKey()] },
      /^@RequireUser\(\) of globalRules and @RequireApiKey\(\) of globalRules name the callers/,
    ],
    [
      'requireUserByDefault as well',
      { globalRules: [RequireUser()], requireUserByDefault: true },
      /^requireUserByDefault is short for globalRules: \[RequireUser\(\)\]\. Remove it/,
    ],
  ])('rejects %s', (_what, options, message) => {
    expect(() => PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })).toThrow(
      message,
    );
  });
});

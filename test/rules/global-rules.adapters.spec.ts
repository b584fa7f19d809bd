import {
  Controller,
  Get,
  Injectable,
  Module,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { DocumentBuilder } from '@nestjs/swagger';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { McpController, Tool } from '@rekog/mcp-nest';
import {
  accessRule,
  CurrentOrg,
  DenyImpersonation,
  describeAccess,
  OptionalCaller,
  OptionalUser,
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
  type AccessCall,
  type AccessDecorator,
  type AccessRule,
  type CallerKind,
  type OrgMemberInfo,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { expectAccess } from 'nestjs-propelauth/testing';
import { z } from 'zod';
import { startMatrixApplication } from '../support/access-matrix.js';
import { beforeTests } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { codesOf, graphqlModule, send } from '../support/graphql.js';
import { callOf, startMcpServer, textOf } from '../support/mcp-nest.js';
import { startHybrid } from '../support/microservice.js';
import { ACME_ID, headersOf, userIn } from '../support/project.js';
import { bob, carol } from '../mcp/nest/users.js';
import { routeUnder } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';

const ofTenant = orgNameFromHost('{org}.example.com');
const TENANTS = { globalRules: [RequireOrgMember({ org: ofTenant })] };

const erin = userIn(
  'erin',
  { orgId: 'org-acme', orgName: 'acme', role: 'Member' },
  { orgId: 'org-globex', orgName: 'globex', role: 'Admin' },
);
const frank = userIn('frank', { orgId: 'org-globex', orgName: 'globex', role: 'Owner' });

@Controller('reports')
class ReportsController {
  @Get()
  list(@CurrentOrg() org: OrgMemberInfo) {
    return { orgId: org.orgId };
  }

  @Get('admins')
  @RequireOrgRole('Admin')
  admins(@CurrentOrg() org: OrgMemberInfo) {
    return { orgId: org.orgId };
  }

  @Get('public')
  @Public()
  everyone() {
    return {};
  }
}

@Controller('billing')
@RequireOrgRole('Owner')
class BillingController {
  @Get()
  show() {
    return {};
  }

  @Get('plan')
  @OverrideRules()
  plan() {
    return {};
  }
}

/** Two rules about organizations have to find the same one. */
@Controller('orgs/:orgId/members')
@RequireOrgMember({ org: orgFromParam() })
class MembersController {
  @Get()
  list() {
    return {};
  }
}

@Module({ controllers: [routeUnder('health')] })
class HealthModule {}

const host = (tenant: string) => ({ Host: `${tenant}.example.com` });

describe('globalRules', () => {
  const application = beforeTests(() =>
    startGuarded(
      {
        imports: [HealthModule],
        controllers: [ReportsController, BillingController, MembersController],
      },
      { ...TENANTS, except: [HealthModule] },
    ),
  );

  it.each([
    ['a handler without a decorator', '/reports', 'acme', 200],
    ['the same, in another organization', '/reports', 'initech', 403],
    ['a handler with a rule, which uses the global source', '/reports/admins', 'globex', 200],
    ['the same, whose rule fails', '/reports/admins', 'acme', 403],
    ['a public handler', '/reports/public', 'initech', 200],
    ['a handler of a class with a rule', '/billing', 'acme', 403],
    ['one that drops the rule of its class', '/billing/plan', 'acme', 200],
    ['the same, which does not drop the global one', '/billing/plan', 'initech', 403],
    ['two rules that find one organization', '/orgs/org-acme/members', 'acme', 200],
    ['two rules that find two', '/orgs/org-acme/members', 'globex', 403],
    ['an exempt handler', '/health', 'initech', 200],
  ])('%s: GET %s of %s returns %d', async (_what, path, tenant, status) => {
    await request(application.url, erin).get(path).set(host(tenant)).expect(status);
  });

  it('let nobody without a token in, except where @Public() lifts them', async () => {
    for (const path of ['/reports', '/reports/admins', '/billing/plan', '/orgs/org-acme/members']) {
      await request(application.url).get(path).set(host('acme')).expect(401);
    }
    await request(application.url).get('/reports/public').expect(200);
  });

  it('find the organization for @CurrentOrg()', async () => {
    const { body } = await request(application.url, erin).get('/reports').set(host('globex'));
    expect(body).toEqual({ orgId: 'org-globex' });
  });

  it('are in the list of rules and in OpenAPI documents', () => {
    const described = describeAccess(application.app);
    expect(Object.fromEntries(described.map(({ name, summary }) => [name, summary]))).toEqual({
      'GET /reports': 'members of the org in host {org}.example.com',
      'GET /reports/admins': 'Admin and above of the org in host {org}.example.com',
      'GET /reports/public': 'public',
      'GET /billing': 'Owner and above of the org in host {org}.example.com',
      'GET /billing/plan': 'members of the org in host {org}.example.com',
      'GET /orgs/:orgId/members': 'members of the org in path orgId and host {org}.example.com',
      'GET /health': 'exempt (HealthModule)',
    });
    const document = PropelAuthSwagger.createDocument(
      application.app,
      new DocumentBuilder().build(),
    );
    const { security, responses } = document.paths['/reports']!.get!;
    expect(security).toEqual([{ bearer: [] }]);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']));
    expect(document.paths['/reports/public']!.get!.security).toEqual([]);
  });
});

/** Robots of the application, which are in no organization. */
@Injectable()
class Robots implements CallerKind<{ id: string }> {
  readonly name = 'robot';
  readonly credential = [{ header: 'x-robot' }];

  identify(id: string) {
    return { id };
  }

  key({ id }: { id: string }) {
    return id;
  }

  scopes() {
    return ['reports:read'];
  }
}

describe('Callers that globalRules name', () => {
  /** `GET /calls`, without a decorator, and one route for users and one for API keys. */
  const calls = [
    routeUnder('calls'),
    routeUnder('calls/users', RequireUser()),
    routeUnder('calls/keys', RequireApiKey()),
  ];
  const ofMembers = routeUnder('calls/orgs/:orgId', RequireOrgMember({ org: orgFromParam() }));

  it('are a default, which the decorators of handlers and rules about one kind replace', async () => {
    const { app } = await startGuarded(
      {
        controllers: [
          ...calls,
          ofMembers,
          routeUnder('calls/optional', OptionalUser()),
          routeUnder('calls/scoped', RequireScope('reports:read', { of: 'robot' })),
        ],
        providers: [Robots],
      },
      { globalRules: [RequireCaller('user', 'api-key')], callerKinds: [Robots] },
    );
    const summaries = describeAccess(app).map(({ name, summary }) => [name, summary]);
    expect(Object.fromEntries(summaries)).toEqual({
      'GET /calls': 'user or API key',
      'GET /calls/users': 'user',
      'GET /calls/keys': 'API key',
      'GET /calls/optional': 'optional user',
      'GET /calls/scoped': 'robot with scope reports:read',
      'GET /calls/orgs/:orgId': 'user or API key: members of the org in path orgId',
    });
  });

  it('meet the global rules about other callers, where a handler accepts none of those', async () => {
    const { app, url } = await startGuarded(
      { controllers: calls, providers: [Robots] },
      {
        globalRules: [
          RequireCaller('user', 'robot'),
          DenyImpersonation(),
          RequireScope('reports:write', { of: 'robot' }),
        ],
        callerKinds: [Robots],
      },
    );
    const { summary } = describeAccess(app).find(({ name }) => name === 'GET /calls')!;
    expect(summary).toBe('user or robot with scope reports:write, not impersonated');
    await request(url, erin).get('/calls/users').expect(200);
    await request(url, erin).get('/calls').expect(200);
    await request(url).get('/calls').set({ 'x-robot': 'r2' }).expect(403);
    await request(url, erin).get('/calls/keys').expect(401);
    const claims = { impersonator_user_id: 'employee' };
    await request(url, erin, claims).get('/calls').expect(403);
  });

  it('are not those of a global rule about one kind, which restricts them and invites nobody', async () => {
    @Injectable()
    class Employees extends Robots {
      memberships() {
        return [{ orgId: 'org-acme', urlSafeOrgName: 'acme', role: 'Owner' }];
      }
    }
    const { url } = await startGuarded(
      { controllers: [BillingController], providers: [Employees] },
      {
        globalRules: [RequireScope('reports:read', { of: 'robot' })],
        orgSource: ofTenant,
        callerKinds: [Employees],
      },
    );
    const robot = { ...host('acme'), 'x-robot': 'r2' };
    await request(url).get('/billing').set(robot).expect(401);
    await request(url, frank).get('/billing').set(host('globex')).expect(200);
  });

  it('fail startup where they cannot meet a rule of the handler', async () => {
    const starting = startGuarded(
      { controllers: [ofMembers], providers: [Robots] },
      { globalRules: [RequireCaller('user', 'robot')], callerKinds: [Robots] },
    );
    expect(await messageOf(starting)).toContain(
      'OneRouteController.show (GET /calls/orgs/:orgId): The handler has a rule about the organization of its callers, but callers of the ' +
        "kind 'robot' have none",
    );
  });

  it('stay under a rule about one of their kinds', async () => {
    const { app } = await startGuarded(
      {
        controllers: [routeUnder('reports', RequireScope('reports:read', { of: 'robot' }))],
        providers: [Robots],
      },
      { globalRules: [RequireCaller('user', 'robot')], callerKinds: [Robots] },
    );
    expect(describeAccess(app)[0]?.summary).toBe('user or robot with scope reports:read');
  });

  it('are those whom a global rule is about, where nothing names any', async () => {
    const { app } = await startGuarded(
      { controllers: [routeUnder('reports')], providers: [Robots] },
      { globalRules: [RequireScope('reports:read', { of: 'robot' })], callerKinds: [Robots] },
    );
    expect(describeAccess(app)[0]?.summary).toBe('robot with scope reports:read');
  });

  it('may be optional', async () => {
    const { url } = await startGuarded(
      { controllers: [routeUnder('greetings')] },
      { globalRules: [OptionalUser()] },
    );
    await request(url).get('/greetings').expect(200);
  });
});

@Injectable()
class OpenRule implements AccessRule<[], 'org', 'closed'> {
  static isOpen = true;
  static asked = 0;
  readonly name = 'open';
  readonly requires = ['org'] as const;
  readonly denials = { closed: 402 } as const;

  authorize(_call: AccessCall<'org'>) {
    OpenRule.asked += 1;
    return OpenRule.isOpen;
  }
}

const RequireOpen = accessRule(OpenRule);

describe('A rule of the application in globalRules', () => {
  it('is asked about every handler, and a rule of a handler after it', async () => {
    const { url } = await startGuarded(
      { controllers: [ReportsController], providers: [OpenRule] },
      { globalRules: [...TENANTS.globalRules, RequireOpen()] },
    );
    await request(url, erin).get('/reports').set(host('acme')).expect(200);
    OpenRule.isOpen = false;
    const { status, body } = await request(url, erin).get('/reports').set(host('acme'));
    OpenRule.isOpen = true;
    expect([status, body.code]).toEqual([402, 'closed']);
  });
});

@ObjectType()
class Report {
  @Field()
  id!: string;
}

@Resolver(() => Report)
class ReportResolver {
  @Query(() => Report)
  report() {
    return { id: 'r1' };
  }

  @Query(() => Report)
  @Public()
  sample() {
    return { id: 'r1' };
  }

  @ResolveField(() => String)
  title() {
    return 'Report';
  }

  @ResolveField(() => String)
  @RequireOrgRole('Owner')
  secret() {
    return 'secret';
  }
}

describe('globalRules over GraphQL', () => {
  const application = beforeTests(() =>
    startGuarded(
      { imports: [graphqlModule()], providers: [ReportResolver, OpenRule] },
      { globalRules: [...TENANTS.globalRules, RequireOpen()] },
    ),
  );
  const ask = async (query: string, user = erin, tenant = 'acme') =>
    send(application, query, { ...(await headersOf(issuer, user)), ...host(tenant) });

  it('apply to operations, and not again to their fields', async () => {
    OpenRule.asked = 0;
    expect(await ask('{ report { id title } }')).toEqual({
      data: { report: { id: 'r1', title: 'Report' } },
    });
    expect(await ask('{ report { secret } }', frank, 'globex')).toEqual({
      data: { report: { secret: 'secret' } },
    });
    expect(OpenRule.asked).toBe(2);
    expect(codesOf(await ask('{ report { id } }', erin, 'initech'))).toEqual(['FORBIDDEN']);
  });

  it('do not apply below a public operation, where rules of fields do, with the global source', async () => {
    expect(await send(application, '{ sample { id title } }')).toEqual({
      data: { sample: { id: 'r1', title: 'Report' } },
    });
    expect(codesOf(await send(application, '{ sample { secret } }', host('globex')))).toEqual([
      'UNAUTHENTICATED',
    ]);
    expect(codesOf(await ask('{ sample { secret } }'))).toEqual(['FORBIDDEN']);
    expect(await ask('{ sample { secret } }', frank, 'globex')).toMatchObject({
      data: { sample: { secret: 'secret' } },
    });
  });

  it('are not in the list beside the rule of a field, which they are not checked with', () => {
    const summaries = describeAccess(application.app).map(({ name, summary }) => [name, summary]);
    expect(Object.fromEntries(summaries)).toMatchObject({
      'Query.report': 'members of the org in host {org}.example.com, open',
      'Query.sample': 'public',
      'Report.secret': 'Owner and above of the org in host {org}.example.com',
    });
  });
});

/** Lets everyone in but the users who are suspended. */
@Injectable()
class NotSuspendedRule implements AccessRule<[], never, 'suspended'> {
  readonly name = 'not-suspended';
  readonly denials = { suspended: 403 } as const;

  authorize({ userId }: AccessCall) {
    return userId !== 'user-suspended';
  }
}

const RequireNotSuspended = accessRule(NotSuspendedRule);

@ObjectType()
class Page {
  @Field()
  id!: string;
}

@Resolver(() => Page)
class PageResolver {
  @Query(() => Page)
  page() {
    return { id: 'p1' };
  }

  @Query(() => Page)
  @RequireCaller('robot')
  crawled() {
    return { id: 'p1' };
  }

  @Query(() => Page)
  @Public()
  published() {
    return { id: 'p1' };
  }

  @ResolveField(() => String)
  @RequireUser()
  notes() {
    return 'notes';
  }
}

describe('globalRules on a field whose caller is another than that of its operation', () => {
  const application = beforeTests(() =>
    startGuarded(
      { imports: [graphqlModule()], providers: [PageResolver, NotSuspendedRule, Robots] },
      {
        globalRules: [OptionalCaller('user', 'robot'), RequireNotSuspended()],
        callerKinds: [Robots],
      },
    ),
  );

  it.each([
    ['who calls the operation as well', '{ page { notes } }', {}],
    ['whom a second credential hides from the operation', '{ page { notes } }', { 'x-robot': 'r' }],
    ['beside the caller of the operation', '{ crawled { notes } }', { 'x-robot': 'r' }],
  ])('reject a suspended user %s', async (_who, query, headers) => {
    const ofUser = await headersOf(issuer, userIn('suspended'));
    const answer = await send(application, query, { ...ofUser, ...headers });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  });

  it('reject a suspended user below a public operation, which has met none of them', async () => {
    const ofUser = await headersOf(issuer, userIn('suspended'));
    const answer = await send(application, '{ published { notes } }', ofUser);
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  });
});

describe('globalRules on the tools of an MCP server and their endpoint', () => {
  @McpController()
  class Tools {
    @Tool({ name: 'bill', description: '', parameters: z.object({ orgId: z.string() }) })
    @RequireOrgRole('Admin', { org: orgFromMessage('orgId') })
    bill() {
      return 'billed';
    }
  }

  it('mean MCP clients', async () => {
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
});

describe('toHold() under globalRules', () => {
  it('tries the global rule on every handler', async () => {
    const { app } = await startMatrixApplication({
      controllers: [ReportsController, BillingController],
      module: TENANTS,
    });
    await expectAccess(app).toHold();
  });
});

const start = (
  metadata: ModuleMetadata,
  globalRules: readonly AccessDecorator[] = TENANTS.globalRules,
) => messageOf(startGuarded(metadata, { globalRules }));

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

  it('fails for a rule of the application that no module provides', async () => {
    const rules = [...TENANTS.globalRules, RequireOpen()];
    expect(await start({ controllers: routes(5) }, rules)).toContain('OpenRule');
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

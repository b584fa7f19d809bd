import { Controller, Get, Injectable, type ModuleMetadata } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core/helpers/external-context-creator.js';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  activeOrg,
  PropelAuthModule,
  PropelAuthUnauthorizedException,
  Public,
  RequireOrgRole,
  RequireUser,
  type AccessDecisionEvent,
} from 'nestjs-propelauth';
import { telemetry } from 'nestjs-propelauth/telemetry';
import { graphqlModule, send } from '../support/graphql.js';
import {
  issuer,
  request,
  startGuarded,
  type PropelAuthOptions,
} from '../support/guarded-application.js';
import { callOf, startMcpServer } from '../support/mcp-nest.js';
import { startMicroservice } from '../support/microservice.js';
import { ACME_ID, alice, carol, headersOf } from '../support/project.js';
import { connectSocketIo } from '../support/websockets.js';
import { OpenReports, Reports } from '../mcp/nest/reports.parts.js';
import { alice as mcpAlice } from '../mcp/nest/users.js';
import { GuardedMessages, tokenFromMessage } from '../transports/microservices/guarded.messages.js';
import { GuardedGateway } from '../transports/websockets/guarded.gateway.js';
import { RecordedMetrics } from './recorded-metrics.js';

@Controller()
class ReportsController {
  @Get('orgs/:orgId/reports')
  @RequireOrgRole('Admin')
  list() {}

  @Get('open')
  @Public()
  open() {}

  @Get('own')
  @RequireOrgRole('Admin', {
    org: () => {
      throw new PropelAuthUnauthorizedException('x'.repeat(20) as never, {});
    },
  })
  own() {}

  @Get('broken')
  @RequireOrgRole('Admin', {
    org: () => {
      throw new Error('broken source');
    },
  })
  broken() {}
}

@ObjectType()
class Report {
  @Field(() => String)
  title!: string;
}

@Resolver(() => Report)
class ReportsResolver {
  @Query(() => [Report])
  @RequireUser()
  reports(): Report[] {
    return [{ title: 'one' }, { title: 'two' }];
  }

  @ResolveField(() => String, { nullable: true })
  @RequireOrgRole('Admin', { org: activeOrg() })
  secret(): string {
    return 'secret';
  }
}

const start = (metadata: ModuleMetadata, options: Partial<PropelAuthOptions> = {}) =>
  startGuarded(metadata, { plugins: [telemetry()], ...options });

describe('The counter of decisions', () => {
  let recorded: RecordedMetrics;
  beforeEach(() => void (recorded = RecordedMetrics.start()));

  it('counts HTTP requests by outcome, reason and credential, and is named after the package', async () => {
    const { url } = await start({ controllers: [ReportsController] });
    const path = `/orgs/${ACME_ID}/reports`;
    await request(url, alice).get(path).expect(200);
    await request(url, alice).get(path).expect(200);
    await request(url, carol).get(path).expect(403);
    await request(url).get(path).expect(401);
    await request(url).get('/open').expect(200);
    await request(url, alice).get('/broken').expect(500);
    expect(await recorded.decisions()).toEqual({
      'allowed access-token http': 2,
      'allowed none http': 1,
      'rejected role_missing access-token http': 1,
      'rejected token_missing none http': 1,
      'rejected error access-token http': 1,
    });
    expect((await recorded.read()).get('propelauth.decisions')?.descriptor).toMatchObject({
      name: 'propelauth.decisions',
      unit: '{decision}',
      description: 'Decisions of the guard.',
    });
  });

  it('counts exactly the events of onDecision: GraphQL operations, aliases and fields', async () => {
    const events: AccessDecisionEvent[] = [];
    const application = await start(
      { imports: [graphqlModule()], providers: [ReportsResolver] },
      { onDecision: (event) => events.push(event) },
    );
    const query = '{ one: reports { secret } two: reports { title } }';
    await send(application, query, await headersOf(issuer, alice, { org_id: undefined }));
    expect(events).toHaveLength(4);
    expect(await recorded.decisions()).toEqual({
      'allowed access-token graphql': 2,
      'rejected org_missing access-token graphql': 2,
    });
  });

  it('has no attribute that a caller controls', async () => {
    const { url } = await start({ controllers: [ReportsController] });
    for (let index = 0; index < 30; index++) {
      await request(url)
        .get(`/orgs/org-${index}/reports?x=${index}`)
        .set('Authorization', `Bearer a${index}.b.c`)
        .set('User-Agent', `agent-${index}`);
    }
    await request(url, alice).get('/own');
    expect(Object.keys(await recorded.decisions()).length).toBeLessThanOrEqual(2);
  });

  it('counts gateway events as websocket', async () => {
    const application = await start({ providers: [GuardedGateway] });
    const token = await issuer.accessToken(alice);
    await connectSocketIo(application, { auth: { token } }).ask('me');
    await connectSocketIo(application).ask('me');
    expect(await recorded.decisions()).toEqual({
      'allowed access-token websocket': 1,
      'rejected token_missing none websocket': 1,
    });
  });

  it('counts messages of microservices as rpc', async () => {
    const options = {
      ...issuer.moduleOptions,
      tokenSource: tokenFromMessage,
      plugins: [telemetry()],
    };
    const client = await startMicroservice({
      imports: [PropelAuthModule.forRoot(options)],
      controllers: [GuardedMessages],
    });
    await client.send('me', { accessToken: await issuer.accessToken(alice) });
    await client.rejectionOf('me', {});
    expect(await recorded.decisions()).toEqual({
      'allowed access-token rpc': 1,
      'rejected token_missing none rpc': 1,
    });
  });

  it('counts each MCP tool call once as mcp, and the request that carries an allowed one as http', async () => {
    const server = await startMcpServer([OpenReports, Reports], {
      endpoint: [Public()],
      options: { plugins: [telemetry()] },
    });
    const token = server.token(mcpAlice, ['read:reports']);
    await server.send(callOf('read_reports'), { token });
    await server.send(callOf('read_reports'), { token: server.token(mcpAlice) });
    await server.send(callOf('hello'));
    expect(await recorded.decisions()).toEqual({
      'allowed mcp-token http': 1,
      'allowed mcp-token mcp': 1,
      'allowed none http': 1,
      'rejected scope_missing mcp-token mcp': 1,
    });
  });

  it.each(['rmq', undefined])('counts calls of libraries as other: %s', async (type) => {
    @Injectable()
    class Subscriber {
      @Public()
      public() {}
    }
    const { app } = await start({ providers: [Subscriber] }, { requireUserByDefault: true });
    const subscriber = app.get<Record<string, () => void>>(Subscriber);
    const [creator, none, callback] = [
      app.get(ExternalContextCreator),
      undefined,
      subscriber['public']!,
    ];
    const ofType = type as 'http';
    const handler = creator.create(
      subscriber,
      callback,
      'public',
      none,
      none,
      none,
      none,
      none,
      ofType,
    );
    await handler({ id: 1 });
    expect(await recorded.decisions()).toEqual({ 'allowed none other': 1 });
  });
});

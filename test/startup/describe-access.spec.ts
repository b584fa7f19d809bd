import { All, Controller, Get, Module, Post, Sse, VersioningType } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  describeAccess,
  OptionalUser,
  orgFromHeader,
  orgFromQuery,
  type HandlerDescription,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { accessTable, TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication } from '../support/application.js';
import { request as requestAs, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, carol } from '../support/project.js';
import { classOf } from '../support/routes.js';
import {
  everyTransport,
  GuardedController,
  GuardedGateway,
  GuardedResolver,
  OpenGateway,
  OpenMessages,
  OpenResolver,
} from '../support/every-transport.js';

const thingsController = classOf('ThingsController', [Controller('things')], {
  open: [Get('open')],
  public: [Get('public'), Public()],
  optional: [Get(['optional', 'maybe']), OptionalUser()],
  user: [Post('user'), RequireUser()],
  all: [All('all'), RequireUser()],
});

const ofOrg = Controller({ path: 'orgs/:orgId', version: '2' });
const orgsController = classOf('OrgsController', [ofOrg, RequireOrgMember()], {
  show: [Get(), RequireOrgRole('Admin', { exact: true, org: orgFromHeader('x-org-id') })],
});

@Module({ controllers: [orgsController] })
class OrgsModule {}

const application = await startApplication(
  {
    imports: [
      PropelAuthModule.forRoot((await TestIssuer.create()).moduleOptions),
      OrgsModule,
      RouterModule.register([{ path: 'admin', module: OrgsModule }]),
    ],
    controllers: [thingsController],
  },
  (app) => {
    app.setGlobalPrefix('api');
    app.enableVersioning({ type: VersioningType.URI });
  },
);

function orgRulesOfShow() {
  const route = describeAccess(application.app).find(({ handler }) => handler === 'show');
  return route?.rules['org'] as { requires: object[]; in: object[] };
}

describe('describeAccess()', () => {
  it('describes an event stream like any other handler', async () => {
    const controller = classOf('EventsController', [Controller()], {
      events: [Sse('events'), RequireUser()],
    });
    const { app } = await startGuarded({ controllers: [controller] });
    expect(accessTable(app)).toEqual({ 'GET /events': 'user' });
  });

  it('lists every route with its full path and its callers', () => {
    const table = describeAccess(application.app).map(
      ({ method, path, controller, handler, access }) =>
        `${method} ${path} ${controller}.${handler} ${access}`,
    );
    expect(table).toEqual([
      'ALL /api/things/all ThingsController.all required',
      'GET /api/things/maybe ThingsController.optional optional',
      'GET /api/things/open ThingsController.open open',
      'GET /api/things/optional ThingsController.optional optional',
      'GET /api/things/public ThingsController.public public',
      'GET /api/v2/admin/orgs/:orgId OrgsController.show required',
      'POST /api/things/user ThingsController.user required',
    ]);
  });

  it('lists organization rules', () => {
    expect(orgRulesOfShow()).toEqual({
      requires: [{ type: 'role', role: 'Admin', exact: true }, { type: 'member' }],
      in: [
        { from: 'header', name: 'x-org-id' },
        { from: 'path', name: 'orgId' },
      ],
    });
  });

  it('returns copies, whose changes change no rule', () => {
    orgRulesOfShow().requires.length = 0;
    expect(orgRulesOfShow().requires).toHaveLength(2);
  });

  it('lists paths that exist', async () => {
    for (const { method, path, access } of describeAccess(application.app)) {
      const called = String(path).replace(':orgId', 'acme');
      const response = await request(application.url)[method === 'POST' ? 'post' : 'get'](called);
      expect(response.status).toBe(access === 'required' ? 401 : response.status);
      expect(response.status).not.toBe(404);
    }
  });
});

describe('describeAccess() of an application with every transport', () => {
  it('lists routes, GraphQL operations, fields with a rule, gateway events and messages', async () => {
    const { app } = await startApplication(
      everyTransport([GuardedController], [GuardedResolver, GuardedGateway]),
    );
    const table = describeAccess(app).map(
      ({ transport, name, controller, handler, access, summary }) =>
        `${transport}: ${name} ${controller}.${handler} ${access}: ${summary}`,
    );
    expect(table).toEqual([
      'http: GET /reports GuardedController.list required: user',
      'graphql: Mutation.rename GuardedResolver.rename required: members of the org in argument orgId',
      'graphql: Query.reports GuardedResolver.list required: user',
      'graphql: Report.secret GuardedResolver.secret required: Admin and above of the org in token',
      'websocket: event list GuardedGateway.list optional: optional user',
      'rpc: message {"cmd":"sum"} GuardedController.sum public: public',
    ]);
  });

  it('lists the complete rule of each, as for a route', async () => {
    const { app } = await startApplication(everyTransport([], [GuardedResolver]));
    const secret = describeAccess(app).find(({ handler }) => handler === 'secret');
    expect(secret).toEqual({
      transport: 'graphql',
      name: 'Report.secret',
      controller: 'GuardedResolver',
      handler: 'secret',
      access: 'required',
      callers: { user: 'any' },
      rules: {
        org: {
          in: [{ from: 'token' }],
          requires: [{ type: 'role', role: 'Admin', exact: false }],
        },
      },
      summary: 'Admin and above of the org in token',
    });
  });

  it('lists operations and events without a rule as requiring a user under requireUserByDefault', async () => {
    const { app } = await startApplication(
      everyTransport([], [OpenResolver, OpenGateway], { requireUserByDefault: true }),
    );
    expect(describeAccess(app)).toMatchObject([
      { name: 'Query.reports', access: 'required', callers: { user: 'any' } },
      { name: 'event list', access: 'required', callers: { user: 'any' } },
    ]);
  });

  it('lists messages as open if the global guard does not reach them', async () => {
    const metadata = everyTransport([OpenMessages], [], { requireUserByDefault: true });
    const moduleRef = await Test.createTestingModule(metadata).compile();
    const accessOfMessages = () =>
      describeAccess(moduleRef)
        .filter(({ transport }) => transport === 'rpc')
        .map(({ access }) => access);
    expect(accessOfMessages()).toEqual(['required', 'required', 'required', 'required']);
    // With HTTP, it is a hybrid application, which fails to start.
    moduleRef.createNestApplication();
    expect(accessOfMessages()).toEqual(['open', 'open', 'open', 'open']);
  });

  it('returns the same before the application is initialized, without changing what the guard does', async () => {
    const controller = classOf('ReportsController', [Controller()], {
      secret: [Get('secret'), RequireOrgRole('Admin', { org: orgFromQuery() })],
      hello: [Get('hello'), RequireUser()],
    });
    const described: HandlerDescription[][] = [];
    const { app, url } = await startGuarded({ controllers: [controller] }, {}, (unready) => {
      described.push(describeAccess(unready));
    });
    expect(described).toEqual([describeAccess(app)]);
    await requestAs(url, carol).get('/secret').query({ orgId: ACME_ID }).expect(403);
  });
});

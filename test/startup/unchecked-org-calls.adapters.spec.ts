import {
  Body,
  Controller,
  Post,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  type OrgSource,
  OptionalUser,
  orgFromBody,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import {
  issuer,
  request,
  startGuarded,
  type PropelAuthOptions,
} from '../support/guarded-application.js';
import { ACME_ID, alice, API_KEY, bob, GLOBEX_ID } from '../support/project.js';
import { orgWarningsIn } from '../support/org-warnings.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { decorateHandler } from '../support/routes.js';
import { connectSocketIo } from '../support/websockets.js';

const nodeEnv = process.env.NODE_ENV;
beforeEach(() => {
  process.env.NODE_ENV = 'development';
});
afterEach(() => {
  process.env.NODE_ENV = nodeEnv;
});

const PATH = `/orgs/${ACME_ID}/reports`;

/** `ReportsController.create` at `POST /orgs/:org/reports` under these decorators. It may take any body. */
function reportsController(
  decorators: MethodDecorator[],
  parameter: ParameterDecorator = Body(),
): Type {
  class ReportsController {
    create(_body: unknown) {}
  }
  parameter(ReportsController.prototype, 'create', 0);
  decorateHandler(ReportsController, 'create', Post('orgs/:org/reports'), ...decorators);
  Controller()(ReportsController);
  return ReportsController;
}

/** The application, and what it has logged about organizations. */
async function start(
  controller: Type,
  { guards = [], ...options }: Partial<PropelAuthOptions> & { guards?: CanActivate[] } = {},
) {
  const logger = new RecordingLogger();
  const { url } = await startGuarded(
    { controllers: [controller] },
    { apiKey: API_KEY, ...options },
    (app) => app.useGlobalGuards(...guards).useLogger(logger),
  );
  const post = (body: string | object, path = PATH, user: typeof alice | null = alice) =>
    request(url, user).post(path).set('Content-Type', 'application/json').send(body);
  return { url, post, logger, warnings: () => orgWarningsIn(logger) };
}

/** What is logged about one call of a handler under these decorators. */
async function warningsAbout(
  body: string | object,
  decorators: MethodDecorator[] = [RequireUser()],
  parameter?: ParameterDecorator,
): Promise<string[]> {
  const { post, warnings } = await start(reportsController(decorators, parameter));
  const { status } = await post(body);
  expect(status).toBeLessThan(500);
  return warnings();
}

/** A source of the application, which does not say what it reads. */
const ofPath: OrgSource = (context) => ({
  orgId: context.switchToHttp().getRequest<{ params: { org: string } }>().params.org,
});
const byPath = RequireOrgMember({ org: ofPath });

/** Finds the organization of a key in the body. */
const ofTenant: OrgSource = () => ({ orgId: ACME_ID });
ofTenant.reads = { from: 'body', name: 'orgId' };

describe('In development, a call whose body names an organization that no rule has checked', () => {
  it('is warned of with the handler, the property and the fix, and without the value', async () => {
    const { post, logger, warnings } = await start(reportsController([RequireUser()]));
    await post({ title: 'May', orgId: GLOBEX_ID }).expect(201);
    expect(warnings()).toEqual([
      'POST /orgs/:org/reports (ReportsController.create) names an organization (body orgId) and does not check it. Add ' +
        '@RequireOrgMember() or another organization rule; if every user may call it, or it checks the organization itself, say so: ' +
        '@RequireUser({ uncheckedOrg: true }).',
    ]);
    expect(logger.text).not.toContain(GLOBEX_ID);
  });

  it.each<[string, MethodDecorator[], object, string]>([
    ['for an optional user', [OptionalUser()], { orgId: GLOBEX_ID }, '@OptionalUser({ unch'],
    ['in another spelling', [RequireUser()], { Org_id: GLOBEX_ID }, '(body Org_id) and'],
    [
      'beside a rule',
      [byPath],
      { orgId: GLOBEX_ID },
      '(body orgId). Take the organization from @Cu',
    ],
    [
      'beside the property that a rule reads',
      [RequireOrgMember({ org: orgFromBody('tenant') })],
      { tenant: ACME_ID, orgId: GLOBEX_ID },
      '(body orgId). Take',
    ],
  ])('%s', async (_case, decorators, body, words) => {
    expect(await warningsAbout(body, decorators)).toEqual([expect.stringContaining(words)]);
  });

  it('is warned of once for each handler, and for at most 20 handlers', async () => {
    class ReportsController {}
    for (let index = 0; index < 25; index++) {
      const name = `create${index}`;
      Object.defineProperty(ReportsController.prototype, name, { value: () => {} });
      decorateHandler(ReportsController, name, Post([name, `${name}-again`]), RequireUser());
    }
    Controller()(ReportsController);
    const { post, warnings } = await start(ReportsController);
    for (const path of ['/create0', '/create0', '/create0-again', '/create1']) {
      await post({ orgId: ACME_ID }, path).expect(201);
    }
    expect(warnings()).toHaveLength(2);
    for (let index = 0; index < 25; index++) await post({ orgId: ACME_ID }, `/create${index}`);
    expect(warnings()).toHaveLength(20);
  });

  it('is warned of in a message to a gateway', async () => {
    @WebSocketGateway()
    class ReportsGateway {
      @SubscribeMessage('create')
      @RequireUser()
      create() {
        return { event: 'created', data: null };
      }
    }
    const logger = new RecordingLogger();
    const running = await startGuarded({ providers: [ReportsGateway] }, {}, (app) =>
      app.useLogger(logger),
    );
    const client = connectSocketIo(running, { auth: { token: await issuer.accessToken(alice) } });
    for (const data of [{ title: 'May' }, { orgId: GLOBEX_ID }, { orgId: GLOBEX_ID }]) {
      await client.ask('create', data);
    }
    expect(orgWarningsIn(logger)).toEqual([
      expect.stringMatching(/^event create \(ReportsGateway\.create\) names .* \(message orgId\)/),
    ]);
  });
});

describe('In development, nothing is logged about a call', () => {
  const user = [RequireUser()];
  it.each<[string, MethodDecorator[], string | object]>([
    ['without an organization', user, { title: 'May', targetId: GLOBEX_ID }],
    ['whose rule has checked the same organization', [byPath], { orgId: ACME_ID }],
    ['whose rule has checked the organization of that name', [byPath], { orgId: 'acme-inc' }],
    ['whose rule reads the property', [RequireOrgMember({ org: ofTenant })], { orgId: 'tenant-7' }],
    ['that is meant', [RequireUser({ uncheckedOrg: true })], { orgId: GLOBEX_ID }],
    [
      'that is meant beside a rule',
      [RequireOrgMember({ org: ofPath, uncheckedOrg: true })],
      { orgId: GLOBEX_ID },
    ],
    ['of a route without a rule', [], { orgId: GLOBEX_ID }],
    ['with a list', user, [{ orgId: GLOBEX_ID }]],
    ['with no body', user, ''],
    ['with an organization in an inner object', user, { filter: { orgId: GLOBEX_ID } }],
    ['with an organization in __proto__', user, `{"__proto__":{"orgId":"${GLOBEX_ID}"}}`],
    ['with a number', user, { orgId: 7 }],
    ['with a list of organizations', user, { orgId: [GLOBEX_ID] }],
    ['with an empty text', user, { orgId: '' }],
    ['with a long value elsewhere', user, { title: 'x'.repeat(90_000) }],
    [
      'after 1,000 other properties',
      user,
      Object.fromEntries(['orgId', ...Array(1000).keys()].map((key) => [key, GLOBEX_ID])),
    ],
  ])('%s', async (_case, decorators, body) => {
    expect(await warningsAbout(body, decorators)).toEqual([]);
  });

  it('of a public route, about which the guard decides as well', async () => {
    const controller = reportsController([Public()]);
    const { post, warnings } = await start(controller, { requireUserByDefault: true });
    await post({ orgId: GLOBEX_ID }).expect(201);
    expect(warnings()).toEqual([]);
  });

  it('whose body is no JSON, such as a buffer', async () => {
    const body = Object.assign(Buffer.from('May'), { orgId: GLOBEX_ID });
    const canActivate = (context: ExecutionContext) =>
      Object.assign(context.switchToHttp().getRequest<object>(), { body }) !== undefined;
    const controller = reportsController([RequireUser()]);
    const { post, warnings } = await start(controller, { guards: [{ canActivate }] });
    await post({ orgId: GLOBEX_ID }).expect(201);
    expect(warnings()).toEqual([]);
  });

  it('that is rejected', async () => {
    const { post, warnings } = await start(reportsController([byPath]));
    await post({ orgId: GLOBEX_ID }, PATH, null).expect(401);
    await post({ orgId: GLOBEX_ID }, `/orgs/${GLOBEX_ID}/reports`, bob).expect(403);
    expect(warnings()).toEqual([]);
  });

  it('of a handler of which startup has warned', async () => {
    const body = { orgId: GLOBEX_ID };
    expect(await warningsAbout(body, [RequireUser()], Body('orgId'))).toEqual([
      expect.stringContaining('names an organization (body orgId) and does not check it.'),
    ]);
  });
});

describe('The warning of a call', () => {
  it.each([['production'], ['test'], ['']])(
    'is not logged by an application that has started with NODE_ENV=%s',
    async (environment) => {
      process.env.NODE_ENV = environment;
      const { post, warnings } = await start(reportsController([OptionalUser()]));
      process.env.NODE_ENV = 'development';
      await post({ orgId: GLOBEX_ID }, PATH, null).expect(201);
      expect(warnings()).toEqual([]);
    },
  );

  it('has no name that the caller has made up', async () => {
    expect(await warningsAbout({ [`${'x'.repeat(1000)}\n.orgId`]: GLOBEX_ID })).toEqual([]);
  });
});

import {
  Body,
  Controller,
  Post,
  type CanActivate,
  type ExecutionContext,
  type ModuleMetadata,
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
import { beforeTests, type RunningApplication } from '../support/application.js';
import {
  issuer,
  request,
  startGuarded,
  type PropelAuthOptions,
} from '../support/guarded-application.js';
import { ACME_ID, alice, API_KEY, bob, GLOBEX_ID } from '../support/project.js';
import { orgWarningsIn } from '../support/org-warnings.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { classOf } from '../support/routes.js';
import { connectSocketIo } from '../support/websockets.js';

/** A body that the application replaces by one that is no JSON. */
const BUFFER = { title: 'buffer' };

const toBuffer: CanActivate = {
  canActivate(context: ExecutionContext) {
    const called = context.switchToHttp().getRequest<{ body?: object }>();
    if (JSON.stringify(called.body) === JSON.stringify(BUFFER))
      called.body = Object.assign(Buffer.from('May'), globex);
    return true;
  },
};

/** Starts an application that logs to this logger, in this environment. */
async function start(
  metadata: ModuleMetadata,
  logger: RecordingLogger,
  options: Partial<PropelAuthOptions> = {},
  environment = 'development',
): Promise<RunningApplication> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = environment;
  try {
    return await startGuarded(metadata, { apiKey: API_KEY, ...options }, (app) =>
      app.useGlobalGuards(toBuffer).useLogger(logger),
    );
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
}

/** A handler for each list of decorators: `create0` at `POST /orgs/:org/0`, `create1` at `/orgs/:org/1` and so on. They may take any body. */
function controllerWith(all: MethodDecorator[][], parameter: ParameterDecorator = Body()): Type {
  const methods = all.map((decorators, index) => [
    `create${index}`,
    [Post([`orgs/:org/${index}`, `repeat/:org/${index}`]), ...decorators],
  ]);
  const type = classOf('ReportsController', [Controller()], Object.fromEntries(methods));
  for (const index of all.keys()) parameter(type.prototype as object, `create${index}`, 0);
  return type;
}

const post = (
  url: string,
  path: string,
  body: string | object,
  caller: typeof alice | null = alice,
) => request(url, caller).post(path).set('Content-Type', 'application/json').send(body);

/** A source of the application, which does not say what it reads. */
const ofPath: OrgSource = (context) => ({
  orgId: context.switchToHttp().getRequest<{ params: { org: string } }>().params.org,
});

/** Finds the organization of a key in the body. */
const ofTenant: OrgSource = () => ({ orgId: ACME_ID });
ofTenant.reads = { from: 'body', name: 'orgId' };

const user = [RequireUser()];
const byTenant = [RequireOrgMember({ org: orgFromBody('tenant') })];
const byPath = [RequireOrgMember({ org: ofPath })];
const meantBesideRule = RequireOrgMember({ org: ofPath, uncheckedOrg: true });
const globex = { orgId: GLOBEX_ID };

const NOT_CHECKED = 'names an organization (body orgId) and does not check it.';
const OTHER_PLACE =
  'names an organization where no rule reads it (body orgId). Take the organization from @Cu';

const sayFor = (callers: string, decorator: string) =>
  `${NOT_CHECKED} Add @RequireOrgMember() or another organization rule; if every ${callers} may call it, or it checks the organization ` +
  `itself, say so: ${decorator}({ uncheckedOrg: true }).`;

/** Calls of which the log warns, and how the warning goes on after the name of the handler. */
const WARNED: [call: string, MethodDecorator[], body: object, words: string][] = [
  ['of a user', user, { title: 'May', ...globex }, sayFor('user', '@RequireUser')],
  ['of an optional user', [OptionalUser()], globex, sayFor('caller', '@OptionalUser')],
  ['in another spelling', user, { Org_id: GLOBEX_ID }, NOT_CHECKED.replace('orgId', 'Org_id')],
  ['beside a rule', byPath, globex, OTHER_PLACE],
  ['beside what a rule reads', byTenant, { tenant: ACME_ID, ...globex }, OTHER_PLACE],
];

/** Calls about which nothing is logged. */
const SILENT: [call: string, MethodDecorator[], body: string | object][] = [
  ['without an organization', user, { title: 'May', targetId: GLOBEX_ID }],
  ['whose rule has checked the same organization', byPath, { orgId: ACME_ID }],
  ['whose rule has checked the organization of that name', byPath, { orgId: 'acme-inc' }],
  ['whose rule reads the property', [RequireOrgMember({ org: ofTenant })], { orgId: 'tenant-7' }],
  ['that is meant', [RequireUser({ uncheckedOrg: true })], globex],
  ['that is meant beside a rule', [meantBesideRule], globex],
  ['of a route without a rule', [], globex],
  ['with a list', user, [globex]],
  ['with no JSON, such as a buffer', user, BUFFER],
  ['with no body', user, ''],
  ['with an organization in an inner object', user, { filter: globex }],
  ['with an organization in __proto__', user, `{"__proto__":{"orgId":"${GLOBEX_ID}"}}`],
  ['with a number', user, { orgId: 7 }],
  ['with a list of organizations', user, { orgId: [GLOBEX_ID] }],
  ['with an empty text', user, { orgId: '' }],
  ['with a long value elsewhere', user, { title: 'x'.repeat(90_000) }],
  ['with a name that the caller has made up', user, { [`${'x'.repeat(1000)}\n.orgId`]: GLOBEX_ID }],
  [
    'after 1,000 other properties',
    user,
    Object.fromEntries(['orgId', ...Array(1000).keys()].map((key) => [key, GLOBEX_ID])),
  ],
];

describe('In development, one application', () => {
  const logger = new RecordingLogger();
  const controllers = [controllerWith([...WARNED, ...SILENT].map(([, rules]) => rules))];
  const application = beforeTests(() => start({ controllers }, logger));

  /** What is logged about a call, which is made twice. */
  async function warningsAbout(index: number, body: string | object): Promise<string[]> {
    const before = orgWarningsIn(logger).length;
    for (let time = 0; time < 2; time++) {
      const { status } = await post(application.url, `/orgs/${ACME_ID}/${index}`, body);
      expect(status).toBeLessThan(500);
    }
    return orgWarningsIn(logger).slice(before);
  }

  it.each(WARNED.map(([call, , body, words], index) => ({ call, index, body, words })))(
    'warns once of a call whose body names an organization that no rule has checked: $call',
    async ({ index, body, words }) => {
      const [warning, ...others] = await warningsAbout(index, body);
      const handler = `POST /orgs/:org/${index} (ReportsController.create${index})`;
      expect(warning?.slice(0, `${handler} ${words}`.length)).toBe(`${handler} ${words}`);
      expect(warning).not.toContain(GLOBEX_ID);
      expect(others).toEqual([]);
    },
  );

  it.each(SILENT.map(([call, , body], index) => ({ call, index: index + WARNED.length, body })))(
    'logs nothing about a call $call',
    async ({ index, body }) => {
      expect(await warningsAbout(index, body)).toEqual([]);
    },
  );

  it('logs nothing about a call that is rejected', async () => {
    const before = orgWarningsIn(logger).length;
    const besideRule = WARNED.length + SILENT.findIndex(([, rules]) => rules === byPath);
    await post(application.url, `/orgs/${ACME_ID}/${besideRule}`, globex, null).expect(401);
    await post(application.url, `/orgs/${GLOBEX_ID}/${besideRule}`, globex, bob).expect(403);
    expect(orgWarningsIn(logger)).toHaveLength(before);
  });
});

/** What is logged about a call of a handler of an application of its own. */
async function warningsOf(
  rule: MethodDecorator,
  options: Partial<PropelAuthOptions> = {},
  environment?: string,
  parameter = Body(),
): Promise<string[]> {
  const logger = new RecordingLogger();
  const controllers = [controllerWith([[rule]], parameter)];
  const { url } = await start({ controllers }, logger, options, environment);
  await post(url, `/orgs/${ACME_ID}/0`, globex).expect(201);
  return orgWarningsIn(logger);
}

describe('Nothing is logged about a call', () => {
  it('of a public route, about which the guard decides as well', async () => {
    expect(await warningsOf(Public(), { requireUserByDefault: true })).toEqual([]);
  });

  it.each(['production', 'test', ''])(
    'of an application that has started with NODE_ENV=%s',
    async (environment) => {
      expect(await warningsOf(OptionalUser(), {}, environment)).toEqual([]);
    },
  );

  it('of a handler of which startup has warned', async () => {
    expect(await warningsOf(RequireUser(), {}, undefined, Body('orgId'))).toEqual([
      expect.stringMatching(/^These handlers name an organization and do not check it\./),
    ]);
  });
});

describe('In development, the log warns', () => {
  it('once of each handler, and of at most 20', async () => {
    const logger = new RecordingLogger();
    const controllers = [controllerWith(Array.from({ length: 25 }, () => user))];
    const { url } = await start({ controllers }, logger);
    for (const path of ['orgs/acme/0', 'orgs/acme/0', 'repeat/acme/0', 'orgs/acme/1']) {
      await post(url, `/${path}`, globex).expect(201);
    }
    expect(orgWarningsIn(logger)).toHaveLength(2);
    for (let index = 0; index < 25; index++) await post(url, `/orgs/${ACME_ID}/${index}`, globex);
    expect(orgWarningsIn(logger)).toHaveLength(20);
  });

  it('of a message to a gateway', async () => {
    @WebSocketGateway()
    class ReportsGateway {
      @SubscribeMessage('create')
      @RequireUser()
      create() {
        return { event: 'created', data: null };
      }
    }
    const logger = new RecordingLogger();
    const running = await start({ providers: [ReportsGateway] }, logger);
    const client = connectSocketIo(running, { auth: { token: await issuer.accessToken(alice) } });
    for (const data of [{ title: 'May' }, globex, globex]) await client.ask('create', data);
    expect(orgWarningsIn(logger)).toEqual([
      expect.stringMatching(/^event create \(ReportsGateway\.create\) names .* \(message orgId\)/),
    ]);
  });
});

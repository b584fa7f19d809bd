import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Controller,
  Get,
  Headers,
  HttpCode,
  Injectable,
  Module,
  Post,
  VersioningType,
  type INestApplication,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import {
  OnPropelAuthEvent,
  PropelAuthApi,
  PropelAuthWebhook,
  PropelAuthWebhooks,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  WebhookEvent,
  type PropelAuthEvent,
} from 'nestjs-propelauth';
import {
  LocalPropelAuthModule,
  type LocalPropelAuthOptions,
  type LocalSeed,
} from 'nestjs-propelauth/local';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { onlyFakeTimeouts, until } from '../support/fake-timers.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';

// Nothing listens there: events have to find the port that the application listens on.
const ORIGIN = 'http://localhost:3000';
const SECRET = 'the-secret-of-the-tests';
const WITH_SECRET = `local_secret=${SECRET}`;
const ACME = 'acce0000-0000-4000-8000-000000000000';
const BETA = 'be4a0000-0000-4000-8000-000000000000';
const ALICE = 'a11ce000-0000-4000-8000-000000000001';
const DAVE = 'da4e0000-0000-4000-8000-000000000004';
const PATH = '/webhooks/propelauth';

const SEED: LocalSeed = {
  roles: ['Owner', 'Admin', { name: 'Member', permissions: ['can_view'] }],
  orgs: [
    { name: 'Acme Inc', orgId: ACME },
    { name: 'Beta', orgId: BETA },
  ],
  users: [
    {
      name: 'alice',
      userId: ALICE,
      orgs: [
        { org: 'Acme Inc', role: 'Admin' },
        { org: 'Beta', role: 'Member' },
      ],
    },
    { name: 'dave', userId: DAVE },
  ],
};

/** Each change: the form, its event, and what a handler gets if that is something else. */
const CHANGES = {
  disable: {
    form: { change: 'user.disabled', user_id: ALICE },
    event: { event_type: 'user.disabled', user_id: ALICE },
  },
  enable: {
    form: { change: 'user.enabled', user_id: ALICE },
    event: { event_type: 'user.enabled', user_id: ALICE },
  },
  delete: {
    form: { change: 'user.deleted', user_id: ALICE },
    event: { event_type: 'user.deleted', user_id: ALICE },
  },
  add: {
    form: { change: 'user.added_to_org', user_id: DAVE, org: 'Beta', role: 'Admin' },
    event: { event_type: 'user.added_to_org', user_id: DAVE, org_id: BETA, role: 'Admin' },
  },
  demote: {
    form: {
      change: 'user.role_changed_within_org',
      user_id: ALICE,
      org: ACME,
      role: 'Member',
    },
    event: {
      event_type: 'user.role_changed_within_org',
      user_id: ALICE,
      org_id: ACME,
      new_role: 'Member',
    },
  },
  remove: {
    form: { change: 'user.removed_from_org', user_id: ALICE, org: ACME },
    event: { event_type: 'user.removed_from_org', removed_user_id: ALICE, org_id: ACME },
    handled: {
      event_type: 'user.removed_from_org',
      user_id: ALICE,
      removed_user_id: ALICE,
      org_id: ACME,
    },
  },
  deleteOrg: {
    form: { change: 'org.deleted', org: ACME },
    event: { event_type: 'org.deleted', org_id: ACME },
  },
};

@Controller()
class AppController {
  @Get('me')
  @RequireUser()
  me() {
    return {};
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org() {
    return {};
  }

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin')
  admin() {
    return {};
  }
}

/** Keeps the events that it gets. */
@Injectable()
class Recorder {
  readonly events: PropelAuthEvent[] = [];

  @OnPropelAuthEvent()
  record(event: PropelAuthEvent) {
    this.events.push(event);
  }
}

/** Fails as often as a test says. */
@Injectable()
class Failing {
  failures = 0;
  calls = 0;

  @OnPropelAuthEvent()
  handle() {
    this.calls++;
    if (this.failures-- > 0) throw new Error('not now');
  }
}

const LOCAL: LocalPropelAuthOptions = {
  enabled: true,
  origin: ORIGIN,
  secret: SECRET,
  seed: SEED,
  webhooks: { path: PATH },
};

function start(
  options: Partial<LocalPropelAuthOptions> = {},
  providers: Provider[] = [Recorder],
  prepare?: (app: INestApplication) => void,
  metadata: ModuleMetadata = {},
): Promise<RunningApplication> {
  const imports = [LocalPropelAuthModule.forRoot({ ...LOCAL, ...options })];
  const controllers = [AppController, ...(metadata.controllers ?? [])];
  return startApplication({ imports, providers, controllers }, prepare, undefined, {
    rawBody: true,
  });
}

/** Sends a form of the page. */
function change({ url }: { url: string }, form: Record<string, string>): request.Test {
  return request(url)
    .post(`/propelauth/users/change?${WITH_SECRET}`)
    .set('Origin', ORIGIN)
    .type('form')
    .send(form);
}

/** Makes an application that does not listen yet, as main.ts does. */
async function startByFactory(
  options: LocalPropelAuthOptions,
  certificate?: typeof selfSignedCertificate,
): Promise<INestApplication> {
  @Module({ imports: [LocalPropelAuthModule.forRoot(options)], providers: [Recorder] })
  class AppModule {}
  const adapter =
    globalThis.HTTP_ADAPTER === 'fastify'
      ? new FastifyAdapter(certificate && { https: certificate })
      : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter, {
    logger: false,
    httpsOptions: certificate,
  });
  registerCleanup(() => app.close());
  return app.init();
}

function withPrefixAndVersions(app: INestApplication): void {
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI });
}

/** What handles the requests of an application, for a server of one's own. */
async function listenerOf(app: INestApplication): Promise<RequestListener> {
  if (globalThis.HTTP_ADAPTER !== 'fastify') return app.getHttpAdapter().getInstance();
  const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
  await fastify.ready();
  return (incoming, response) => fastify.routing(incoming, response);
}

async function pageOf({ url }: { url: string }): Promise<string> {
  return (await request(url).get(`/propelauth/users?${WITH_SECRET}`).expect(200)).text;
}

/** The status of each event on the page, newest first. */
async function statusesOf(application: { url: string }): Promise<string[]> {
  const [, events = ''] = (await pageOf(application)).split('Latest events');
  const rows = [
    ...events
      .split('</section>')[0]!
      .matchAll(/<strong>(.*?)<\/strong>\s*<span class="badge">(.*?)<\/span>/g),
  ];
  return rows.map(([, type, status]) => `${type}: ${status}`);
}

function askForToken({ url }: { url: string }, user: string): request.Test {
  return request(url).get(`/api/v1/refresh_token?user=${user}&${WITH_SECRET}`);
}

async function tokenOf(application: { url: string }, user: string): Promise<string> {
  const { body } = await askForToken(application, user).expect(200);
  return (body as { access_token: string }).access_token;
}

async function statusOf({ url }: { url: string }, token: string, path: string): Promise<number> {
  return (await request(url).get(path).auth(token, { type: 'bearer' })).status;
}

/** Has `setTimeout` of the application elapse, and the requests that it makes be answered. */
async function afterSeconds(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

describe('A change on the users page', () => {
  it.each(Object.entries(CHANGES))(
    'is sent to handlers as a signed event: %s',
    async (_name, { form, event, ...given }) => {
      const application = await start();
      const response = await change(application, form).expect(303);
      expect(response.headers).toMatchObject({
        location: '/propelauth/users',
        'cache-control': 'no-store',
      });
      const { handled = event } = given as { handled?: object };
      expect(application.app.get(Recorder).events).toEqual([handled]);
      expect(await statusesOf(application)).toEqual([`${event.event_type}: 204`]);
      expect(await pageOf(application)).toContain(JSON.stringify(event).replaceAll('"', '&quot;'));
    },
  );

  it('applies to older tokens, with liveAccess', async () => {
    const application = await start({ liveAccess: true });
    const alice = await tokenOf(application, 'alice');
    const statuses = async () => [
      await statusOf(application, alice, '/me'),
      await statusOf(application, alice, `/orgs/${BETA}`),
      await statusOf(application, alice, `/orgs/${ACME}`),
      await statusOf(application, alice, `/orgs/${ACME}/admin`),
    ];
    expect(await statuses()).toEqual([200, 200, 200, 200]);
    await change(application, CHANGES.demote.form).expect(303);
    expect(await statuses()).toEqual([200, 200, 200, 403]);
    await change(application, CHANGES.remove.form).expect(303);
    expect(await statuses()).toEqual([200, 200, 403, 403]);
    await change(application, { change: 'org.deleted', org: BETA }).expect(303);
    expect(await statuses()).toEqual([200, 403, 403, 403]);
    await change(application, CHANGES.disable.form).expect(303);
    expect(await statuses()).toEqual([401, 401, 401, 401]);
  });

  it('gives new tokens the new role and its permissions', async () => {
    const application = await start();
    await change(application, CHANGES.demote.form).expect(303);
    const alice = await tokenOf(application, 'alice');
    expect(await statusOf(application, alice, `/orgs/${ACME}`)).toBe(200);
    expect(await statusOf(application, alice, `/orgs/${ACME}/admin`)).toBe(403);
    const user = await application.app.get(PropelAuthApi).fetchUserMetadataByUserId(ALICE, true);
    expect(user?.orgIdToOrgInfo?.[ACME]).toMatchObject({
      assignedRole: 'Member',
      userPermissions: ['can_view'],
    });
  });

  it('keeps additional roles', async () => {
    const seed: LocalSeed = {
      roles: ['Admin', 'Billing', 'Member'],
      orgs: [{ name: 'Acme Inc', orgId: ACME }],
      users: [
        {
          name: 'alice',
          userId: ALICE,
          orgs: [{ org: 'Acme Inc', role: 'Admin', additionalRoles: ['Billing', 'Member'] }],
        },
      ],
    };
    const application = await start({ seed });
    await change(application, CHANGES.demote.form).expect(303);
    expect(await pageOf(application)).toContain('<strong>Member and Billing</strong>');
  });

  it('keeps a disabled user on the page, who cannot sign in until enabled again', async () => {
    const application = await start();
    await change(application, CHANGES.disable.form).expect(303);
    await askForToken(application, 'alice').expect(400);
    const page = await pageOf(application);
    expect(page).toContain('<span class="badge">Disabled</span>');
    expect(page).not.toContain('/propelauth/users/access-token?user=alice');
    await request(application.url)
      .get(`/propelauth/login?${WITH_SECRET}`)
      .expect(200)
      .expect(({ text }) => expect(text).not.toContain('alice'));
    await change(application, CHANGES.enable.form).expect(303);
    await askForToken(application, 'alice').expect(200);
  });

  it('returns to the search results', async () => {
    const application = await start();
    const form = { ...CHANGES.disable.form, search: 'a&b' };
    const { headers } = await change(application, form).expect(303);
    expect(headers['location']).toBe('/propelauth/users?search=a%26b');
  });

  it.each<[string, Record<string, string>]>([
    ['an unknown change', { change: 'user.updated', user_id: ALICE }],
    ['a change named like a property of every object', { change: 'constructor', user_id: ALICE }],
    ['no change', { user_id: ALICE }],
    ['no user', { change: 'user.disabled' }],
    ['an unknown user', { change: 'user.deleted', user_id: 'mallory' }],
    ['an unknown organization', { ...CHANGES.add.form, org: 'Gamma' }],
    ['an unknown role', { ...CHANGES.demote.form, role: 'Emperor' }],
    ['an unknown role of a new member', { ...CHANGES.add.form, role: 'Emperor' }],
    ['a user who is already a member', { ...CHANGES.add.form, user_id: ALICE }],
    ['a user who is not a member', { ...CHANGES.remove.form, user_id: DAVE }],
    ['the role of a user who is not a member', { ...CHANGES.demote.form, user_id: DAVE }],
  ])('is rejected for %s', async (_case, form) => {
    const application = await start();
    const before = await pageOf(application);
    const { text } = await change(application, form).expect(400);
    expect(text).toContain('Nothing was changed');
    expect(await pageOf(application)).toBe(before);
    expect(application.app.get(Recorder).events).toEqual([]);
  });

  it.each<[string, string, string | undefined, number]>([
    ['a page of another site', `?${WITH_SECRET}`, 'https://evil.example', 403],
    ['a page without an origin', `?${WITH_SECRET}`, 'null', 403],
    ['a request without an Origin header', `?${WITH_SECRET}`, undefined, 403],
    ['a caller without the secret', '', ORIGIN, 401],
    ['a caller with another secret', '?local_secret=another-secret-than-that', ORIGIN, 401],
  ])('is rejected from %s', async (_case, query, origin, status) => {
    const application = await start();
    const before = await pageOf(application);
    const posting = request(application.url).post(`/propelauth/users/change${query}`).type('form');
    if (origin !== undefined) void posting.set('Origin', origin);
    expect((await posting.send(CHANGES.delete.form)).status).toBe(status);
    expect(await pageOf(application)).toBe(before);
    expect(application.app.get(Recorder).events).toEqual([]);
  });

  it('is never made by a GET request', async () => {
    const application = await start();
    await request(application.url)
      .get(`/propelauth/users/change?${WITH_SECRET}`)
      .query(CHANGES.delete.form)
      .set('Origin', ORIGIN)
      .expect(404);
    await askForToken(application, 'alice').expect(200);
  });
});

describe('An event of the local PropelAuth', () => {
  it('logs one line, without ids', async () => {
    const log = new RecordingLogger();
    const application = await start({}, [Recorder], (app) => app.useLogger(log));
    await change(application, CHANGES.disable.form).expect(303);
    expect(log.of('log').filter((line) => line.includes(PATH))).toEqual([
      `user.disabled: POST ${PATH} 204 PropelAuth`,
    ]);
    expect(log.text).not.toContain(ALICE);
  });

  it('is sent again under the same id, with a new time, until handlers succeed', async () => {
    const log = new RecordingLogger();
    const application = await start({}, [Failing, Recorder], (app) => app.useLogger(log));
    const failing = application.app.get(Failing);
    failing.failures = 2;
    onlyFakeTimeouts();
    await change(application, CHANGES.disable.form).expect(303);
    expect(await statusesOf(application)).toEqual([
      'user.disabled: 500, sent again after 5 seconds',
    ]);
    await afterSeconds(5);
    await until(() => log.text.includes('5 minutes'));
    expect(await statusesOf(application)).toEqual([
      'user.disabled: 500, sent again after 5 minutes',
    ]);
    await afterSeconds(300);
    await until(() => log.text.includes(`POST ${PATH} 204`));
    expect(await statusesOf(application)).toEqual(['user.disabled: 204']);
    expect(failing.calls).toBe(3);
    // It has finished the first time: the id is the same.
    expect(application.app.get(Recorder).events).toHaveLength(1);
    await afterSeconds(100_000);
    expect(failing.calls).toBe(3);
    expect(log.of('warn').filter((line) => line.includes(PATH))).toEqual([
      `user.disabled: POST ${PATH} 500, sent again after 5 seconds PropelAuth`,
      `user.disabled: POST ${PATH} 500, sent again after 5 minutes PropelAuth`,
    ]);
  });

  it('is given up after the fourth attempt', async () => {
    const application = await start({}, [Failing]);
    const failing = application.app.get(Failing);
    failing.failures = Infinity;
    onlyFakeTimeouts();
    await change(application, CHANGES.disable.form).expect(303);
    for (const [calls, seconds] of [5, 300, 1800].entries()) {
      await afterSeconds(seconds);
      await until(() => failing.calls === calls + 2);
    }
    await afterSeconds(100_000);
    expect(failing.calls).toBe(4);
    expect(await statusesOf(application)).toEqual(['user.disabled: 500, not sent again']);
  });

  it('keeps the page waiting for a handler for two seconds, and fails after 15', async () => {
    const endings: (() => void)[] = [];
    @Injectable()
    class Endless {
      @OnPropelAuthEvent()
      handle() {
        return new Promise<void>((resolve) => endings.push(resolve));
      }
    }
    const log = new RecordingLogger();
    const application = await start({}, [Endless], (app) => app.useLogger(log));
    onlyFakeTimeouts();
    const response = change(application, CHANGES.disable.form).expect(303).then();
    await until(() => endings.length === 1);
    await afterSeconds(2);
    await response;
    expect(await statusesOf(application)).toEqual(['user.disabled: no response yet']);
    await afterSeconds(13);
    await until(() => log.text.includes('no response within 15 s'));
    expect(await statusesOf(application)).toEqual([
      'user.disabled: failed (no response within 15 s), sent again after 5 seconds',
    ]);
    for (const end of endings) end();
  });

  it('is not sent again while the application shuts down', async () => {
    const application = await start({}, [Failing]);
    const failing = application.app.get(Failing);
    failing.failures = Infinity;
    onlyFakeTimeouts();
    await change(application, CHANGES.disable.form).expect(303);
    await application.close();
    expect(jest.getTimerCount()).toBe(0);
    expect(failing.calls).toBe(1);
  });

  it('is not sent again after 20 newer events', async () => {
    const application = await start({}, [Failing]);
    const failing = application.app.get(Failing);
    failing.failures = Infinity;
    onlyFakeTimeouts();
    for (let count = 0; count < 21; count++) {
      await change(application, CHANGES.disable.form).expect(303);
    }
    expect(jest.getTimerCount()).toBe(20);
    // The page has the latest.
    expect(await statusesOf(application)).toHaveLength(3);
  });

  it('reaches a server with its own certificate', async () => {
    const origin = 'https://localhost:3000';
    const app = await startByFactory({ ...LOCAL, origin }, selfSignedCertificate);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    await change({ url: `https://127.0.0.1:${port}` }, CHANGES.disable.form)
      .set('Origin', origin)
      .disableTLSCerts()
      .expect(303);
    expect(app.get(Recorder).events).toEqual([CHANGES.disable.event]);
  });

  it('is sent to the origin if a server other than Nest’s listens', async () => {
    let handle: RequestListener | undefined;
    const server = createServer((incoming, response) => handle?.(incoming, response));
    registerCleanup(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const app = await startByFactory({ ...LOCAL, origin: url });
    handle = await listenerOf(app);
    await change({ url }, CHANGES.disable.form).set('Origin', url).expect(303);
    expect(app.get(Recorder).events).toEqual([CHANGES.disable.event]);
  });

  it('is sent to the route of the application, signed with its first secret like PropelAuth’s', async () => {
    const issuer = await TestIssuer.create();
    const other = await TestIssuer.create();
    const secret = [issuer.webhookSecret, other.webhookSecret];
    const received: Record<string, string>[] = [];
    @Controller({ path: 'hooks', version: '2' })
    class HooksController {
      constructor(private readonly webhooks: PropelAuthWebhooks) {}

      @Post('propelauth')
      @HttpCode(200)
      @PropelAuthWebhook()
      async receive(
        @WebhookEvent() event: PropelAuthEvent,
        @Headers() headers: Record<string, string>,
      ) {
        received.push(headers);
        await this.webhooks.dispatch(event);
      }
    }
    const application = await start({ webhooks: { secret } }, [Recorder], withPrefixAndVersions, {
      controllers: [HooksController],
    });
    expect(await pageOf(application)).toContain('<code>/api/v2/hooks/propelauth</code>');
    await change(application, CHANGES.disable.form).expect(303);
    expect(application.app.get(Recorder).events).toEqual([CHANGES.disable.event]);
    expect(await statusesOf(application)).toEqual(['user.disabled: 200']);
    const [headers = {}] = received;
    const sent = issuer.webhook(CHANGES.disable.event, {
      messageId: headers['svix-id'],
      sentAt: new Date(Number(headers['svix-timestamp']) * 1000),
    });
    expect(headers).toMatchObject(sent.headers);
  });

  it.each<[string, Partial<LocalPropelAuthOptions>]>([
    ['without the option webhooks', { webhooks: undefined }],
    ['with neither a path nor a route', { webhooks: {} }],
  ])('is not sent %s, as the page says', async (_case, options) => {
    const application = await start(options, []);
    expect(await pageOf(application)).toContain(
      'To receive them as events, set the option <code>webhooks</code> with a <code>path</code>.',
    );
    await change(application, CHANGES.demote.form).expect(303);
    expect(await statusesOf(application)).toEqual([]);
    const alice = await tokenOf(application, 'alice');
    expect(await statusOf(application, alice, `/orgs/${ACME}/admin`)).toBe(403);
  });
});

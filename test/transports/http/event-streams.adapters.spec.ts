import { connect } from 'node:net';
import {
  Controller,
  Injectable,
  Sse,
  type CanActivate,
  type ExecutionContext,
  type MessageEvent,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  PropelAuthService,
  type OrgReference,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { Observable, Subject } from 'rxjs';
import { startApplication } from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { until } from '../../support/fake-timers.js';
import type { PropelAuthOptions } from '../../support/guarded-application.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { PATIENCE, sized } from '../../support/thorough.js';
import { countOf } from '../../support/open-streams.js';
import { alice, bob, headersOf, LiveApplication, watchTimers } from '../live-application.js';

const TOKEN_LIFE = 1_800_000;
const log = new RecordingLogger();
const news = new Subject<string>();
/** Of the current test: streams of an earlier one may still be closing. */
let subscribers = new Set<object>();
let nameOrg: ((org: OrgReference) => void) | undefined;

/** Greets, and then passes on the news. */
function events(): Observable<MessageEvent> {
  const ofTest = subscribers;
  return new Observable((subscriber) => {
    ofTest.add(subscriber);
    subscriber.next({ data: 'hello' });
    const subscription = news.subscribe((data) => subscriber.next({ data }));
    return () => {
      ofTest.delete(subscriber);
      subscription.unsubscribe();
    };
  });
}

@Controller()
class EventsController {
  @Sse('events')
  @RequireUser()
  ofUser() {
    return events();
  }

  @Sse('orgs/:orgId/events')
  @RequireOrgMember()
  ofOrg() {
    return events();
  }

  @Sse('slow')
  @RequireOrgMember({ org: () => new Promise<OrgReference>((resolve) => (nameOrg = resolve)) })
  afterAWhile() {
    return events();
  }

  @Sse('scripts')
  @RequireUserOrApiKey()
  ofScript() {
    return events();
  }
}

let letThrough: (() => void) | undefined;

/** A global guard, which runs before ours: it asks who is calling, and then takes its time. */
@Injectable()
class SlowGuard implements CanActivate {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if ((await this.propelAuth.identify(context)) === null) return true;
    await new Promise<void>((resolve) => (letThrough = resolve));
    return true;
  }
}

const start = (options?: Partial<PropelAuthOptions>, ...providers: Provider[]) =>
  LiveApplication.start(
    (metadata) => startApplication(metadata, undefined, undefined, { logger: log }),
    { controllers: [EventsController], providers },
    options,
  );

async function open(
  live: LiveApplication,
  path: string,
  headers = headersOf(alice),
): Promise<EventStreamClient> {
  const client = await EventStreamClient.open(live.url + path, headers);
  await client.received(1);
  return client;
}

beforeEach(() => {
  subscribers = new Set();
  log.lines.length = 0;
});

describe('An event stream', () => {
  it('breaks at once when access of its user changes, and unsubscribes its handler', async () => {
    const live = await start();
    const client = await open(live, '/events');
    const other = await open(live, '/events', headersOf(bob));
    await live.api.disableUser(alice.userId);
    await live.send('user.disabled');
    await until(() => client.isOver);
    expect([client.breaks, client.statuses]).toEqual([1, [200, 401]]);
    await until(() => subscribers.size === 1);
    news.next('for others');
    expect(await other.received(2)).toEqual(['hello', 'for others']);
    expect([client.events, other.breaks]).toEqual([['hello'], 0]);
    expect(log.of('error').concat(log.of('warn'))).toEqual([]);
  });

  it.each([
    ['', {}],
    [', even without liveAccess', { plugins: [] }],
  ])(
    'breaks when its token expires%s, and a client reopens it with a new one',
    async (_when, options) => {
      const live = await start({ clockToleranceSeconds: 0, ...options });
      const timers = watchTimers();
      const client = await open(live, '/events');
      timers.run(TOKEN_LIFE);
      expect(await client.received(2)).toEqual(['hello', 'hello']);
      expect([client.breaks, client.statuses, subscribers.size]).toEqual([1, [200, 200], 1]);
      expect(log.of('error').concat(log.of('warn'))).toEqual([]);
    },
  );

  it('breaks when the organization of its decision is deleted', async () => {
    const live = await start();
    const ofAcme = await open(live, `/orgs/${ACME_ID}/events`);
    const ofUser = await open(live, '/events');
    await live.send('org.deleted', { org_id: GLOBEX_ID });
    await live.send('org.deleted', { org_id: ACME_ID });
    await until(() => ofAcme.isOver);
    expect([ofAcme.statuses, ofUser.breaks]).toEqual([[200, 403], 0]);
  });

  it.each<[string, { userId?: string; orgId?: string }, [string, object]]>([
    ['a user', { userId: alice.userId }, ['user.disabled', { user_id: alice.userId }]],
    ['an organization', { orgId: ACME_ID }, ['org.deleted', { org_id: ACME_ID }]],
    [
      'a member',
      { orgId: ACME_ID, userId: alice.userId },
      ['user.removed_from_org', { user_id: alice.userId, org_id: ACME_ID }],
    ],
  ])('opened with an API key of %s breaks as well', async (_whose, owner, event) => {
    const live = await start();
    const { apiKeyToken } = await live.api.createApiKey(owner);
    const client = await open(live, '/scripts', async () => ({ 'x-api-key': apiKeyToken }));
    await live.send('user.disabled', { user_id: bob.userId });
    expect(client.breaks).toBe(0);
    await live.send(...event);
    await until(() => client.breaks > 0);
    client.close();
  });

  it('breaks at a change of access during its decision', async () => {
    const live = await start();
    nameOrg = undefined;
    const opening = EventStreamClient.open(`${live.url}/slow`, headersOf(alice));
    await until(() => nameOrg !== undefined);
    await live.api.disableUser(alice.userId);
    await live.send('user.disabled');
    nameOrg!({ orgId: ACME_ID });
    const client = await opening;
    await until(() => client.isOver);
    await until(() => countOf(live.streams) === 0 && subscribers.size === 0);
    expect(client.statuses.at(-1)).toBe(401);
  });

  it('is not opened with an API key that was cached before a change of access', async () => {
    const live = await start({}, { provide: APP_GUARD, useClass: SlowGuard });
    const { apiKeyToken } = await live.api.createApiKey({ userId: alice.userId });
    letThrough = undefined;
    const headers = async () => ({ 'x-api-key': apiKeyToken });
    const opening = EventStreamClient.open(`${live.url}/scripts`, headers);
    await until(() => letThrough !== undefined);
    await live.api.deleteUser(alice.userId);
    await live.send('user.deleted');
    letThrough!();
    expect((await opening).statuses).toEqual([401]);
  });

  it(
    'leaves nothing behind after its client disconnects, however many have',
    async () => {
      const live = await start();
      const { authorization } = await headersOf(alice)();
      for (let round = 0; round < sized(10); round++) {
        const clients = await Promise.all(
          Array.from({ length: 100 }, () =>
            open(live, '/events', async () => ({ authorization: authorization as string })),
          ),
        );
        expect(countOf(live.streams)).toBe(100);
        for (const client of clients) client.close();
        await until(() => countOf(live.streams) === 0 && subscribers.size === 0);
      }
      expect(live.streams).toHaveProperty('byUser.size', 0);
      expect(live.streams).toHaveProperty('timers.size', 0);
    },
    PATIENCE,
  );

  it('leaves nothing behind after a client with pipelined requests disconnects', async () => {
    const live = await start();
    const { authorization } = await headersOf(alice)();
    const { hostname, port } = new URL(live.url);
    const socket = connect(Number(port), hostname);
    registerCleanup(() => socket.destroy());
    const head = `Host: ${hostname}\r\nAuthorization: ${authorization}\r\n\r\n`;
    socket.write(`GET /events HTTP/1.1\r\n${head}`.repeat(3));
    await until(() => countOf(live.streams) === 3);
    nameOrg = undefined;
    socket.write(`GET /slow HTTP/1.1\r\n${head}`);
    await until(() => nameOrg !== undefined);
    socket.destroy();
    await until(() => countOf(live.streams) === 0 && subscribers.size === 0);
    nameOrg!({ orgId: ACME_ID });
    await new Promise((resolve) => setImmediate(resolve));
    expect(countOf(live.streams)).toBe(0);
  });

  it('has no timer after the application has closed', async () => {
    const live = await start();
    const client = await open(live, '/events');
    const { streams } = live;
    expect(streams).toHaveProperty('timers.size', 1);
    client.close();
    await live.running.close();
    expect([
      countOf(streams),
      (streams as unknown as { timers: Map<unknown, unknown> }).timers.size,
    ]).toEqual([0, 0]);
  });
});

import { UseInterceptors, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentUser,
  PropelAuthModule,
  RequireUser,
  RequireUserOrApiKey,
  type AccessDecisionEvent,
  type User,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { TokenVerifier } from '../../../lib/callers/user/token-verifier.js';
import { beforeTests, type RunningApplication } from '../../support/application.js';
import { Backend } from '../../support/backend.js';
import { stopClock } from '../../support/fake-timers.js';
import { issuer } from '../../support/guarded-application.js';
import { OBSERVING_GUARD, observed } from '../../support/observing-guard.js';
import {
  ACME,
  ACME_ID,
  alice,
  bob,
  carol,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  userIn,
} from '../../support/project.js';
import { sized } from '../../support/thorough.js';
import {
  connectNative,
  connectSocketIo,
  exception,
  farewell,
  GATEWAY_ADAPTERS,
  type GatewayClient,
} from '../../support/websockets.js';
import { GuardedGateway, OpenGateway } from './guarded.gateway.js';

/** Opens the gate that messages `waiting` wait at. */
let openGate = () => {};
let opened = Promise.resolve();

class Gate {
  async intercept(_context: ExecutionContext, next: CallHandler) {
    await opened;
    return next.handle();
  }
}

@WebSocketGateway()
class MessagesGateway extends OpenGateway {
  @SubscribeMessage('script')
  @RequireUserOrApiKey()
  script() {}

  /** Waits between guard and handler. */
  @SubscribeMessage('waiting')
  @RequireUser()
  @UseInterceptors(Gate)
  waiting(@CurrentUser() user: User | null, @MessageBody() text: string) {
    return { event: 'waiting', data: `${text} of ${user?.userId ?? 'nobody'}` };
  }
}

const backend = await Backend.start();
let latest: AccessDecisionEvent | undefined;

const metadata = {
  imports: [
    PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      requireUserByDefault: true,
      clockToleranceSeconds: 0,
      tokenCache: false,
      onDecision: (event) => {
        latest = event;
      },
    }),
  ],
  providers: [MessagesGateway, OBSERVING_GUARD],
};

beforeEach(() => {
  observed.length = 0;
  opened = new Promise((resolve) => (openGate = resolve));
});

const ME = { event: 'me', data: alice.userId };
const aliceToken = await issuer.accessToken(alice);
const bobsHeaders = await headersOf(issuer, bob);

// Who gets in with which credential is in test/calls/outcomes.md.
describe.each(GATEWAY_ADAPTERS)('A message over $name', (adapter) => {
  const application = beforeTests(() => adapter.start(metadata));

  const connectAs = async (user: TestUser | null, claims?: Record<string, unknown>) =>
    adapter.connect(
      application,
      user === null ? undefined : await issuer.accessToken(user, { claims }),
    );

  it('is not let in by a token in the query string', async () => {
    const names = ['token', 'access_token', 'authorization'];
    const query = Object.fromEntries(names.map((name) => [name, aliceToken]));
    const client = await (adapter.name === 'ws'
      ? connectNative(application, { path: `/?${new URLSearchParams(query).toString()}` })
      : connectSocketIo(application, { query }));
    expect(await client.ask('me')).toEqual(exception('token_missing', 'me'));
  });

  it('requires a user without a decorator, under requireUserByDefault', async () => {
    const stranger = await connectAs(null);
    expect(await stranger.ask('undecorated')).toEqual(exception('token_missing', 'undecorated'));
    expect(await (await connectAs(alice)).ask('undecorated')).toEqual({
      event: 'undecorated',
      data: { userId: alice.userId, orgId: null },
    });
  });

  it('has the organization that it names, whatever others of its connection name', async () => {
    const client = await connectAs(carol);
    for (const orgId of [ACME_ID, GLOBEX_ID, ACME_ID, '__proto__', [ACME_ID], ACME_ID]) {
      expect(await client.ask('reports', { orgId })).toEqual(
        orgId === ACME_ID
          ? { event: 'reports', data: [ACME_ID, ACME_ID] }
          : exception('org_access_denied', 'reports'),
      );
    }
    expect(await client.ask('reports', 'text')).toEqual(exception('org_access_denied', 'reports'));
  });

  it('has the organization at a path in it', async () => {
    const client = await connectAs(bob);
    expect(await client.ask('admin', { filter: { orgId: ACME_ID } })).toEqual({
      event: 'admin',
      data: ACME_ID,
    });
    const message = { 'filter.orgId': ACME_ID };
    expect(await client.ask('admin', message)).toEqual(exception('org_access_denied', 'admin'));
  });

  it('has its own organization among concurrent messages', async () => {
    const erin = userIn('erin', { ...ACME, role: 'Member' }, { ...GLOBEX, role: 'Member' });
    const client = await connectAs(erin);
    const ids = [ACME_ID, GLOBEX_ID, GLOBEX_ID, ACME_ID, GLOBEX_ID, ACME_ID];
    for (const orgId of ids) client.send('reports', { orgId });
    for (const orgId of ids) {
      expect(await client.next()).toEqual({ event: 'reports', data: [orgId, orgId] });
    }
  });

  it('is rejected as soon as the token of its connection has expired', async () => {
    const now = Math.floor(Date.now() / 1000);
    stopClock(now * 1000);
    const client = await connectAs(alice, { exp: now + 10 });
    for (const [seconds, answer] of [
      [0, ME],
      [9, ME],
      [10, exception('token_expired', 'me')],
    ] as const) {
      jest.setSystemTime((now + seconds) * 1000);
      expect(await client.ask('me')).toEqual(answer);
    }
    expect(await client.ask('visitor')).toEqual({ event: 'visitor', data: null });
  });

  it.each([alice, bob])(
    'has its caller before the guard runs, from one verification: $userId',
    async (user) => {
      const verifications = jest.spyOn(TokenVerifier.prototype, 'verify');
      const client = await connectAs(user);
      for (const message of [{}, 'a text', 7]) await client.ask('me', message);
      const known = [user.userId, `user:${user.userId}`];
      expect(observed).toEqual([known, known, known]);
      expect(verifications).toHaveBeenCalledTimes(1);
    },
  );

  it('has the address of its connection for callerKey() without a token, if it is known', async () => {
    const client = await connectAs(null);
    expect((await client.ask('public', {})).event).toBe('public');
    const address = adapter.name === 'ws' ? /^ip:unknown$/ : /^ip:.*127\.0\.0\.1$/;
    expect(observed).toEqual([[null, expect.stringMatching(address)]]);
  });

  it('that is a plain string keeps its caller while it waits for its handler among others', async () => {
    const client = await connectAs(alice);
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    for (const number of numbers) client.send('waiting', `${number}`);
    await client.ask('me', 'a text');
    openGate();
    const answers = new Set<unknown>();
    for (const _ of numbers) answers.add((await client.next()).data);
    expect(answers).toEqual(new Set(numbers.map((number) => `${number} of ${alice.userId}`)));
  });

  it.each([
    ['allowed', 'me', 'me'],
    ['rejected', 'reports', 'exception'],
  ])('keeps its caller while many messages follow that are %s', async (_what, event, answer) => {
    const client = await connectAs(alice);
    client.send('waiting', 'a text');
    for (let number = 0; number < sized(1_000, 300); number++) {
      expect((await client.ask(event, `text ${number}`)).event).toBe(answer);
    }
    openGate();
    expect((await client.next()).data).toBe(`a text of ${alice.userId}`);
  });
});

const [socketIo, native] = GATEWAY_ADAPTERS;

describe('A connection of socket.io', () => {
  const application = beforeTests(() => socketIo!.start(metadata));

  it.each(['websocket', 'polling'] as const)(
    'has the user of the Authorization header of its handshake over %s',
    async (transport) => {
      const extraHeaders = await headersOf(issuer, alice);
      const client = connectSocketIo(application, { extraHeaders, transports: [transport] });
      expect(await client.ask('me')).toEqual(ME);
    },
  );

  it('has no user of a value that auth inherits', async () => {
    const auth = { ['__proto__']: { token: aliceToken } };
    const client = connectSocketIo(application, { auth });
    expect(await client.ask('me')).toEqual(exception('token_missing', 'me'));
  });

  it('reports its address and trace to onDecision', async () => {
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
    const client = connectSocketIo(application, {
      auth: { token: aliceToken },
      extraHeaders: { traceparent: `00-${trace.traceId}-${trace.spanId}-01` },
    });
    await client.ask('me');
    expect(latest).toEqual({
      time: expect.any(Date),
      allowed: true,
      credential: 'access-token',
      userId: alice.userId,
      route: { controller: 'MessagesGateway', handler: 'me' },
      rule: 'user',
      address: '127.0.0.1',
      trace,
    });
  });

  it('with an API key has PropelAuth asked only for handlers that accept one', async () => {
    const extraHeaders = { authorization: 'Bearer junk' };
    const client = connectSocketIo(application, { extraHeaders });
    const messages = ['me', 'visitor', 'reports', 'public', 'undecorated'];
    for (const message of messages) await client.ask(message, {});
    expect(observed.map(([userId]) => userId)).toEqual(messages.map(() => null));
    expect(backend.bodies).toEqual([]);
    await client.ask('script', {});
    expect(backend.bodies).toEqual([{ api_key_token: 'junk' }]);
  });
});

describe('A connection of ws', () => {
  const application = beforeTests(() => native!.start(metadata));
  const connect = (protocols: string[], headers = {}, to: RunningApplication = application) =>
    connectNative(to, { protocols, headers });

  it('has the user of the Authorization header of the upgrade request', async () => {
    const client = await connect([], await headersOf(issuer, alice));
    expect(await client.ask('me')).toEqual(ME);
  });

  it.each([
    ['bearer', ['bearer', aliceToken]],
    ['reports.v1', ['reports.v1', 'bearer', aliceToken]],
  ])(
    'has the user of the token after the subprotocol bearer, which is not sent back: %s',
    async (protocol, protocols) => {
      const client = await connect(protocols);
      expect(client.protocol).toBe(protocol);
      expect(await client.ask('me')).toEqual(ME);
    },
  );

  it.each([
    ['bearer without a token', ['bearer'], {}],
    ['two tokens', ['bearer', aliceToken, 'Bearer', 'x'], {}],
    ['different tokens in two places', ['bearer', aliceToken], bobsHeaders],
  ])('is closed with 1008 for %s', async (_what, protocols, headers) => {
    const client = await connect(protocols, headers);
    expect(await client.next()).toEqual(farewell('token_invalid'));
    expect(await client.closeCode()).toBe(1008);
  });

  it('has no user if the gateway does not pass on the upgrade request', async () => {
    const forgetful = await native!.start({ ...metadata, providers: [GuardedGateway] });
    const client: GatewayClient = await connect([], await headersOf(issuer, alice), forgetful);
    expect(await client.ask('me')).toEqual(exception('token_missing', 'me'));
  });
});

import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentUser,
  RequireUser,
  tokenFromCookie,
  tokenFromHeader,
  type TokenSource,
  type User,
} from 'nestjs-propelauth';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import type { RunningApplication } from '../../support/application.js';
import { alice, bob } from '../../support/project.js';
import {
  connectNative,
  connectSocketIo,
  exception,
  farewell,
  type GatewayClient,
} from '../../support/websockets.js';
import { ClosedGateway, GuardedGateway } from './guarded.gateway.js';

type Headers = Record<string, string>;

const APP = 'https://app.example.com';
const inCookie = tokenFromCookie('session', { allowedOrigins: [APP] });
const [aliceToken, bobToken] = await Promise.all(
  [alice, bob].map((one) => issuer.accessToken(one)),
);
const COOKIE = { Cookie: `session=${aliceToken}` };
const ME = { event: 'me', data: alice.userId };

/** Handlers whose decorators say where the token is. */
@WebSocketGateway()
class DecoratedGateway {
  @SubscribeMessage('me')
  @RequireUser({ tokenSource: inCookie })
  me(@CurrentUser() user: User) {
    return { event: 'me', data: user.userId };
  }
}

const ADAPTERS = [
  {
    name: 'socket.io',
    start: (gateway: new (...args: never[]) => object, tokenSource?: TokenSource) =>
      startGuarded({ providers: [gateway] }, { tokenSource }),
    connect: async (
      application: RunningApplication,
      extraHeaders: Headers,
    ): Promise<GatewayClient> => connectSocketIo(application, { extraHeaders }),
  },
  {
    name: 'ws',
    start: (gateway: new (...args: never[]) => object, tokenSource?: TokenSource) =>
      startGuarded({ providers: [gateway] }, { tokenSource }, (app) =>
        app.useWebSocketAdapter(new WsAdapter(app)),
      ),
    connect: (application: RunningApplication, headers: Headers): Promise<GatewayClient> =>
      connectNative(application, { headers }),
  },
];

const FOREIGN: [string, Headers][] = [
  ['another site', { Origin: 'https://evil.example' }],
  ['a sandboxed frame', { Origin: 'null' }],
  ['a subdomain of an allowed host', { Origin: 'https://x.app.example.com' }],
  ['a host that begins like an allowed one', { Origin: `${APP}.evil.example` }],
  ['another port', { Origin: 'http://127.0.0.1:1' }],
  ['nowhere', {}],
  [
    'a proxy that names the host',
    { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example' },
  ],
  ['another site, says Sec-Fetch-Site', { 'Sec-Fetch-Site': 'cross-site' }],
];

describe.each(ADAPTERS)('Over $name, with a cookie', ({ start, connect }) => {
  it.each(FOREIGN)('authenticateConnection() disconnects a page of %s', async (_what, headers) => {
    const client = await connect(await start(ClosedGateway, inCookie), { ...COOKIE, ...headers });
    expect(await client.next()).toEqual(farewell('access_denied'));
    await client.closed();
  });

  it('the cookies of a connection are read once, however many messages come over it', async () => {
    const application = await start(ClosedGateway, inCookie);
    const cookies = `${COOKIE.Cookie}${';'.repeat(9_000)}`;
    const client = await connect(application, { Cookie: cookies, Origin: application.url });
    const split = jest.spyOn(String.prototype, 'split');
    for (let count = 0; count < 50; count++) expect(await client.ask('me', {})).toEqual(ME);
    const splits = split.mock.contexts.filter((text) => String(text) === cookies);
    split.mockRestore();
    expect(splits.length).toBeLessThan(5);
  });

  it('authenticateConnection() and the guard accept pages of the own and of allowed origins', async () => {
    const application = await start(ClosedGateway, inCookie);
    for (const Origin of [application.url, APP]) {
      const client = await connect(application, { ...COOKIE, Origin });
      expect(await client.ask('me', {})).toEqual(ME);
    }
  });

  it('the guard lets in a message that is a string, because the token is not in it', async () => {
    const client = await connect(await start(ClosedGateway, inCookie), { ...COOKIE, Origin: APP });
    expect(await client.ask('me', 'hello')).toEqual(ME);
  });

  it('a header does not count beside the source of the module', async () => {
    const application = await start(ClosedGateway, inCookie);
    const Authorization = `Bearer ${bobToken}`;
    const client = await connect(application, { Authorization });
    expect(await client.next()).toEqual(farewell('token_missing'));
    const both = await connect(application, { ...COOKIE, Authorization, Origin: APP });
    expect(await both.ask('me', {})).toEqual(ME);
  });

  it('a header with another token is ambiguous under orHeader', async () => {
    const source = tokenFromCookie('session', { orHeader: true, allowedOrigins: [APP] });
    const Authorization = `Bearer ${bobToken}`;
    const application = await start(ClosedGateway, source);
    const both = await connect(application, { ...COOKIE, Authorization, Origin: APP });
    expect(await both.next()).toEqual(farewell('credential_invalid'));
    const alone = await connect(application, { Authorization });
    expect(await alone.ask('me', {})).toEqual({ event: 'me', data: bob.userId });
  });

  it('a source of the application that asks for the type of the context finds it', async () => {
    const inHeader = tokenFromHeader();
    const source: TokenSource = (context) =>
      context.getType() === 'ws' ? inCookie(context) : inHeader(context);
    const client = await connect(await start(ClosedGateway, source), { ...COOKIE, Origin: APP });
    expect(await client.ask('me', {})).toEqual(ME);
  });
});

describe('Over socket.io, with a cookie and without authenticateConnection()', () => {
  it.each([
    ['the module', GuardedGateway, inCookie],
    ['a decorator', DecoratedGateway, undefined],
  ])('the guard checks the origin for the source of %s', async (_what, gateway, source) => {
    const application = await startGuarded({ providers: [gateway] }, { tokenSource: source });
    for (const [, headers] of FOREIGN) {
      const client = connectSocketIo(application, { extraHeaders: { ...COOKIE, ...headers } });
      expect(await client.ask('me', {})).toEqual(exception('access_denied', 'me'));
    }
    const own = { ...COOKIE, Origin: application.url };
    expect(await connectSocketIo(application, { extraHeaders: own }).ask('me', {})).toEqual(ME);
  });

  it('the guard checks the origin of a connection that began with polling', async () => {
    const application = await startGuarded(
      { providers: [GuardedGateway] },
      { tokenSource: inCookie },
    );
    const connectFrom = (Origin: string) =>
      connectSocketIo(application, {
        transports: ['polling', 'websocket'],
        extraHeaders: { ...COOKIE, Origin },
      });
    expect(await connectFrom('https://evil.example').ask('me', {})).toEqual(
      exception('access_denied', 'me'),
    );
    expect(await connectFrom(APP).ask('me', {})).toEqual(ME);
  });
});

describe('Over ws, with a cookie and without authenticateConnection()', () => {
  it('debug mode says that the call is missing', async () => {
    const application = await startGuarded(
      { providers: [GuardedGateway] },
      { tokenSource: inCookie, debugMode: true },
      (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    );
    const client = await connectNative(application, { headers: { ...COOKIE, Origin: APP } });
    expect(await client.ask('me', {})).toMatchObject({
      data: {
        statusCode: 401,
        message: expect.stringContaining('authenticateConnection') as string,
      },
    });
  });
});

import type { Type } from '@nestjs/common';
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
import { beforeTests, type RunningApplication } from '../../support/application.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../../support/guarded-application.js';
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

/** Starts a gateway over socket.io, or over ws. */
const startWith = (native: boolean) => (gateway: Type, options: Partial<PropelAuthOptions>) =>
  startGuarded({ providers: [gateway] }, options, (app) => {
    if (native) app.useWebSocketAdapter(new WsAdapter(app));
  });
const overSocketIo = startWith(false);
const overWs = startWith(true);

const connectWith = async (application: RunningApplication, extraHeaders: Headers) =>
  connectSocketIo(application, { extraHeaders });

const FOREIGN: Headers[] = [
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: 'https://x.app.example.com' },
  { Origin: `${APP}.evil.example` },
  { Origin: 'http://127.0.0.1:1' },
  {},
  { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example' },
  { 'Sec-Fetch-Site': 'cross-site' },
];

describe.each([
  ['socket.io', overSocketIo, connectWith],
  [
    'ws',
    overWs,
    (application: RunningApplication, headers: Headers): Promise<GatewayClient> =>
      connectNative(application, { headers }),
  ],
])('Over %s, with a cookie', (_name, start, connect) => {
  const application = beforeTests(() => start(ClosedGateway, { tokenSource: inCookie }));
  const Authorization = `Bearer ${bobToken}`;

  it.each(FOREIGN)('authenticateConnection() disconnects a page with %j', async (headers) => {
    const client = await connect(application, { ...COOKIE, ...headers });
    expect(await client.next()).toEqual(farewell('access_denied'));
    await client.closed();
  });

  it('the cookies of a connection are read once, however many messages come over it', async () => {
    const cookies = `${COOKIE.Cookie}${';'.repeat(9_000)}`;
    const client = await connect(application, { Cookie: cookies, Origin: application.url });
    const split = jest.spyOn(String.prototype, 'split');
    for (let count = 0; count < 50; count++) expect(await client.ask('me', {})).toEqual(ME);
    const splits = split.mock.contexts.filter((text) => String(text) === cookies);
    split.mockRestore();
    expect(splits.length).toBeLessThan(5);
  });

  it('authenticateConnection() and the guard accept pages of the own and of allowed origins', async () => {
    for (const Origin of [application.url, APP]) {
      const client = await connect(application, { ...COOKIE, Origin });
      // The token is not in a message, so that this may be a string.
      for (const message of [{}, 'hello']) expect(await client.ask('me', message)).toEqual(ME);
    }
  });

  it('a header does not count beside the source of the module', async () => {
    const client = await connect(application, { Authorization });
    expect(await client.next()).toEqual(farewell('token_missing'));
    const both = await connect(application, { ...COOKIE, Authorization, Origin: APP });
    expect(await both.ask('me', {})).toEqual(ME);
  });

  it('a header with another token is ambiguous under orHeader', async () => {
    const tokenSource = tokenFromCookie('session', { orHeader: true, allowedOrigins: [APP] });
    const withHeader = await start(ClosedGateway, { tokenSource });
    const both = await connect(withHeader, { ...COOKIE, Authorization, Origin: APP });
    expect(await both.next()).toEqual(farewell('credential_invalid'));
    const alone = await connect(withHeader, { Authorization });
    expect(await alone.ask('me', {})).toEqual({ event: 'me', data: bob.userId });
  });

  it('a source of the application that asks for the type of the context finds it', async () => {
    const inHeader = tokenFromHeader();
    const tokenSource: TokenSource = (context) =>
      context.getType() === 'ws' ? inCookie(context) : inHeader(context);
    const asking = await start(ClosedGateway, { tokenSource });
    const client = await connect(asking, { ...COOKIE, Origin: APP });
    expect(await client.ask('me', {})).toEqual(ME);
  });
});

describe('With a cookie and without authenticateConnection()', () => {
  it.each<[string, Type, TokenSource | undefined]>([
    ['the module', GuardedGateway, inCookie],
    ['a decorator', DecoratedGateway, undefined],
  ])('the guard checks the origin for the source of %s', async (_what, gateway, tokenSource) => {
    const application = await overSocketIo(gateway, { tokenSource });
    for (const headers of FOREIGN) {
      const client = await connectWith(application, { ...COOKIE, ...headers });
      expect(await client.ask('me', {})).toEqual(exception('access_denied', 'me'));
    }
    const client = await connectWith(application, { ...COOKIE, Origin: application.url });
    expect(await client.ask('me', {})).toEqual(ME);
  });

  it.each([
    ['https://evil.example', exception('access_denied', 'me')],
    [APP, ME],
  ])('the guard checks a connection that began with polling: %s', async (Origin, answer) => {
    const client = connectSocketIo(await overSocketIo(GuardedGateway, { tokenSource: inCookie }), {
      transports: ['polling', 'websocket'],
      extraHeaders: { ...COOKIE, Origin },
    });
    expect(await client.ask('me', {})).toEqual(answer);
  });

  it('debug mode says over ws that the call is missing', async () => {
    const application = await overWs(GuardedGateway, { tokenSource: inCookie, debugMode: true });
    const client = await connectNative(application, { headers: { ...COOKIE, Origin: APP } });
    const message = expect.stringContaining('authenticateConnection') as string;
    expect(await client.ask('me', {})).toMatchObject({ data: { statusCode: 401, message } });
  });
});

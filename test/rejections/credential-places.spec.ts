import type { Type } from '@nestjs/common';
import { Controller, Get, Injectable } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  PropelAuthModule,
  PropelAuthService,
  RequireApiKey,
  RequireCaller,
  RequireUser,
  RequireUserOrApiKey,
  type CallerKind,
} from 'nestjs-propelauth';
import { beforeTests } from '../support/application.js';
import { request, issuer, startGuarded } from '../support/guarded-application.js';
import { connect, CONTEXTS, graphqlModule, nextOf, send } from '../support/graphql.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { startMicroservice } from '../support/microservice.js';
import { alice, bob } from '../support/project.js';
import { connectNative, connectSocketIo, type Answer } from '../support/websockets.js';
import { GuardedResolver } from '../transports/graphql/guarded.resolver.js';
import { GuardedMessages, tokenFromMessage } from '../transports/microservices/guarded.messages.js';
import { ClosedGateway, GuardedGateway } from '../transports/websockets/guarded.gateway.js';

const debugMode = true;

/** Nobody is asked about it: PropelAuth's address is closed to tests. */
const KEY = 'a-key-that-must-never-be-seen-1234567890';
const aliceToken = await issuer.accessToken(alice);
const ofBob = { Authorization: await issuer.authorization(bob) };
const bearer = (text: string) => ({ Authorization: `Bearer ${text}` });
const bare = (text: string) => ({ Authorization: text });
const xKey = (text: string) => ({ 'X-API-Key': text });
const ofAnotherKind = (place: string, accepted: string) =>
  `The request has a credential of another kind, ${place}. The route accepts ${accepted}`;

/** What the client of a gateway is told in debug mode. */
async function messageIn(answer: Promise<Answer>): Promise<string> {
  const { event, data } = await answer;
  expect(event).toBe('exception');
  return (data as { message: string }).message;
}

describe('With debugMode, a rejected message over socket.io names its places', () => {
  const application = beforeTests(() =>
    startGuarded({ providers: [GuardedGateway] }, { debugMode }),
  );

  const PLACES = 'auth.token or the Authorization header of the handshake';
  const MALFORMED = `There is not exactly one access token in ${PLACES}`;

  it.each<[string, Parameters<typeof connectSocketIo>[1], string]>([
    ['auth.token is text', { auth: { token: 'none' } }, MALFORMED],
    ['auth.token is a number', { auth: { token: 7 } }, MALFORMED],
    ['auth.token is empty', { auth: { token: '' } }, MALFORMED],
    ['the header is malformed', { extraHeaders: { Authorization: 'Bearer a b' } }, MALFORMED],
    ['the tokens differ', { auth: { token: aliceToken }, extraHeaders: ofBob }, MALFORMED],
    ['there is no token', {}, `There is no access token in ${PLACES}`],
  ])('if %s', async (_what, options, message) => {
    expect(await messageIn(connectSocketIo(application, options).ask('me'))).toBe(message);
  });
});

const startNative = (gateway: Type) =>
  startGuarded({ providers: [gateway] }, { debugMode }, (app) =>
    app.useWebSocketAdapter(new WsAdapter(app)),
  );

describe('With debugMode, a rejected message over ws names', () => {
  @WebSocketGateway()
  class ForgetfulGateway extends GuardedGateway {
    @SubscribeMessage('key')
    @RequireApiKey()
    key() {}

    @SubscribeMessage('either')
    @RequireUserOrApiKey()
    either() {}
  }

  it('authenticateConnection() if the gateway does not call it', async () => {
    const headers = bearer(aliceToken);
    const client = await connectNative(await startNative(ForgetfulGateway), { headers });
    for (const event of ['me', 'key', 'either']) {
      expect(await messageIn(client.ask(event))).toBe(
        'The request that opened the connection is not known. Call PropelAuthService.authenticateConnection(client, request) in handleConnection() of the gateway',
      );
    }
  });

  const closed = beforeTests(() => startNative(ClosedGateway));

  it.each([
    ['malformed subprotocols', { protocols: ['bearer', 'none'] }, 'not exactly one'],
    ['a malformed header', { headers: { Authorization: 'Bearer' } }, 'not exactly one'],
    ['no token', {}, 'no'],
  ])('its places if it has %s', async (_what, handshake, found) => {
    const client = await connectNative(closed, handshake);
    expect(await messageIn(client.next())).toBe(
      `There is ${found} access token in the subprotocol header or the Authorization header of the handshake`,
    );
  });
});

describe.each(CONTEXTS)('With debugMode, in the context of %s,', (_whose, options) => {
  const application = beforeTests(() =>
    startGuarded(
      {
        imports: [graphqlModule({ fullWsTransport: true, ...options })],
        providers: [GuardedResolver],
      },
      { debugMode },
    ),
  );

  it.each([
    ['without a token', {}, 'The request has no Authorization header with the scheme Bearer'],
    [
      'with a malformed header',
      { Authorization: 'Bearer none' },
      'The Authorization header is not exactly one "Bearer <access token>"',
    ],
  ])('a rejected operation over HTTP names the header: %s', async (_what, headers, message) => {
    const { errors } = await send(application, '{ me }', headers);
    expect(errors?.[0]?.message).toBe(message);
  });

  const PLACES =
    'the connection parameter Authorization or the Authorization header of the opening request';
  const MALFORMED = `There is not exactly one access token in ${PLACES}`;
  const NESTED =
    'The connection parameter headers contains an Authorization header. Send "Bearer <access token>" in the connection parameter Authorization';
  const TOO_MANY = 'The connection has more than 50 connection parameters';
  const authorization = `Bearer ${aliceToken}`;
  const names = Array.from({ length: 51 }, (_, index) => `parameter-${index}`);
  const many = Object.fromEntries(names.map((name) => [name, 1]));

  it.each<[string, string, Record<string, unknown>, Record<string, string>?]>([
    ['a number', MALFORMED, { Authorization: 7 }],
    ['a malformed token', MALFORMED, { authorization: 'Bearer none' }],
    ['no token', `There is no access token in ${PLACES}`, {}],
    ['a malformed header', MALFORMED, {}, { Authorization: 'Bearer none' }],
    ['51 parameters', TOO_MANY, many],
    ['51 parameters and a token', TOO_MANY, many, { Authorization: authorization }],
    ['51 headers among them', TOO_MANY, { headers: many }],
    ['51 headers and a token', TOO_MANY, { headers: many }, { Authorization: authorization }],
    ['a token among headers', NESTED, { headers: { authorization } }],
    ['the same in upper case', NESTED, { headers: { Authorization: authorization } }],
    ['the same in a list', NESTED, { headers: { authorization: [authorization] } }],
  ])(
    'a rejected operation over graphql-ws says what is wrong: %s',
    async (_what, message, parameters, headers = {}) => {
      for (const operation of ['{ me }', 'subscription { ticks }']) {
        const client = connect(application, parameters, headers);
        const { errors } = await nextOf(client, operation);
        expect([operation, errors?.[0]?.message]).toEqual([operation, message]);
      }
    },
  );
});

describe('With debugMode, a rejected call names the tokenSource that reads the token', () => {
  @Controller()
  class SourceController {
    @Get()
    @RequireUser({ tokenSource: (context) => context.switchToHttp().getRequest().query.token })
    me() {}
  }

  const MISSING = 'tokenSource returned no access token';
  const MALFORMED = 'tokenSource did not return exactly one access token';

  it('on a route', async () => {
    const { url } = await startGuarded({ controllers: [SourceController] }, { debugMode });
    await request(url).get('/').expect(401).expect(hasMessage(MISSING));
    await request(url).get('/?token=none').expect(401).expect(hasMessage(MALFORMED));
    await request(url).get('/?token=a&token=b').expect(401).expect(hasMessage(MALFORMED));
  });

  it('on a message handler', async () => {
    const options = { ...issuer.moduleOptions, debugMode, tokenSource: tokenFromMessage };
    const client = await startMicroservice({
      imports: [PropelAuthModule.forRoot(options)],
      controllers: [GuardedMessages],
    });
    expect(await client.rejectionOf('me', {})).toMatchObject({ message: MISSING });
    for (const accessToken of ['none', 7]) {
      expect(await client.rejectionOf('me', { accessToken })).toMatchObject({ message: MALFORMED });
    }
  });

  it('on a message handler without one, as the option to set', async () => {
    const options = { ...issuer.moduleOptions, debugMode, startupAudit: 'warn' as const };
    const client = await startMicroservice({
      imports: [PropelAuthModule.forRoot(options)],
      controllers: [GuardedMessages],
    });
    expect(await client.rejectionOf('me', {})).toMatchObject({
      message: 'The option tokenSource is not set, so messages have no access token',
    });
  });
});

@Injectable()
class ServiceTokens implements CallerKind {
  readonly name = 'service';
  readonly credential = [{ header: 'x-service-token' }];
  identify = () => undefined;
  key = () => 'service';
}

@Controller()
class KindsController {
  @Get('user')
  @RequireUser()
  user() {}

  @Get('key')
  @RequireApiKey()
  key() {}

  @Get('either')
  @RequireUserOrApiKey()
  either() {}

  @Get('service')
  @RequireCaller('service')
  service() {}
}

describe('A credential that is not of an accepted kind', () => {
  const logger = new RecordingLogger();
  const withTokens = { controllers: [KindsController], providers: [ServiceTokens] };
  const options = { callerKinds: [ServiceTokens] };
  const debugged = beforeTests(() => startGuarded(withTokens, { ...options, debugMode }));
  const application = beforeTests(() =>
    startGuarded(withTokens, options, (app) => app.useLogger(logger)),
  );
  const OTHER = 'kind_not_accepted';
  const WITHOUT_BEARER = 'The Authorization header does not begin with "Bearer "';
  const opaque = ofAnotherKind('opaque text after Bearer', 'user');
  const inHeader = (accepted: string) => ofAnotherKind('the header x-api-key', accepted);
  const token = ofAnotherKind('the access token', 'api-key');
  const twoParts = aliceToken.slice(0, -400).split('.').slice(0, 2).join('.');
  /** The code of a reason, if it is another word. */
  const CODES: Record<string, string> = {
    [OTHER]: 'credential_missing',
    token_malformed: 'token_invalid',
  };

  it.each<[string, string, Record<string, string>, string, string?]>([
    ['a key after Bearer', '/user', bearer(KEY), OTHER, opaque],
    ['a key in its header', '/user', xKey(KEY), OTHER, inHeader('user')],
    ['a token', '/key', bearer(aliceToken), OTHER, token],
    ['a key in its header', '/service', xKey(KEY), OTHER, inHeader('service')],
    ['a bare token', '/user', bare(aliceToken), 'token_missing', WITHOUT_BEARER],
    ['a bare key', '/key', bare(KEY), 'api_key_missing', WITHOUT_BEARER],
    ['either', '/either', bare(KEY), 'credential_missing', WITHOUT_BEARER],
    // Which places the application's own kinds have is not told.
    ["another kind's header", '/user', { 'x-service-token': KEY }, 'token_missing'],
    ['a mistake', '/user', bearer('undefined'), 'token_malformed'],
    ['a part of a token', '/user', bearer(twoParts), 'token_malformed'],
    [
      'a mistake beside a key',
      '/user',
      { ...bearer('undefined'), ...xKey(KEY) },
      'token_malformed',
    ],
    ['nothing', '/user', {}, 'token_missing'],
  ])('%s on %s', async (_what, path, headers, reason, ...details) => {
    const [detail] = details;
    logger.lines.length = 0;
    const code = CODES[reason] ?? reason;
    const response = { message: 'Unauthorized', statusCode: 401, code };
    await request(application.url).get(path).set(headers).expect(401, response);
    const line = `GET ${path} (KindsController.${path.slice(1)}) rejected: ${reason}`;
    expect(logger.of('debug')[0]).toContain(
      detail === undefined ? `${line}. ` : `${line} (${detail}). `,
    );
    expect(logger.text).not.toContain(KEY);
    const answer = await request(debugged.url).get(path).set(headers).expect(401);
    expect(answer.body).toMatchObject({ code, reason, ...(detail && { message: detail }) });
    expect(answer.headers['www-authenticate']).toBe(
      reason === code ? 'Bearer' : 'Bearer error="invalid_token"',
    );
  });
});

describe('With debugMode, validateAccessToken()', () => {
  it('does not mention a header', async () => {
    const { app } = await startGuarded({}, { debugMode });
    const service = app.get(PropelAuthService);
    for (const token of ['none', 7 as unknown as string]) {
      await expect(service.validateAccessToken(token)).rejects.toThrow(
        /^The value is not an access token$/,
      );
    }
  });
});

function hasMessage(message: string) {
  return ({ body }: { body: unknown }) => expect(body).toMatchObject({ message });
}

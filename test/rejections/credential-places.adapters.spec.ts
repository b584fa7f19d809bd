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

/** What the client of a gateway is told in debug mode. */
async function messageIn(answer: Promise<Answer>): Promise<string> {
  const { event, data } = await answer;
  expect(event).toBe('exception');
  return (data as { message: string }).message;
}

describe('With debugMode, a rejected message over socket.io names', () => {
  const application = beforeTests(() =>
    startGuarded({ providers: [GuardedGateway] }, { debugMode }),
  );

  const messageFor = async (options: Parameters<typeof connectSocketIo>[1]) =>
    messageIn(connectSocketIo(application, options).ask('me'));

  const PLACES = 'auth.token or the Authorization header of the handshake';
  const MALFORMED = `There is not exactly one access token in ${PLACES}`;

  it('its places if auth.token is not an access token', async () => {
    for (const token of ['none', 7, '']) {
      expect(await messageFor({ auth: { token } })).toBe(MALFORMED);
    }
  });

  it('its places if the header is malformed', async () => {
    const extraHeaders = { Authorization: 'Bearer a b' };
    expect(await messageFor({ extraHeaders })).toBe(MALFORMED);
  });

  it('its places if they have different tokens', async () => {
    const token = await issuer.accessToken(alice);
    const extraHeaders = { Authorization: await issuer.authorization(bob) };
    expect(await messageFor({ auth: { token }, extraHeaders })).toBe(MALFORMED);
  });

  it('its places if there is no token', async () => {
    expect(await messageFor({})).toBe(`There is no access token in ${PLACES}`);
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
    const client = await connectNative(await startNative(ForgetfulGateway), {
      headers: { Authorization: await issuer.authorization(alice) },
    });
    for (const event of ['me', 'key', 'either']) {
      expect(await messageIn(client.ask(event))).toBe(
        'The request that opened the connection is not known. Call PropelAuthService.authenticateConnection(client, request) in handleConnection() of the gateway',
      );
    }
  });

  it.each([
    ['malformed subprotocols', { protocols: ['bearer', 'none'] }, 'not exactly one'],
    ['a malformed header', { headers: { Authorization: 'Bearer' } }, 'not exactly one'],
    ['no token', {}, 'no'],
  ])('its places if it has %s', async (_what, handshake, found) => {
    const client = await connectNative(await startNative(ClosedGateway), handshake);
    expect(await messageIn(client.next())).toBe(
      `There is ${found} access token in the subprotocol header or the Authorization header of the handshake`,
    );
  });
});

describe.each(CONTEXTS)(
  'With debugMode, a rejected operation in the context of %s names',
  (_whose, options) => {
    const application = beforeTests(() =>
      startGuarded(
        {
          imports: [graphqlModule({ fullWsTransport: true, ...options })],
          providers: [GuardedResolver],
        },
        { debugMode },
      ),
    );

    const overHttp = async (headers?: Record<string, string>) =>
      (await send(application, '{ me }', headers)).errors?.[0]?.message;

    const overWebSocket = async (
      parameters: Record<string, unknown>,
      headers = {},
      field = '{ me }',
    ) => (await nextOf(connect(application, parameters, headers), field)).errors?.[0]?.message;

    const PLACES =
      'the connection parameter Authorization or the Authorization header of the opening request';
    const MALFORMED = `There is not exactly one access token in ${PLACES}`;

    it('the Authorization header of the request over HTTP', async () => {
      expect(await overHttp()).toBe(
        'The request has no Authorization header with the scheme Bearer',
      );
      expect(await overHttp({ Authorization: 'Bearer none' })).toBe(
        'The Authorization header is not exactly one "Bearer <access token>"',
      );
    });

    it.each(['{ me }', 'subscription { ticks }'])(
      'its places over graphql-ws if the connection parameter is malformed: %s',
      async (field) => {
        for (const parameters of [{ Authorization: 7 }, { authorization: 'Bearer none' }]) {
          expect(await overWebSocket(parameters, {}, field)).toBe(MALFORMED);
        }
      },
    );

    it('its places over graphql-ws if there is no token', async () => {
      expect(await overWebSocket({})).toBe(`There is no access token in ${PLACES}`);
    });

    it('the number of connection parameters if there are more than 50', async () => {
      const names = Array.from({ length: 51 }, (_, index) => `parameter-${index}`);
      const many = Object.fromEntries(names.map((name) => [name, 1]));
      const headers = { Authorization: await issuer.authorization(alice) };
      for (const parameters of [many, { headers: many }]) {
        for (const opening of [{}, headers]) {
          expect(await overWebSocket(parameters, opening)).toBe(
            'The connection has more than 50 connection parameters',
          );
        }
      }
    });

    it.each(['{ me }', 'subscription { ticks }'])(
      'the connection parameter "headers" if it contains a token: %s',
      async (field) => {
        const authorization = await issuer.authorization(alice);
        for (const headers of [
          { authorization },
          { Authorization: authorization },
          { authorization: [authorization] },
        ]) {
          expect(await overWebSocket({ headers }, {}, field)).toBe(
            'The connection parameter headers contains an Authorization header. Send "Bearer <access token>" in the connection parameter Authorization',
          );
        }
      },
    );

    it('its places over graphql-ws if the header of the opening request is malformed', async () => {
      expect(await overWebSocket({}, { Authorization: 'Bearer none' })).toBe(MALFORMED);
    });
  },
);

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

/** Nobody is asked about it: PropelAuth's address is closed to tests. */
const KEY = 'a-key-that-must-never-be-seen-1234567890';
const aliceToken = await issuer.accessToken(alice);
const bearer = (text: string) => ({ Authorization: `Bearer ${text}` });
const xKey = (text: string) => ({ 'X-API-Key': text });
const ofAnotherKind = (place: string, accepted: string) =>
  `The request has a credential of another kind, ${place}. The route accepts ${accepted}`;
const RESPONSE = { message: 'Unauthorized', statusCode: 401 };

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
  const WITHOUT_BEARER = 'The Authorization header does not begin with "Bearer "';
  const opaque = ofAnotherKind('opaque text after Bearer', 'user');
  const inHeader = ofAnotherKind('the header x-api-key', 'user');

  it.each<[string, string, Record<string, string>, string, string, string | undefined]>([
    ['a key after Bearer', '/user', bearer(KEY), 'credential_missing', 'kind_not_accepted', opaque],
    [
      'a key in its header',
      '/user',
      xKey(KEY),
      'credential_missing',
      'kind_not_accepted',
      inHeader,
    ],
    [
      'a token',
      '/key',
      bearer(aliceToken),
      'credential_missing',
      'kind_not_accepted',
      ofAnotherKind('the access token', 'api-key'),
    ],
    [
      'a key in its header',
      '/service',
      xKey(KEY),
      'credential_missing',
      'kind_not_accepted',
      ofAnotherKind('the header x-api-key', 'service'),
    ],
    [
      'a bare token',
      '/user',
      { Authorization: aliceToken },
      'token_missing',
      'token_missing',
      WITHOUT_BEARER,
    ],
    [
      'a bare key',
      '/key',
      { Authorization: KEY },
      'api_key_missing',
      'api_key_missing',
      WITHOUT_BEARER,
    ],
    [
      'either',
      '/either',
      { Authorization: KEY },
      'credential_missing',
      'credential_missing',
      WITHOUT_BEARER,
    ],
    // Which places the application's own kinds have is not told.
    [
      "another kind's header",
      '/user',
      { 'x-service-token': KEY },
      'token_missing',
      'token_missing',
      undefined,
    ],
    ['a mistake', '/user', bearer('undefined'), 'token_invalid', 'token_malformed', undefined],
    [
      'a part of a token',
      '/user',
      bearer(aliceToken.slice(0, -400).split('.').slice(0, 2).join('.')),
      'token_invalid',
      'token_malformed',
      undefined,
    ],
    [
      'a mistake beside a key',
      '/user',
      { ...bearer('undefined'), ...xKey(KEY) },
      'token_invalid',
      'token_malformed',
      undefined,
    ],
    ['nothing', '/user', {}, 'token_missing', 'token_missing', undefined],
  ])('%s on %s', async (_what, path, headers, code, reason, detail) => {
    logger.lines.length = 0;
    await request(application.url)
      .get(path)
      .set(headers)
      .expect(401, { ...RESPONSE, code });
    const line = `GET ${path} (KindsController.${path.slice(1)}) rejected: ${reason}`;
    expect(logger.of('debug')[0]).toContain(
      detail === undefined ? `${line}. ` : `${line} (${detail}). `,
    );
    expect(logger.text).not.toContain(KEY);
    const { body, headers: response } = await request(debugged.url)
      .get(path)
      .set(headers)
      .expect(401);
    expect(body).toMatchObject({ code, reason, ...(detail && { message: detail }) });
    expect(response['www-authenticate']).toBe(
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

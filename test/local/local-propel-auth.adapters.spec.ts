import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, VersioningType } from '@nestjs/common';
import type { INestApplication, NestInterceptor } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentApiKey,
  CurrentUser,
  PropelAuthApi,
  PropelAuthConfigurationError,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgRole,
  RequireUser,
  type ApiKeyValidation,
} from 'nestjs-propelauth';
import {
  LocalPropelAuthModule,
  type LocalPropelAuthOptions,
  type LocalSeed,
} from 'nestjs-propelauth/local';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { map } from 'rxjs';
import request from 'supertest';
import { failureOf, startApplication, type RunningApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { sendRaw } from '../support/send-raw.js';
import { connectNative, connectSocketIo } from '../support/websockets.js';

const ORIGIN = 'http://localhost:3000';
const SECRET = 'the-secret-of-the-tests';
const WITH_SECRET = `local_secret=${SECRET}`;
const REQUIRED = { enabled: true, origin: ORIGIN, secret: SECRET };
const ACME = 'acce0000-0000-4000-8000-000000000000';
const ALICE = 'a11ce000-0000-4000-8000-000000000001';

/** Pages of the local PropelAuth, with the secret. */
const PAGES = [
  `/api/v1/refresh_token?user=alice&${WITH_SECRET}`,
  `/propelauth/users?${WITH_SECRET}`,
];

const WHAT_PROXIES_SAY: [name: string, value: string][] = [
  ['X-Forwarded-For', '192.168.0.7'],
  ['X-Forwarded-Host', 'localhost:3000'],
  ['X-Real-IP', '127.0.0.1'],
  ['Forwarded', 'for=127.0.0.1;host=localhost:3000'],
  ['Via', '1.1 vite'],
  ['Referer', 'http://localhost:3000/propelauth/users'],
  ['Sec-Fetch-Site', 'same-origin'],
  ['Accept', 'text/html'],
];

const DOCS_CLIENT = { clientId: 'docs', redirectUri: `${ORIGIN}/docs/oauth2-redirect.html` };
const FRONT_END = 'http://app.example:5173';

const SEED: LocalSeed = {
  orgs: [{ name: 'Acme Inc', orgId: ACME, metadata: { tier: 2 } }, { name: 'Empty' }],
  users: [
    {
      name: 'alice',
      userId: ALICE,
      properties: { plan: 'pro' },
      orgs: [{ org: 'Acme Inc', role: 'Admin', permissions: ['can_view'] }],
    },
    { name: 'bob', mfaEnabled: true },
  ],
  apiKeys: [
    { key: 'alices-key', user: 'alice', displayName: 'laptop', metadata: { scope: 'read' } },
    { key: 'acmes-key', user: 'alice', org: 'Acme Inc' },
  ],
};

@Controller()
class AppController {
  @Get('me')
  @RequireUser()
  me(@CurrentUser('userId') userId: string) {
    return { userId };
  }

  @Get('orgs/:orgId')
  @RequireOrgRole('Admin')
  org() {
    return {};
  }

  @Get('key')
  @RequireApiKey()
  key(@CurrentApiKey() { user, org }: ApiKeyValidation) {
    return { userId: user?.userId, orgId: org?.orgId };
  }

  @Get('open')
  open() {
    return {};
  }
}

@WebSocketGateway()
class AppGateway {
  @SubscribeMessage('open')
  open() {
    return { event: 'open', data: 'heard' };
  }
}

function startWithGateway(prepare?: (app: INestApplication) => void): Promise<RunningApplication> {
  const imports = [LocalPropelAuthModule.forRoot({ ...REQUIRED, seed: SEED })];
  return startApplication({ imports, providers: [AppGateway] }, prepare);
}

function start(
  options: Partial<LocalPropelAuthOptions> = {},
  prepare?: (app: INestApplication) => void,
): Promise<RunningApplication> {
  const imports = [LocalPropelAuthModule.forRoot({ ...REQUIRED, seed: SEED, ...options })];
  return startApplication({ imports, controllers: [AppController] }, prepare);
}

/** As main.ts does, where the HTTP adapter is there before the modules. */
async function startByFactory(
  options: Partial<LocalPropelAuthOptions>,
  prepare: (app: INestApplication) => void,
): Promise<string> {
  @Module({
    imports: [LocalPropelAuthModule.forRoot({ ...REQUIRED, ...options })],
    controllers: [AppController],
  })
  class AppModule {}
  const adapter =
    globalThis.HTTP_ADAPTER === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: false });
  registerCleanup(() => app.close());
  prepare(app);
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

async function tokenOf(user: string, { url }: RunningApplication): Promise<string> {
  const { body } = await request(url)
    .get(`/api/v1/refresh_token?${WITH_SECRET}`)
    .query({ user })
    .expect(200);
  return (body as { access_token: string }).access_token;
}

function getAs(token: string, { url }: RunningApplication, path: string): request.Test {
  return request(url).get(path).auth(token, { type: 'bearer' });
}

const propelAuth = await PropelAuthServer.start();

describe('LocalPropelAuthModule', () => {
  describe('fails to start', () => {
    const { NODE_ENV, PROPELAUTH_AUTH_URL } = process.env;

    afterEach(() => {
      restore({ NODE_ENV, PROPELAUTH_AUTH_URL });
    });

    it.each([undefined, false, 'true', 1])('when enabled is %j', (enabled) => {
      const options = { ...REQUIRED, enabled: enabled as boolean };
      expect(() => LocalPropelAuthModule.forRoot(options)).toThrow(/enabled is not true/);
    });

    it('in production', () => {
      process.env.NODE_ENV = 'production';
      expect(() => LocalPropelAuthModule.forRoot(REQUIRED)).toThrow(/NODE_ENV=production/);
    });

    it.each([
      ['PROPELAUTH_AUTH_URL', 'https://auth.example.com', /^PROPELAUTH_AUTH_URL is set/],
      ['NODE_ENV', 'production', /NODE_ENV=production/],
    ])(
      'with %s=%s in the environment, even if a module sets it later',
      async (name, value, message) => {
        const setVariable = () => {
          process.env[name] = value;
        };
        @Module({})
        class InConstructor {
          constructor() {
            setVariable();
          }
        }
        @Module({})
        class InHook {
          onModuleInit() {
            setVariable();
          }
        }
        for (const module of [InConstructor, InHook]) {
          restore({ NODE_ENV, PROPELAUTH_AUTH_URL });
          const imports = [LocalPropelAuthModule.forRoot(REQUIRED), module];
          const failure = await failureOf(startApplication({ imports }));
          expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
          expect(failure).toMatchObject({ message: expect.stringMatching(message) });
        }
      },
    );

    it.each(['authUrl', 'apiKey', 'apiUrl', 'manualTokenVerificationMetadata'])(
      'together with the option %s of a PropelAuth project',
      (option) => {
        const options = { ...REQUIRED, [option]: 'https://auth.example.com' };
        expect(() => LocalPropelAuthModule.forRoot(options)).toThrow(`${option} is set`);
      },
    );

    it('together with PropelAuthModule in one application', async () => {
      const { moduleOptions } = await TestIssuer.create();
      const failure = await failureOf(
        startApplication({
          imports: [
            LocalPropelAuthModule.forRoot(REQUIRED),
            PropelAuthModule.forRoot(moduleOptions),
          ],
        }),
      );
      expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    });

    it.each(['http://api.example.com', 'https://api.example.com', 'localhost:3000', ''])(
      'at the origin %j',
      (origin) => {
        const options = { ...REQUIRED, origin };
        expect(() => LocalPropelAuthModule.forRoot(options)).toThrow(/^origin /);
      },
    );

    it.each([undefined, '', 'nonsense'])('at the origin %j, and says what to set', (origin) => {
      const options = { ...REQUIRED, origin } as never;
      expect(() => LocalPropelAuthModule.forRoot(options)).toThrow(
        /^origin is .*\. Set it to the URL of the application .* http:\/\/localhost:3000\.$/,
      );
    });

    it.each([
      ['clientId', { clientId: '', redirectUri: ORIGIN }],
      ['redirectUri', { clientId: 'docs', redirectUri: 'https://evil.example/' }],
      ['redirectUri', { clientId: 'docs', redirectUri: '/docs' }],
    ])('for an OAuth2 client with an invalid %s', (field, oauthClient) => {
      const options = { ...REQUIRED, oauthClient };
      expect(() => LocalPropelAuthModule.forRoot(options)).toThrow(`oauthClient.${field} is `);
    });

    it.each(['', 'short', 'with spaces in its text', 'a'.repeat(15), 1, null])(
      'with the secret %j',
      (secret) => {
        const options = { ...REQUIRED, secret: secret as string };
        expect(() => LocalPropelAuthModule.forRoot(options)).toThrow(/^secret is not /);
      },
    );

    it.each([
      'http://localhost:5173',
      [1],
      ['localhost:5173'],
      ['http://localhost:5173/'],
      ['http://localhost:5173/app'],
      ['*'],
      ['null'],
      ['ftp://localhost'],
    ])('with the allowedOrigins %j', (allowedOrigins) => {
      const options = { ...REQUIRED, allowedOrigins: allowedOrigins as string[] };
      expect(() => LocalPropelAuthModule.forRoot(options)).toThrow(/^allowedOrigins is not /);
    });

    it('with an invalid seed or an unknown option', async () => {
      const badSeed = await failureOf(start({ seed: { users: [] } }));
      expect(badSeed).toMatchObject({ message: expect.stringMatching(/^The seed is invalid/) });
      const misspelt = await failureOf(start({ debugmode: true } as object));
      expect(misspelt).toMatchObject({ message: expect.stringMatching(/^debugmode is not/) });
    });
  });

  describe('has users', () => {
    it('whose tokens work here with their roles, and nowhere else', async () => {
      const application = await start();
      const alice = await tokenOf('alice', application);
      const bob = await tokenOf('bob', application);
      await getAs(alice, application, '/me').expect(200, { userId: ALICE });
      await getAs(alice, application, `/orgs/${ACME}`).expect(200);
      await getAs(bob, application, `/orgs/${ACME}`).expect(403);
      await request(application.url).get('/me').expect(401);
      const elsewhere = await start({ origin: 'http://localhost:3001' });
      await getAs(alice, elsewhere, '/me').expect(401);
    });

    it('whose tokens stay valid after a restart', async () => {
      const first = await start();
      const alice = await tokenOf('alice', first);
      await first.close();
      const { status } = await getAs(alice, await start(), '/me');
      expect(status).toBe(200);
    });

    it('for an AppModule that does not import PropelAuthModule', async () => {
      @Module({ controllers: [AppController] })
      class AppModule {}
      const local = LocalPropelAuthModule.forRoot({ ...REQUIRED, seed: SEED });
      const application = await startApplication({ imports: [local, AppModule] });
      const alice = await tokenOf('alice', application);
      await getAs(alice, application, '/me').expect(200, { userId: ALICE });
      await request(application.url).get('/me').expect(401);
    });

    it('by default, without a seed', async () => {
      const application = await start({ seed: undefined });
      const { body } = await request(application.url)
        .get(`/api/v1/refresh_token?user=mallory&${WITH_SECRET}`)
        .expect(400);
      expect(body).toHaveProperty(
        'message',
        'The user is unknown. Use ?user=alice, ?user=bob, ?user=carol, ?user=dave.',
      );
    });

    it('that the application can change', async () => {
      const application = await start();
      const api = application.app.get(PropelAuthApi);
      expect(await api.fetchUserMetadataByUserId(ALICE, true)).toMatchObject({
        username: 'alice',
        email: 'alice@example.com',
        properties: { plan: 'pro' },
        orgIdToOrgInfo: { [ACME]: { orgMetadata: { tier: 2 }, userPermissions: ['can_view'] } },
      });
      await api.changeUserRoleInOrg({ userId: ALICE, orgId: ACME, role: 'Member' });
      const alice = await tokenOf('alice', application);
      await getAs(alice, application, `/orgs/${ACME}`).expect(403);
      await api.createUser({ email: 'carol@example.com' });
      const carol = await tokenOf('carol@example.com', application);
      await getAs(carol, application, '/me').expect(200);
      const { userId } = (await api.fetchUserMetadataByUsername('bob')) ?? {};
      await api.disableUser(userId as string);
      const askFor = (user: string) =>
        request(application.url).get(`/api/v1/refresh_token?user=${user}&${WITH_SECRET}`);
      await askFor('bob').expect(400);
      await api.deleteUser(ALICE);
      await askFor('alice').expect(400);
    });

    it('with API keys', async () => {
      const { url } = await start();
      await request(url).get('/key').set('X-API-Key', 'alices-key').expect(200, { userId: ALICE });
      await request(url)
        .get('/key')
        .set('X-API-Key', 'acmes-key')
        .expect(200, { userId: ALICE, orgId: ACME });
      await request(url).get('/key').set('X-API-Key', 'unknown').expect(401);
    });

    it('and sends no request to PropelAuth', () => {
      expect(propelAuth.requests).toEqual([]);
    });
  });

  describe('accepts requests from this machine only', () => {
    it.each([
      '/api/v1/refresh_token?user=alice',
      '/API/V1/refresh_token/?user=alice',
      '/propelauth/users',
      '/open',
      '/nowhere',
    ])('at %s', async (path) => {
      const { url } = await start();
      await request(url).get(path).set('Host', 'evil.example').expect(421);
    });

    it('before middleware', async () => {
      const url = await startByFactory({}, (app) => {
        const adapter = app.getHttpAdapter();
        adapter.get('/docs', (_request: unknown, response: unknown) => {
          adapter.reply(response, 'the documentation');
        });
      });
      await request(url).get('/docs').expect(200);
      await request(url).get('/docs').set('Host', 'evil.example').expect(421);
    });

    it('on the pages of Swagger UI, even in tests', async () => {
      const { url } = await start({}, (app) => {
        SwaggerModule.setup('docs', app, () =>
          SwaggerModule.createDocument(app, new DocumentBuilder().build()),
        );
      });
      for (const path of ['/docs', '/docs-json', '/docs/swagger-ui.css']) {
        await request(url).get(path).expect(200);
        await request(url).get(path).set('Host', 'evil.example').expect(421);
      }
    });

    it('and responds normally to upgrade requests that no gateway handles', async () => {
      const { url } = await start();
      const headers = ['Host: localhost', 'Connection: Upgrade, close', 'Upgrade: h2c'];
      const { status } = await sendRaw(
        url,
        `GET /open HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`,
      );
      expect(status).toBe(200);
    });

    it('for gateways of socket.io, which handles requests and upgrades before the application', async () => {
      const application = await startWithGateway();
      const { url } = application;
      const polling = '/socket.io/?EIO=4&transport=polling';
      await request(url).get(polling).expect(200);
      await request(url).get(polling).set('Host', 'evil.example').expect(421);
      expect(await upgrade(url, '/socket.io/?EIO=4&transport=websocket', FOREIGN)).toBe(421);
      const client = connectSocketIo(application);
      expect(await client.ask('open')).toEqual({ event: 'open', data: 'heard' });
    });

    it('for gateways of ws', async () => {
      const application = await startWithGateway((app) => {
        app.useWebSocketAdapter(new WsAdapter(app));
      });
      expect(await upgrade(application.url, '/', FOREIGN)).toBe(421);
      const client = await connectNative(application);
      expect(await client.ask('open')).toEqual({ event: 'open', data: 'heard' });
    });

    it('on a second server', async () => {
      const { app } = await start();
      const instance: unknown = app.getHttpAdapter().getInstance();
      const handle = (
        globalThis.HTTP_ADAPTER === 'fastify'
          ? (instance as { routing: RequestListener }).routing
          : instance
      ) as RequestListener;
      const server = createServer(handle);
      registerCleanup(() => server.close());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await request(url).get('/open').expect(200);
      await request(url).get('/open').set('Host', 'evil.example').expect(421);
    });

    it('with a global prefix and versions, which do not change PropelAuth’s paths', async () => {
      const application = await start({}, (app) => {
        app.setGlobalPrefix('api', { exclude: ['open'] });
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      });
      const alice = await tokenOf('alice', application);
      await getAs(alice, application, '/api/v1/me').expect(200);
      for (const path of PAGES) {
        await request(application.url).get(path).expect(200);
        await request(application.url).get(path).set('Host', 'evil.example').expect(421);
      }
      await getAs(alice, application, '/api/v1/me').set('Host', 'evil.example').expect(421);
      await request(application.url).get('/v1/open').expect(200);
    });
  });

  describe('issues tokens only to callers with the secret', () => {
    it.each(WHAT_PROXIES_SAY)(
      'but not through a development proxy, with the header %s: %s',
      async (name, value) => {
        const { url } = await start({ oauthClient: DOCS_CLIENT });
        for (const path of [
          '/api/v1/refresh_token?user=alice',
          '/propelauth/users',
          '/propelauth/users/access-token',
          '/propelauth/oauth/authorize',
        ]) {
          const { text } = await request(url).get(path).set(name, value).expect(401);
          expect(text).toContain('Open one of the links that the application printed');
          await request(url).get(`${path}?local_secret=another`).set(name, value).expect(401);
        }
        for (const path of ['/propelauth/users/step-up-grant', '/propelauth/oauth/authorize']) {
          await request(url).post(path).set('Origin', ORIGIN).set(name, value).expect(401);
        }
      },
    );

    it('which a link moves from the address to a cookie, on every page of the application', async () => {
      const url = await startByFactory({}, (app) => {
        SwaggerModule.setup('docs', app, () =>
          SwaggerModule.createDocument(app, new DocumentBuilder().build()),
        );
      });
      for (const path of ['/propelauth/users', '/docs', '/open']) {
        const { headers } = await request(url)
          .get(`${path}?page=2&${WITH_SECRET}`)
          .set('Accept', 'text/html,*/*')
          .expect(303)
          .expect('Location', `${path}?page=2`)
          .expect('Cache-Control', 'no-store');
        const [cookie] = headers['set-cookie'] as unknown as string[];
        expect(cookie).toMatch(
          /^propelauth_local_[0-9a-f]{16}=[\w-]{43}; HttpOnly; SameSite=Lax; Path=\//,
        );
        const [pair] = (cookie as string).split(';');
        await request(url)
          .get('/propelauth/users')
          .set('Accept', 'text/html')
          .set('Cookie', pair as string)
          .expect(200);
      }
    });

    it('and sets no cookie for a wrong secret', async () => {
      const { url } = await start();
      for (const path of ['/propelauth/users', '/open']) {
        const { headers } = await request(url)
          .get(`${path}?local_secret=another`)
          .set('Accept', 'text/html');
        expect(headers).not.toHaveProperty('set-cookie');
        expect(headers).not.toHaveProperty('location');
      }
    });

    it('which is random for each project, stays the same, and is part of the printed links', async () => {
      const [first, second] = [await printedBy({ seed: SEED }), await printedBy({ seed: SEED })];
      const other = await printedBy({ seed: SEED, origin: 'http://localhost:3001' });
      const [, secret = ''] =
        /^ {2}http:\/\/localhost:3000\/propelauth\/users\?local_secret=([\w-]{43})$/m.exec(first) ??
        [];
      expect(first).toContain(
        `curl -fsS '${ORIGIN}/api/v1/refresh_token?user=alice&local_secret=${secret}'`,
      );
      expect(second).toBe(first);
      expect(secret).not.toBe('');
      expect(other).not.toContain(secret);
    });

    it('which is also part of the link to the page of the OAuth2 client', async () => {
      const printed = await printedBy({ secret: SECRET, oauthClient: DOCS_CLIENT });
      expect(printed).toContain(`  ${ORIGIN}/docs?${WITH_SECRET}\n`);
    });
  });

  describe('with allowedOrigins', () => {
    it.each([
      ['without CORS settings of the application', true],
      ['with other CORS settings of the application', false],
    ])('lets a front end on another origin request a token, %s', async (_case, isAlone) => {
      const url = await startByFactory({ allowedOrigins: [FRONT_END] }, (app) => {
        if (!isAlone) app.enableCors();
      });
      const preflight = await request(url)
        .options('/api/v1/refresh_token?user=alice')
        .set('Origin', FRONT_END)
        .set('Access-Control-Request-Method', 'GET')
        .set('Access-Control-Request-Headers', 'content-type')
        .expect(204);
      const answer = await request(url)
        .get(`/api/v1/refresh_token?user=alice&${WITH_SECRET}`)
        .set('Origin', FRONT_END)
        .expect(200);
      const rejected = await request(url)
        .get('/api/v1/refresh_token?user=alice')
        .set('Origin', FRONT_END)
        .expect(401);
      // Fastify's plugin for CORS answers preflight requests before any middleware.
      const isOurs = globalThis.HTTP_ADAPTER !== 'fastify' || isAlone;
      for (const { headers } of [answer, rejected, ...(isOurs ? [preflight] : [])]) {
        expect(headers).toMatchObject({
          'access-control-allow-origin': FRONT_END,
          'access-control-allow-credentials': 'true',
        });
      }
    });

    it('lets no other page', async () => {
      const { url } = await start({ allowedOrigins: [FRONT_END] });
      for (const origin of [
        'http://app.example',
        'https://app.example:5173',
        'http://evil.example',
      ]) {
        const preflight = await request(url)
          .options('/api/v1/refresh_token?user=alice')
          .set('Origin', origin)
          .set('Access-Control-Request-Method', 'GET');
        const answer = await request(url)
          .get(`/api/v1/refresh_token?user=alice&${WITH_SECRET}`)
          .set('Origin', origin)
          .expect(403);
        for (const { headers } of [preflight, answer]) {
          expect(headers).not.toHaveProperty('access-control-allow-origin');
        }
      }
    });
  });

  it('returns nothing to pages of other sites, even if the application allows CORS', async () => {
    const { url } = await start({}, (app) => {
      app.enableCors();
    });
    for (const path of PAGES) {
      for (const origin of ['https://evil.example', 'http://localhost.evil.example', 'null']) {
        await request(url).get(path).set('Origin', origin).expect(403);
      }
      await request(url).get(path).set('Origin', 'http://localhost:5173').expect(403);
      await request(url).get(path).set('Origin', ORIGIN).expect(200);
    }
  });

  it('returns tokens to OAuth2 clients unwrapped, even if the application wraps responses', async () => {
    const wrapper: NestInterceptor = {
      intercept: (_context, next) => next.handle().pipe(map((data: unknown) => ({ data }))),
    };
    const { url } = await start({ oauthClient: DOCS_CLIENT }, (app) =>
      app.useGlobalInterceptors(wrapper),
    );
    const client = { client_id: DOCS_CLIENT.clientId, redirect_uri: DOCS_CLIENT.redirectUri };
    const verifier = 'v'.repeat(43);
    const { headers } = await request(url)
      .post(`/propelauth/oauth/authorize?${WITH_SECRET}`)
      .set('Origin', ORIGIN)
      .type('form')
      .send({
        ...client,
        user: 'alice',
        response_type: 'code',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      })
      .expect(303);
    const code = new URL(headers['location'] as string).searchParams.get('code');
    const { body } = await request(url)
      .post('/propelauth/oauth/token')
      .type('form')
      .send({ ...client, grant_type: 'authorization_code', code, code_verifier: verifier })
      .expect(200)
      .expect('Cache-Control', 'no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 1800,
    });
  });

  it('has no OAuth2 endpoints without a client', async () => {
    const { url } = await start();
    await request(url).get(`/propelauth/oauth/authorize?${WITH_SECRET}`).expect(404);
    await request(url).post('/propelauth/oauth/token').expect(404);
  });

  it('passes the other options to PropelAuthModule', async () => {
    const { url } = await start({ requireUserByDefault: true, debugMode: false });
    const { body } = await request(url).get('/open').expect(401);
    expect(body).toEqual({ statusCode: 401, message: 'Unauthorized' });
    await request(url).get(`/propelauth/users?${WITH_SECRET}`).expect(200);
  });

  it('sets debugMode by default', async () => {
    const { url } = await start();
    const { body } = await request(url).get('/me').expect(401);
    expect(body).toHaveProperty('reason', 'token_missing');
  });
});

const SILENT = { log() {}, warn() {}, error() {} };

const FOREIGN = ['Host: evil.example'];

/** With what status an upgrade to WebSocket is answered. */
async function upgrade(url: string, path: string, headers: string[]): Promise<number | 'closed'> {
  const lines = [
    `GET ${path} HTTP/1.1`,
    ...headers,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  const { status } = await sendRaw(url, `${lines.join('\r\n')}\r\n\r\n`);
  return status;
}

/** What the application prints when it starts. */
async function printedBy(options: Partial<LocalPropelAuthOptions>): Promise<string> {
  const lines: unknown[] = [];
  const logger = { ...SILENT, log: (message: unknown) => lines.push(message) };
  const imports = [LocalPropelAuthModule.forRoot({ enabled: true, origin: ORIGIN, ...options })];
  const application = await startApplication({ imports }, undefined, undefined, { logger });
  await application.close();
  return lines.filter((line) => String(line).startsWith('The local PropelAuth runs')).join('\n');
}

function restore(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

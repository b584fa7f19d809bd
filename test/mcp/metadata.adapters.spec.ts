import cors from '@fastify/cors';
import {
  All,
  Controller,
  Get,
  Post,
  VersioningType,
  type INestApplication,
  type ModuleMetadata,
  type NestApplicationOptions,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { discoverOAuthProtectedResourceMetadata } from '@modelcontextprotocol/client';
import express from 'express';
import { PropelAuthModule } from 'nestjs-propelauth';
import { mcpServer, type McpOptions } from 'nestjs-propelauth/mcp';
import * as oauth from 'oauth4webapi';
import request from 'supertest';
import { beforeTests, startApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { issuer, type PropelAuthOptions } from '../support/guarded-application.js';
import { mcp } from '../support/mcp-options.js';
import { messageOf } from '../support/start-error.js';

const PATH = '/.well-known/oauth-protected-resource/mcp';
const ATTACKER = 'https://attacker.example.com';
const METADATA = {
  resource: mcp.resource,
  authorization_servers: [`${issuer.authUrl}/oauth/2.1`],
  scopes_supported: ['read:reports', 'write:reports'],
  bearer_methods_supported: ['header'],
};

@Controller('other')
class OtherController {
  @Get()
  show() {}
}

const isFastify = globalThis.HTTP_ADAPTER === 'fastify';
const createAdapter = (): AbstractHttpAdapter =>
  isFastify ? new FastifyAdapter() : new ExpressAdapter();

const propelAuthWith = (changes: Partial<McpOptions>, options: Partial<PropelAuthOptions> = {}) =>
  PropelAuthModule.forRoot({
    ...issuer.moduleOptions,
    plugins: [mcpServer({ ...mcp, ...changes })],
    requireUserByDefault: true,
    ...options,
  });

const metadata: ModuleMetadata = { imports: [propelAuthWith({})], controllers: [OtherController] };

/** Creates the application over an adapter of the test's own. */
async function createOver(adapter: AbstractHttpAdapter, changes: Partial<McpOptions> = {}) {
  class AppModule {}
  const app = await NestFactory.create(
    { module: AppModule, ...metadata, imports: [propelAuthWith(changes)] },
    adapter,
    { logger: false, abortOnError: false },
  );
  registerCleanup(() => app.close());
  return app;
}

const ORIGIN = 'https://inspector.example.com';
const ALLOWED = 'access-control-allow-origin';
const CREDENTIALS = 'access-control-allow-credentials';

/** Checks that a page of any origin can read the metadata of an application. */
async function expectMetadata(url: string): Promise<void> {
  const answer = await request(url).get(PATH).set('Origin', ORIGIN).expect(200, METADATA);
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json(; charset=utf-8)?$/) as string,
    'cache-control': 'public, max-age=300',
  });
  const preflight = await request(url).options(PATH).set({
    origin: ORIGIN,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'mcp-protocol-version',
  });
  expect([preflight.status, preflight.text]).toEqual([204, '']);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    'access-control-allow-headers': '*',
    'access-control-max-age': '3600',
  });
  // A header that came twice would hold both values.
  for (const { headers } of [answer, preflight]) {
    expect([headers[ALLOWED], headers[CREDENTIALS]]).toEqual(['*', undefined]);
  }
}

type Prepare = (app: INestApplication) => void;

interface Further extends Pick<ModuleMetadata, 'providers' | 'controllers'> {
  readonly options?: NestApplicationOptions;
}

const APP = 'https://app.example.com';
const OF_ANY_ORIGIN = { origin: true, credentials: true, exposedHeaders: ['x-total'] };

const rejectAll = { canActivate: () => false };
const failAlways = {
  intercept(): never {
    throw new Error('An interceptor that always fails');
  },
};

@Controller()
class CatchAllController {
  @All(isFastify ? '*' : '*path')
  show() {
    return {};
  }
}

describe('The metadata of the MCP server', () => {
  const application = beforeTests(() => startApplication(metadata));

  it.each<[string, Prepare, Further?]>([
    ['no further setup', () => {}],
    [
      'a global prefix, and versions in the path',
      (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    ],
    [
      'versions in a header, and rawBody: true',
      (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
      { options: { rawBody: true } },
    ],
    ['CORS', (app) => app.enableCors()],
    ['CORS for one origin', (app) => app.enableCors({ origin: APP, credentials: true })],
    ['CORS for the origin that asks', (app) => app.enableCors(OF_ANY_ORIGIN)],
    ['CORS by an option', () => {}, { options: { cors: { origin: false, credentials: true } } }],
    [
      'middleware that answers every request',
      (app) => app.use((_: unknown, response: express.Response) => response.end()),
    ],
    [
      'global guards and interceptors, and a catch-all route',
      (app) => app.useGlobalGuards(rejectAll),
      {
        providers: [
          { provide: APP_GUARD, useValue: rejectAll },
          { provide: APP_INTERCEPTOR, useValue: failAlways },
        ],
        controllers: [CatchAllController],
      },
    ],
  ])('is served with %s', async (_what, prepare, { options, ...parts } = {}) => {
    const { url } = await startApplication({ ...metadata, ...parts }, prepare, undefined, options);
    await expectMetadata(url);
  });

  it('has no CORS headers from a server that existed before Nest', async () => {
    const app = await createOver(adapterWithCors());
    await app.listen(0, '127.0.0.1');
    const { headers } = await request(await app.getUrl())
      .get(PATH)
      .set('Origin', ORIGIN)
      .expect(200);
    expect([headers[ALLOWED], headers[CREDENTIALS]]).toEqual(['*', undefined]);
  });

  it('is served by applications that do not listen', async () => {
    const app = await createOver(createAdapter());
    await app.init();
    if (isFastify) await (app.getHttpAdapter().getInstance() as { ready(): Promise<void> }).ready();
    await request(app.getHttpServer()).get(PATH).expect(200, METADATA);
  });

  it('names only the first scopes if initialScopes has some', async () => {
    const scopes = { admin: ['read:reports'], 'read:reports': [] };
    const imports = [propelAuthWith({ scopes, initialScopes: ['read:reports'] })];
    const { url } = await startApplication({ imports });
    await request(url)
      .get(PATH)
      .expect(200, { ...METADATA, scopes_supported: ['read:reports'] });
  });

  it('has no body for HEAD', async () => {
    const { status, text, headers } = await request(application.url).head(PATH);
    expect([status, text]).toEqual([200, undefined]);
    expect(headers).toMatchObject({
      [ALLOWED]: '*',
      'cache-control': 'public, max-age=300',
      'content-length': String(JSON.stringify(METADATA).length),
    });
  });

  it.each(['post', 'put', 'patch', 'delete'] as const)('returns 405 for %s', async (method) => {
    const call = request(application.url)[method](PATH);
    const answer = await (method === 'delete' ? call : call.send({ resource: ATTACKER }));
    expect(answer.status).toBe(405);
    expect(answer.body).toEqual({ statusCode: 405, message: 'Method Not Allowed' });
    expect(answer.headers).toMatchObject({ allow: 'GET, HEAD, OPTIONS', [ALLOWED]: '*' });
  });

  it.each([
    [PATH, { host: 'attacker.example.com' }],
    [PATH, { 'x-forwarded-host': 'attacker.example.com', 'x-forwarded-proto': 'http' }],
    [PATH, { forwarded: 'host=attacker.example.com;proto=http' }],
    [PATH, { 'x-original-url': '/evil', 'x-forwarded-prefix': '/evil' }],
    [PATH, { accept: 'text/html' }],
    [PATH, { authorization: 'Bearer junk', cookie: 'a=b' }],
    [`${PATH}?resource=${ATTACKER}`, {}],
  ])('is the same for %s with %j', async (path, sent) => {
    const { headers } = await request(application.url).get(path).set(sent).expect(200, METADATA);
    expect(JSON.stringify(headers)).not.toContain('attacker');
  });

  it.each([`${PATH}/`, PATH.toUpperCase()])(
    'is found at %s by routers that treat it as the same path',
    async (path) => {
      await request(application.url)
        .get('/other/')
        .expect(isFastify ? 404 : 401);
      await request(application.url)
        .get(path)
        .expect(isFastify ? 404 : 200);
    },
  );

  it.each([
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/oauth/2.1',
    '/.well-known/oauth-authorization-server/mcp',
    '/.well-known/openid-configuration',
    '/.well-known/oauth-protected-resource',
    `${PATH}/other`,
    '/mcp/.well-known/oauth-protected-resource',
  ])('is the only path that is served: %s returns 404', async (path) => {
    await request(application.url).get(path).expect(404);
  });
});

/** An adapter over a server that sends CORS headers of its own. */
function adapterWithCors(): AbstractHttpAdapter {
  if (isFastify) {
    const adapter = new FastifyAdapter();
    const options = { origin: APP, credentials: true };
    void adapter.getInstance().register(cors as never, options as never);
    return adapter;
  }
  const server = express();
  server.use((_request, response, next) => {
    response.setHeader(ALLOWED, APP);
    response.setHeader(CREDENTIALS, 'true');
    next();
  });
  return new ExpressAdapter(server);
}

/** Sends what is for the resource's origin to an application, as a proxy does that takes a prefix off. */
function proxyTo(url: string, prefix: string) {
  return (input: string | URL | Request, init?: RequestInit) => {
    const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input);
    if (origin !== 'https://api.example.com' || !pathname.startsWith(prefix)) {
      throw new Error(`Nothing is at ${origin}${pathname}`);
    }
    return fetch(url + pathname.slice(prefix.length) + search, init);
  };
}

describe('Clients discover the metadata', () => {
  it.each<[string, Pick<McpOptions, 'resource' | 'metadataUrl'>, string]>([
    ['of a resource with a path', { resource: 'https://api.example.com/mcp' }, ''],
    ['of a resource with a longer path', { resource: 'https://api.example.com/v1/mcp.v2' }, ''],
    ['of a resource with a slash at the end', { resource: 'https://api.example.com/mcp/' }, ''],
    ['of a resource without a path', { resource: 'https://api.example.com' }, ''],
    [
      'at mcpServer.metadataUrl, behind a proxy that strips a prefix',
      {
        resource: 'https://api.example.com/tools/mcp',
        metadataUrl: `https://api.example.com/tools${PATH}`,
      },
      '/tools',
    ],
  ])('%s', async (_what, options, prefix) => {
    const { url } = await startApplication({ imports: [propelAuthWith(options)] });
    const { resource, metadataUrl: resourceMetadataUrl } = options;
    const proxy = proxyTo(url, prefix);
    const expected = { ...METADATA, resource };
    const found = await discoverOAuthProtectedResourceMetadata(
      resource,
      { ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }) },
      proxy,
    );
    expect(found).toEqual(expected);

    // This client has no option for the URL, and compares the resource as a URL, which has a slash where a bare origin has none.
    const identifier = new URL(resource);
    if (resourceMetadataUrl !== undefined || identifier.href !== resource) return;
    const response = await oauth.resourceDiscoveryRequest(identifier, {
      [oauth.customFetch]: proxy,
    });
    const processed = await oauth.processResourceDiscoveryResponse(identifier, response);
    expect(processed).toMatchObject(expected);
  });
});

describe('An application with mcpServer()', () => {
  it.each([Get, Post, All])('fails to start if a route has the same path', async (Route) => {
    @Controller('.well-known/oauth-protected-resource')
    class SamePathController {
      @Route('mcp')
      show() {}
    }
    const message = await messageOf(
      startApplication({ ...metadata, controllers: [SamePathController] }),
    );
    expect(message).toMatch(
      /^MCP clients cannot find the metadata[^]*SamePathController\.show.*the package serves the same path for the plugin mcpServer\(\)/,
    );
  });

  it('fails to start if webhooks.path is the path of the metadata, in any case', async () => {
    const webhooks = { secret: issuer.webhookSecret, path: PATH.toUpperCase() };
    expect(await messageOf(startApplication({ imports: [propelAuthWith({}, { webhooks })] }))).toBe(
      `webhooks.path is ${PATH}, the path of the metadata of the MCP server. Choose another path.`,
    );
  });

  it('can have a router that ignores trailing slashes', async () => {
    const adapter = isFastify
      ? new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } })
      : createAdapter();
    const app = await createOver(adapter, { resource: 'https://api.example.com/mcp/' });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const paths = [PATH, `${PATH}/`];
    const answers = await Promise.all(paths.map((path) => request(url).get(path)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('fails to start over an HTTP adapter other than Express and Fastify', async () => {
    class OtherAdapter extends ExpressAdapter {
      override getType() {
        return 'other';
      }
    }
    const app = await createOver(new OtherAdapter());
    await expect(app.init()).rejects.toThrow(
      /mcpServer\(\) needs the HTTP adapter of Express or Fastify/,
    );
  });

  it('starts without HTTP', async () => {
    class AppModule {}
    const context = await NestFactory.createApplicationContext(
      { module: AppModule, imports: [propelAuthWith({})] },
      { logger: false, abortOnError: false },
    );
    await expect(context.close()).resolves.toBeUndefined();
  });
});

import { request as sendRequest, type IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import {
  All,
  Controller,
  Get,
  Injectable,
  Post,
  VersioningType,
  type CanActivate,
  type INestApplication,
  type ModuleMetadata,
  type NestApplicationOptions,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { discoverOAuthProtectedResourceMetadata } from '@modelcontextprotocol/client';
import express from 'express';
import { PropelAuthConfigurationError, PropelAuthModule } from 'nestjs-propelauth';
import { mcpServer, type McpOptions } from 'nestjs-propelauth/mcp';
import * as oauth from 'oauth4webapi';
import supertest from 'supertest';
import { beforeTests, failureOf, startApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { issuer, type PropelAuthOptions } from '../support/guarded-application.js';
import { mcp } from '../support/mcp-options.js';

const PATH = '/.well-known/oauth-protected-resource/mcp';

const METADATA = {
  resource: mcp.resource,
  authorization_servers: [`${issuer.authUrl}/oauth/2.1`],
  scopes_supported: ['read:reports', 'write:reports'],
  bearer_methods_supported: ['header'],
};

@Controller('other')
class OtherController {
  @Get()
  show() {
    return {};
  }
}

const propelAuthWith = (options: Partial<PropelAuthOptions> = {}) =>
  PropelAuthModule.forRoot({
    ...issuer.moduleOptions,
    plugins: [mcpServer(mcp)],
    requireUserByDefault: true,
    ...options,
  });

const metadata: ModuleMetadata = { imports: [propelAuthWith()], controllers: [OtherController] };

const isFastify = globalThis.HTTP_ADAPTER === 'fastify';
const createAdapter = (): AbstractHttpAdapter =>
  isFastify ? new FastifyAdapter() : new ExpressAdapter();

interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  /** How often each header came, by its name in lower case. */
  readonly counts: Record<string, number>;
  readonly body: string;
}

/** Sends a request as it stands: `fetch` would not send another `Host`, and would join headers that come twice. */
function send(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: object; body?: string } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = sendRequest(url, { method, headers: { ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const names = response.rawHeaders.filter((_, index) => index % 2 === 0);
        const counts: Record<string, number> = {};
        for (const name of names)
          counts[name.toLowerCase()] = (counts[name.toLowerCase()] ?? 0) + 1;
        resolve({
          status: response.statusCode,
          headers: response.headers,
          counts,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const ORIGIN = 'https://inspector.example.com';
const PREFLIGHT = {
  method: 'OPTIONS',
  headers: {
    origin: ORIGIN,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'mcp-protocol-version',
  },
};

/** Checks that a page of any origin can read the metadata of an application. */
async function expectMetadata(url: string): Promise<void> {
  const answer = await send(url + PATH, { headers: { origin: ORIGIN } });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toEqual(METADATA);
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json(; charset=utf-8)?$/) as string,
    'cache-control': 'public, max-age=300',
  });
  const preflight = await send(url + PATH, PREFLIGHT);
  expect([preflight.status, preflight.body]).toEqual([204, '']);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    'access-control-allow-headers': '*',
    'access-control-max-age': '3600',
  });
  for (const { headers, counts } of [answer, preflight]) {
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(counts['access-control-allow-origin']).toBe(1);
  }
}

const sendTeapot = (_request: unknown, response: express.Response) => {
  response.statusCode = 418;
  response.end();
};

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class WrappingInterceptor {
  intercept(): never {
    throw new Error('An interceptor that always fails');
  }
}

type Case = [
  how: string,
  prepare: ((app: INestApplication) => void) | undefined,
  options?: NestApplicationOptions,
  providers?: ModuleMetadata['providers'],
];

describe('The metadata of the MCP server', () => {
  const application = beforeTests(() => startApplication(metadata));

  it('names the resource, its authorization server and its scopes', async () => {
    await expectMetadata(application.url);
  });

  it('names only the first scopes if initialScopes has some', async () => {
    const scopes = { admin: ['read:reports'], 'read:reports': [] };
    const plugins = [mcpServer({ ...mcp, scopes, initialScopes: ['read:reports'] })];
    const { url } = await startApplication({ imports: [propelAuthWith({ plugins })] });
    const { body } = await send(url + PATH);
    expect(JSON.parse(body)).toEqual({ ...METADATA, scopes_supported: ['read:reports'] });
  });

  it.each<Case>([
    ['a global prefix', (app) => void app.setGlobalPrefix('api')],
    [
      'versions in the path',
      (app) => void app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    ],
    [
      'versions in a header',
      (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    ],
    ['CORS', (app) => app.enableCors()],
    [
      'CORS for one origin with credentials',
      (app) => app.enableCors({ origin: 'https://app.example.com', credentials: true }),
    ],
    [
      'CORS for the origin that asks, with credentials',
      (app) => app.enableCors({ origin: true, credentials: true, exposedHeaders: ['x-total'] }),
    ],
    ['CORS by an option', undefined, { cors: { origin: false, credentials: true } }],
    ['middleware that answers every request', (app) => app.use(sendTeapot)],
    ['rawBody: true', undefined, { rawBody: true }],
    [
      'a global guard that rejects all',
      undefined,
      {},
      [{ provide: APP_GUARD, useClass: NobodyGuard }],
    ],
    ['a global guard of app.useGlobalGuards()', (app) => app.useGlobalGuards(new NobodyGuard())],
    [
      'a global interceptor that fails',
      undefined,
      {},
      [{ provide: APP_INTERCEPTOR, useClass: WrappingInterceptor }],
    ],
  ])('is served with %s', async (...[, prepare, options, providers]) => {
    const { url } = await startApplication(
      { ...metadata, providers: providers ?? [] },
      prepare,
      undefined,
      options,
    );
    await expectMetadata(url);
  });

  it('has no CORS headers from a server that existed before Nest', async () => {
    const app = await NestFactory.create(moduleWith(metadata), adapterWithCors(), {
      logger: false,
      abortOnError: false,
    });
    registerCleanup(() => app.close());
    await app.listen(0, '127.0.0.1');
    const { status, headers, counts } = await send((await app.getUrl()) + PATH, {
      headers: { origin: ORIGIN },
    });
    expect(status).toBe(200);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(counts['access-control-allow-origin']).toBe(1);
  });

  it('is served by applications that do not listen', async () => {
    const app = await NestFactory.create(moduleWith(metadata), createAdapter(), {
      logger: false,
      abortOnError: false,
    });
    registerCleanup(() => app.close());
    await app.init();
    if (isFastify) await (app.getHttpAdapter().getInstance() as { ready(): Promise<void> }).ready();
    const { body } = await supertest(app.getHttpServer()).get(PATH).expect(200);
    expect(body).toEqual(METADATA);
  });

  it('has no body for HEAD', async () => {
    const answer = await send(application.url + PATH, { method: 'HEAD' });
    expect([answer.status, answer.body]).toEqual([200, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=300',
      'content-length': String(JSON.stringify(METADATA).length),
    });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('returns 405 for %s', async (method) => {
    const body = method === 'DELETE' ? undefined : '{"resource":"https://attacker.example.com"}';
    const answer = await send(application.url + PATH, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    });
    expect(answer.status).toBe(405);
    expect(answer.headers).toMatchObject({
      allow: 'GET, HEAD, OPTIONS',
      'access-control-allow-origin': '*',
    });
    expect(JSON.parse(answer.body)).toEqual({ statusCode: 405, message: 'Method Not Allowed' });
  });

  it.each([
    { host: 'attacker.example.com' },
    { 'x-forwarded-host': 'attacker.example.com', 'x-forwarded-proto': 'http' },
    { forwarded: 'host=attacker.example.com;proto=http' },
    { 'x-original-url': '/evil', 'x-forwarded-prefix': '/evil' },
    { accept: 'text/html' },
    { authorization: 'Bearer junk', cookie: 'a=b' },
  ])('is the same for requests with %j', async (headers) => {
    const answer = await send(application.url + PATH, { headers });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual(METADATA);
    expect(JSON.stringify(answer.headers)).not.toContain('attacker');
  });

  it('is the same for any query', async () => {
    const answer = await send(`${application.url + PATH}?resource=https://attacker.example.com`);
    expect(JSON.parse(answer.body)).toEqual(METADATA);
  });

  it.each([`${PATH}/`, PATH.toUpperCase()])(
    'is found at %s by routers that treat it as the same path',
    async (path) => {
      const own = await send(`${application.url}/other/`);
      const isSame = own.status === 401;
      const answer = await send(application.url + path);
      expect(answer.status).toBe(isSame ? 200 : 404);
      expect(isSame).toBe(!isFastify);
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
    expect((await send(application.url + path)).status).toBe(404);
  });

  it('is not served without mcpServer()', async () => {
    const { url } = await startApplication({ imports: [propelAuthWith({ plugins: [] })] });
    expect((await send(url + PATH)).status).toBe(404);
  });
});

/** An adapter over a server that sends CORS headers of its own. */
function adapterWithCors(): AbstractHttpAdapter {
  if (isFastify) {
    const adapter = new FastifyAdapter();
    void adapter
      .getInstance()
      .register(cors as never, { origin: 'https://app.example.com', credentials: true } as never);
    return adapter;
  }
  const server = express();
  server.use((_request, response, next) => {
    response.setHeader('Access-Control-Allow-Origin', 'https://app.example.com');
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    next();
  });
  return new ExpressAdapter(server);
}

function moduleWith(imported: ModuleMetadata) {
  class AppModule {}
  return { module: AppModule, ...imported };
}

/** Sends what is for the resource's origin to an application, as a proxy does that takes a prefix off. */
function proxyTo(url: string, prefix = '') {
  return (input: string | URL | Request, init?: RequestInit) => {
    const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input);
    if (origin !== 'https://api.example.com' || !pathname.startsWith(prefix)) {
      throw new Error(`Nothing is at ${origin}${pathname}`);
    }
    return fetch(url + pathname.slice(prefix.length) + search, init);
  };
}

describe('Clients discover the metadata', () => {
  it.each<[string, Partial<McpOptions>, string]>([
    ['of a resource with a path', {}, ''],
    ['of a resource with a longer path', { resource: 'https://api.example.com/v1/mcp.v2' }, ''],
    ['of a resource with a slash at the end', { resource: 'https://api.example.com/mcp/' }, ''],
    ['of a resource without a path', { resource: 'https://api.example.com' }, ''],
  ])('%s', async (_what, changes, prefix) => {
    const options = { ...mcp, ...changes };
    const { url } = await startApplication({
      imports: [propelAuthWith({ plugins: [mcpServer(options)] })],
    });
    const proxy = proxyTo(url, prefix);
    const found = await discoverOAuthProtectedResourceMetadata(options.resource, {}, proxy);
    expect(found).toMatchObject({ ...METADATA, resource: options.resource });

    const resource = new URL(options.resource);
    const response = await oauth.resourceDiscoveryRequest(resource, {
      [oauth.customFetch]: proxy,
    });
    // It compares the resource as a URL, which has a slash where a bare origin has none.
    if (resource.href !== options.resource) return;
    const processed = await oauth.processResourceDiscoveryResponse(resource, response);
    expect(processed).toMatchObject({ ...METADATA, resource: options.resource });
  });

  it('at mcpServer.metadataUrl, behind a proxy that strips a prefix', async () => {
    const resource = 'https://api.example.com/tools/mcp';
    const metadataUrl = `https://api.example.com/tools${PATH}`;
    const { url } = await startApplication({
      imports: [propelAuthWith({ plugins: [mcpServer({ ...mcp, resource, metadataUrl })] })],
    });
    const found = await discoverOAuthProtectedResourceMetadata(
      resource,
      { resourceMetadataUrl: metadataUrl },
      proxyTo(url, '/tools'),
    );
    expect(found).toEqual({ ...METADATA, resource });
  });
});

describe('An application with mcpServer()', () => {
  it.each([Get, Post, All])('fails to start if a route has the same path', async (Route) => {
    @Controller('.well-known/oauth-protected-resource')
    class SamePathController {
      @Route('mcp')
      show() {}
    }
    const failure = await failureOf(
      startApplication({ ...metadata, controllers: [SamePathController] }),
    );
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toMatch(
      /^MCP clients cannot find the metadata[^]*SamePathController\.show.*the package serves the same path for the plugin mcpServer\(\)/,
    );
  });

  it('can have a router that ignores trailing slashes', async () => {
    const adapter = isFastify
      ? new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } })
      : createAdapter();
    const imports = [
      propelAuthWith({
        plugins: [mcpServer({ ...mcp, resource: 'https://api.example.com/mcp/' })],
      }),
    ];
    const app = await NestFactory.create(moduleWith({ imports }), adapter, {
      logger: false,
      abortOnError: false,
    });
    registerCleanup(() => app.close());
    await app.listen(0, '127.0.0.1');
    for (const path of [PATH, `${PATH}/`]) {
      expect((await send((await app.getUrl()) + path)).status).toBe(200);
    }
  });

  it('can have a catch-all route', async () => {
    @Controller()
    class FallbackController {
      @All(isFastify ? '*' : '*path')
      show() {
        return {};
      }
    }
    const { url } = await startApplication({ ...metadata, controllers: [FallbackController] });
    await expectMetadata(url);
  });

  it('fails to start if webhooks.path is the path of the metadata', async () => {
    const webhooks = { secret: issuer.webhookSecret, path: PATH };
    const failure = await failureOf(startApplication({ imports: [propelAuthWith({ webhooks })] }));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect(String(failure)).toMatch(/webhooks\.path is .*Choose another path/);
  });

  it.each([
    'https://api.example.com/:mcp',
    'https://api.example.com/a*b',
    'https://api.example.com/a%20b',
  ])(
    'fails to start with the resource %s, whose path has a special meaning in a router',
    async (resource) => {
      const failure = await failureOf(
        startApplication({
          imports: [propelAuthWith({ plugins: [mcpServer({ ...mcp, resource })] })],
        }),
      );
      expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
      expect(String(failure)).toMatch(/mcpServer\.resource/);
    },
  );

  it('fails to start over an HTTP adapter other than Express and Fastify', async () => {
    class OtherAdapter extends ExpressAdapter {
      override getType() {
        return 'other';
      }
    }
    const app = await NestFactory.create(moduleWith(metadata), new OtherAdapter(), {
      logger: false,
      abortOnError: false,
    });
    registerCleanup(() => app.close());
    await expect(app.init()).rejects.toThrow(
      /mcpServer\(\) needs the HTTP adapter of Express or Fastify/,
    );
  });

  it('starts without HTTP', async () => {
    const context = await NestFactory.createApplicationContext(
      moduleWith({ imports: [propelAuthWith()] }),
      { logger: false, abortOnError: false },
    );
    await expect(context.close()).resolves.toBeUndefined();
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import { Controller, Get, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Router } from 'express';
import { PropelAuthModule } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { io, type Socket } from 'socket.io-client';
import request from 'supertest';
import { registerCleanup } from '../support/clean-up.js';
import { readCodeBlocks } from '../support/code-blocks.js';
import { requireUserOn } from './require-user-on.js';

const issuer = await TestIssuer.create();

@Controller('reports')
class ReportsController {
  @Get()
  list() {
    return [];
  }
}

@Module({
  imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, requireUserByDefault: true })],
  controllers: [ReportsController],
})
class AppModule {}

/** A folder of files, with another folder in it. */
function makeFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  registerCleanup(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'admin'));
  for (const file of ['a.txt', 'admin/a.txt']) writeFileSync(join(folder, file), 'secret');
  return folder;
}

/** The application with things that no guard is called for. */
async function start(protectedPaths: string[], metadata: ModuleMetadata = {}) {
  const root = {
    module: class Root {},
    ...metadata,
    imports: [AppModule, ...(metadata.imports ?? [])],
  };
  const app = await NestFactory.create<NestExpressApplication>(root, { logger: false });
  if (protectedPaths.length > 0) requireUserOn(app, protectedPaths);
  app.useStaticAssets(makeFiles(), { prefix: '/files' });
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  SwaggerModule.setup('docs', app, document);
  app.use(
    '/queues',
    Router().get('/', (_request, response) => void response.send('queues')),
  );
  const adapter = app.getHttpAdapter();
  adapter.get('/status', (_request, response) => adapter.reply(response, 'status'));
  await app.listen(0, '127.0.0.1');
  registerCleanup(() => app.close());
  return app;
}

const bearer = async () => ({
  Authorization: await issuer.authorization({ email: 'a@b.example' }),
});

/** Without changing the path, as clients do. */
async function statusOf(app: NestExpressApplication, path: string): Promise<number | undefined> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1' }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
}

const PATHS = ['/docs', '/docs-json', '/docs-yaml', '/files/a.txt', '/queues', '/status'];

it('requireUserByDefault reaches handlers, and no files, Swagger UI, Express routers and adapter routes', async () => {
  const app = await start([]);
  expect(await statusOf(app, '/reports')).toBe(401);
  for (const path of PATHS) expect([path, await statusOf(app, path)]).toEqual([path, 200]);
});

describe('requireUserOn()', () => {
  const mounts = ['/docs', '/docs-json', '/docs-yaml', '/files', '/queues', '/status'];

  it('is on the page about users', () => {
    const [code] = readCodeBlocks('docs/authorization.md').filter((block) =>
      block.code.startsWith('// src/require-user-on.ts\n'),
    );
    const source = readFileSync('test/module/require-user-on.ts', 'utf8');
    expect(code?.code).toBe(`// src/require-user-on.ts\n${source}`);
  });

  it('requires a user for those paths', async () => {
    const app = await start(mounts);
    const server = app.getHttpServer();
    const expired = await issuer.accessToken({}, { expiresInSeconds: -120 });
    for (const path of [...PATHS, '/docs/', '/docs/swagger-ui.css', '/DOCS-JSON', '/FILES/a.txt']) {
      await request(server).get(path).expect(401);
      await request(server).get(path).auth(expired, { type: 'bearer' }).expect(401);
      await request(server)
        .get(path)
        .set(await bearer())
        .expect(200);
    }
    await request(server).get('/unknown').expect(404);
  });

  it('cannot be bypassed by another spelling of the path', async () => {
    const app = await start(mounts);
    for (const path of [
      '/%66iles/a.txt',
      '//files/a.txt',
      '/./files/a.txt',
      '/files//a.txt',
      '/x/../files/a.txt',
      '/files/%61.txt',
      '/files/x/../a.txt',
    ]) {
      expect(`${path} ${await statusOf(app, path)}`).toMatch(/ 40\d$/);
    }
  });

  it('does not protect a folder of static files, as the page says', async () => {
    const app = await start(['/files/admin']);
    expect(await statusOf(app, '/files/admin/a.txt')).toBe(401);
    expect(await statusOf(app, '/files/%61dmin/a.txt')).toBe(200);
  });
});

async function ask(app: NestExpressApplication, query: string, headers = {}) {
  const response = await request(app.getHttpServer()).post('/graphql').set(headers).send({ query });
  return { status: response.status, body: JSON.stringify(response.body) };
}

describe('A GraphQL subgraph', () => {
  @Resolver()
  class ReportsResolver {
    @Query(() => [String])
    reports() {
      return [];
    }
  }

  const graphql = (introspection: boolean): ModuleMetadata => ({
    imports: [
      GraphQLModule.forRoot<ApolloFederationDriverConfig>({
        driver: ApolloFederationDriver,
        autoSchemaFile: { federation: 2 },
        introspection,
        plugins: [ApolloServerPluginInlineTraceDisabled()],
      }),
    ],
    providers: [ReportsResolver],
  });
  const SCHEMA = '{ schema: __schema { queryType { name } } }';
  const SERVICE = '{ service: _service { sdl } }';

  it('returns its schema without a token', async () => {
    const app = await start([], graphql(true));
    expect((await ask(app, '{ reports }')).body).toContain('UNAUTHENTICATED');
    expect((await ask(app, SCHEMA)).body).toContain('"name":"Query"');
    expect((await ask(app, SERVICE)).body).toContain('reports');
  });

  it('returns less with introspection: false, but still _service', async () => {
    const app = await start([], graphql(false));
    expect((await ask(app, SCHEMA)).body).not.toContain('"data"');
    expect((await ask(app, SERVICE)).body).toContain('reports');
  });

  it.each([SCHEMA, SERVICE])(
    'returns nothing without a token behind requireUserOn(): %s',
    async (query) => {
      const app = await start(['/graphql'], graphql(true));
      const rejected = await ask(app, query);
      expect(rejected.status).toBe(401);
      expect(rejected.body).not.toContain('"data"');
      const allowed = await ask(app, query, await bearer());
      expect(allowed.status).toBe(200);
      expect(allowed.body).not.toContain('"errors"');
    },
  );
});

const next = (socket: Socket, event: string) =>
  new Promise<unknown>((resolve) => socket.once(event, resolve));

describe('A WebSocket', () => {
  @WebSocketGateway()
  class OpenGateway {
    @SubscribeMessage('reports')
    reports() {
      return { event: 'reports', data: [] };
    }
  }

  it('opens without a token, and its messages are rejected', async () => {
    const app = await start([], { providers: [OpenGateway] });
    const socket = io(await app.getUrl(), { transports: ['websocket'], reconnection: false });
    registerCleanup(() => void socket.disconnect());
    socket.emit('reports');
    expect(await next(socket, 'exception')).toMatchObject({ statusCode: 401 });
    expect(socket.connected).toBe(true);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ServeStaticModule } from '@nestjs/serve-static';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { type OnGatewayConnection, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Router } from 'express';
import { PropelAuthService } from 'nestjs-propelauth';
import { io, type Socket } from 'socket.io-client';
import request from 'supertest';
import { AppModule, issuer } from './app.module.js';
import { createApp } from './main.js';
import { requireUserOn } from './require-user-on.js';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
mkdirSync(join(folder, 'admin'));
for (const file of ['a.txt', 'admin/a.txt']) writeFileSync(join(folder, file), 'secret');
after(() => rmSync(folder, { recursive: true }));

const running: NestExpressApplication[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

/** The application with things that no guard is called for. */
async function start(protectedPaths: string[], ...modules: DynamicModule[]) {
  const root = { module: class Root {}, imports: [AppModule, ...modules] };
  const app = await NestFactory.create<NestExpressApplication>(root, { logger: false });
  if (protectedPaths.length > 0) requireUserOn(app, protectedPaths);
  app.useStaticAssets(folder, { prefix: '/files' });
  SwaggerModule.setup(
    'docs',
    app,
    SwaggerModule.createDocument(app, new DocumentBuilder().build()),
  );
  app.use(
    '/queues',
    Router().get('/', (_request, response) => void response.send('queues')),
  );
  const adapter = app.getHttpAdapter();
  adapter.get('/status', (_request, response) => adapter.reply(response, 'status'));
  await app.listen(0, '127.0.0.1');
  running.push(app);
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

describe('requireUserByDefault', () => {
  it('reaches handlers', async () => {
    const app = await start([]);
    await request(app.getHttpServer()).get('/reports').expect(401);
  });

  it('does not reach static files, Swagger UI, Express routers and adapter routes', async () => {
    const app = await start([]);
    for (const path of PATHS) await request(app.getHttpServer()).get(path).expect(200);
  });
});

describe('requireUserOn()', () => {
  const mounts = ['/docs', '/docs-json', '/docs-yaml', '/files', '/queues', '/status'];

  it('requires a user for those paths', async () => {
    const app = await start(mounts);
    const expired = await issuer.accessToken({}, { expiresInSeconds: -120 });
    for (const path of [...PATHS, '/docs/', '/docs/swagger-ui.css', '/DOCS-JSON', '/FILES/a.txt']) {
      const server = app.getHttpServer();
      await request(server).get(path).expect(401);
      await request(server).get(path).auth(expired, { type: 'bearer' }).expect(401);
      await request(server)
        .get(path)
        .set(await bearer())
        .expect(200);
    }
    await request(app.getHttpServer()).get('/unknown').expect(404);
  });

  it('cannot be bypassed by other spellings of the path', async () => {
    const app = await start(mounts);
    const paths = ['/%66iles/a.txt', '//files/a.txt', '/./files/a.txt', '/files//a.txt'];
    for (const path of [...paths, '/x/../files/a.txt', '/files/%61.txt', '/files/x/../a.txt']) {
      assert.match(String(await statusOf(app, path)), /^40[0-9]$/, path);
    }
  });

  it('does not protect a folder of static files, as the page says', async () => {
    const app = await start(['/files/admin']);
    assert.equal(await statusOf(app, '/files/admin/a.txt'), 401);
    assert.equal(await statusOf(app, '/files/%61dmin/a.txt'), 200);
  });

  it('protects the files of ServeStaticModule', async () => {
    const options = { rootPath: folder, serveRoot: '/downloads' };
    const module = () => ServeStaticModule.forRoot(options);
    const open = await start([], module());
    await request(open.getHttpServer()).get('/downloads/a.txt').expect(200);
    const closed = await start(['/downloads'], module());
    await request(closed.getHttpServer()).get('/downloads/a.txt').expect(401);
    await request(closed.getHttpServer())
      .get('/downloads/a.txt')
      .set(await bearer())
      .expect(200);
  });

  it('protects Swagger UI and files as the page sets them up', async () => {
    const app = await createApp();
    app.useLogger(false);
    await app.init();
    running.push(app);
    for (const path of ['/docs', '/docs-json', '/docs-yaml']) {
      await request(app.getHttpServer()).get(path).expect(401);
      await request(app.getHttpServer())
        .get(path)
        .set(await bearer())
        .expect(200);
    }
    await request(app.getHttpServer()).get('/files/a.txt').expect(401);
  });
});

async function ask(app: NestExpressApplication, query: string, headers = {}) {
  return request(app.getHttpServer()).post('/graphql').set(headers).send({ query });
}

describe('A GraphQL subgraph', () => {
  @Resolver()
  class ReportsResolver {
    @Query(() => [String])
    reports() {
      return [];
    }
  }

  const graphql = (introspection: boolean): DynamicModule => ({
    module: class GraphQL {},
    imports: [
      GraphQLModule.forRoot<ApolloFederationDriverConfig>({
        driver: ApolloFederationDriver,
        autoSchemaFile: { federation: 2 },
        introspection,
      }),
    ],
    providers: [ReportsResolver],
  });

  it('returns its schema without a token', async () => {
    const app = await start([], graphql(true));
    const guarded = await ask(app, '{ reports }');
    assert.equal(guarded.body.errors[0].extensions.code, 'UNAUTHENTICATED');
    const schema = await ask(app, '{ schema: __schema { queryType { name } } }');
    assert.equal(schema.body.data.schema.queryType.name, 'Query');
    const service = await ask(app, '{ service: _service { sdl } }');
    assert.match(service.body.data.service.sdl, /reports/);
  });

  it('returns less with introspection: false, but still _service', async () => {
    const app = await start([], graphql(false));
    const schema = await ask(app, '{ schema: __schema { queryType { name } } }');
    assert.equal(schema.body.data, undefined);
    const service = await ask(app, '{ service: _service { sdl } }');
    assert.match(service.body.data.service.sdl, /reports/);
  });

  it('returns nothing without a token behind requireUserOn()', async () => {
    const app = await start(['/graphql'], graphql(true));
    for (const query of [
      '{ service: _service { sdl } }',
      '{ schema: __schema { queryType { name } } }',
    ]) {
      const rejected = await ask(app, query);
      assert.deepEqual([rejected.status, rejected.body.data], [401, undefined]);
      const allowed = await ask(app, query, await bearer());
      assert.deepEqual([allowed.status, allowed.body.errors], [200, undefined]);
    }
  });
});

async function connect(gateway: Type): Promise<Socket> {
  const app = await start([], { module: class Sockets {}, providers: [gateway] });
  return io(await app.getUrl(), { transports: ['websocket'], reconnection: false });
}

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

  @WebSocketGateway()
  class ClosedGateway extends OpenGateway implements OnGatewayConnection {
    constructor(private readonly propelAuth: PropelAuthService) {
      super();
    }

    async handleConnection(client: object) {
      await this.propelAuth.authenticateConnection(client);
    }
  }

  it('opens without a token, and its messages are rejected', async () => {
    const socket = await connect(OpenGateway);
    socket.emit('reports');
    const rejection = (await next(socket, 'exception')) as { statusCode: number };
    assert.deepEqual([rejection.statusCode, socket.connected], [401, true]);
    socket.disconnect();
  });

  it('is closed by authenticateConnection()', async () => {
    const socket = await connect(ClosedGateway);
    assert.equal(await next(socket, 'disconnect'), 'io server disconnect');
  });
});

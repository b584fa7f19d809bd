import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  type ModuleMetadata,
  type Provider,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { Throttle } from '@nestjs/throttler';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { PropelAuthModule, RequireUserOrApiKey } from 'nestjs-propelauth';
import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';
import { io } from 'socket.io-client';
import request from 'supertest';
import { AppModule } from './app.module.js';
import { GatewayThrottlerGuard } from './gateway-throttler.guard.js';

const LIMIT = 3;
const Limited = () => Throttle({ default: { ttl: 60_000, limit: LIMIT } });

@Controller('reports')
class ReportsController {
  @Get()
  @Limited()
  @RequireUserOrApiKey()
  list() {
    return [];
  }
}

@Resolver()
class ReportsResolver {
  @Query(() => String)
  @Limited()
  @RequireUserOrApiKey()
  reports() {
    return 'reports';
  }
}

@WebSocketGateway()
class ReportsGateway {
  @SubscribeMessage('reports')
  @Limited()
  @RequireUserOrApiKey()
  reports() {
    return { event: 'reports', data: [] };
  }
}

type Headers = Record<string, string>;
type Options = Partial<Parameters<typeof PropelAuthModule.forRoot>[0]>;

const emulator = await createEmulator();
const { issuer } = emulator;
const acme = { orgId: '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f', orgName: 'Acme', role: 'Member' };
const alice = { userId: 'user-alice', email: 'alice@example.com', orgs: [acme] };
const bob = { userId: 'user-bob', email: 'bob@example.com' };

let app: INestApplication;
let url: string;

async function start(metadata: ModuleMetadata) {
  emulator.reset();
  for (const user of [alice, bob]) emulator.addUser(user);
  const builder = Test.createTestingModule(metadata);
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  app = moduleRef.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
}

afterEach(() => app.close());

const propelAuth = (options: Options = {}) =>
  PropelAuthModule.forRoot({
    ...issuer.moduleOptions,
    apiKeys: { cacheSeconds: 60 },
    ...options,
  });

async function bearer(user: { userId: string; email: string }, plan = 'free'): Promise<Headers> {
  return { Authorization: await issuer.authorization({ ...user, properties: { plan } }) };
}

/** Whether the throttler lets a call through, whatever becomes of it then. */
type Call = (headers: Headers) => Promise<boolean>;

const overRest: Call = async (headers) =>
  (await request(url).get('/reports').set(headers)).status !== 429;

const overGraphql: Call = async (headers) => {
  const { text } = await request(url).post('/graphql').set(headers).send({ query: '{ reports }' });
  return !text.includes('Too Many Requests');
};

/** On a connection of its own. */
const overSocket: Call = async (headers) => {
  const answer = await answerOverSocket(headers);
  return answer.message !== 'Too Many Requests';
};

interface SocketAnswer {
  event: string;
  status?: string;
  message?: string;
}

/** The answer to a message without data. */
async function answerOverSocket(headers: Headers): Promise<SocketAnswer> {
  const socket = io(url, { extraHeaders: headers, transports: ['websocket'] });
  try {
    return await new Promise((resolve) => {
      socket.onAny((event: string, answer: object) => resolve({ ...answer, event }));
      socket.emit('reports');
    });
  } finally {
    socket.close();
  }
}

/** How many of so many calls are let through. */
async function passed(call: Call, headers: Headers, calls = LIMIT + 2) {
  let count = 0;
  for (let number = 0; number < calls; number++) if (await call(headers)) count++;
  return count;
}

const rest = (): ModuleMetadata => ({
  imports: [propelAuth(), AppModule],
  controllers: [ReportsController],
});

const graphql = (): ModuleMetadata => ({
  imports: [
    propelAuth(),
    AppModule,
    GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
  ],
  providers: [ReportsResolver],
});

/** With what `AppModule` imports, but without its guard. */
const gateway = (...providers: Provider[]): ModuleMetadata => ({
  imports: [propelAuth(), ...(Reflect.getMetadata('imports', AppModule) as DynamicModule[])],
  providers,
});

const sockets = () =>
  gateway(ReportsGateway, { provide: APP_GUARD, useClass: GatewayThrottlerGuard });

const transports = [
  { name: 'REST', call: overRest, application: rest },
  { name: 'GraphQL', call: overGraphql, application: graphql },
  { name: 'sockets', call: overSocket, application: sockets },
];

for (const { name, call, application } of transports) {
  describe(`over ${name}`, () => {
    beforeEach(() => start(application()));

    test('users count separately from each other and from their address', async () => {
      for (const user of [alice, bob]) assert.equal(await passed(call, await bearer(user)), LIMIT);
      assert.equal(await passed(call, {}), LIMIT);
    });

    test('a user counts across tokens', async () => {
      assert.equal(await passed(call, await bearer(alice)), LIMIT);
      assert.equal(await call(await bearer(alice, 'pro')), false);
    });

    test('cached API keys count separately from each other and from their address', async () => {
      for (const owner of [{ userId: alice.userId }, { orgId: acme.orgId }]) {
        const apiKeyToken = emulator.createApiKey(owner);
        // The first call counts for the address: the key is not cached yet.
        assert.equal(await passed(call, { 'x-api-key': apiKeyToken }), LIMIT + 1);
      }
      assert.equal(await passed(call, {}), LIMIT - 2);
    });

    test('invalid credentials count for their address', async () => {
      for (const key of ['junk-1', 'junk-2', 'junk-3']) {
        assert.equal(await call({ 'x-api-key': key }), true);
      }
      assert.equal(await call({ 'x-api-key': 'junk-4' }), false);
      assert.equal(await call({ Authorization: 'Bearer a.b.c' }), false);
      assert.equal(await call(await bearer(alice)), true);
    });
  });
}

test('over REST, the response has the headers of the throttler', async () => {
  await start(rest());
  const headers = await bearer(alice);
  const answer = await request(url).get('/reports').set(headers);
  assert.equal(answer.headers['x-ratelimit-remaining'], '2');
  await passed(overRest, headers);
  const { status, headers: limited } = await request(url).get('/reports').set(headers);
  assert.equal(status, 429);
  assert.ok(limited['retry-after']);
});

test('in a query, each operation counts, including aliases', async () => {
  await start(graphql());
  const query = '{ a: reports b: reports c: reports d: reports }';
  const { body } = await request(url)
    .post('/graphql')
    .set(await bearer(alice))
    .send({ query });
  const { errors } = body as { errors: { message: string }[] };
  assert.deepEqual(
    errors.map(({ message }) => message),
    ['ThrottlerException: Too Many Requests'],
  );
});

test('over WebSockets, the client gets an error', async () => {
  await start(sockets());
  const headers = await bearer(alice);
  assert.equal((await answerOverSocket(headers)).event, 'reports');
  await passed(overSocket, headers);
  const { event, status, message } = await answerOverSocket(headers);
  assert.deepEqual(
    { event, status, message },
    { event: 'exception', status: 'error', message: 'Too Many Requests' },
  );
});

test('on the gateway, the guard counts calls that the access decorator allows', async () => {
  @WebSocketGateway()
  @UseGuards(GatewayThrottlerGuard)
  class GuardedGateway extends ReportsGateway {}

  await start(gateway(GuardedGateway));
  assert.equal(await passed(overSocket, {}), LIMIT + 2);
  assert.equal(await passed(overSocket, await bearer(alice)), LIMIT);
  assert.equal(await passed(overSocket, await bearer(bob)), LIMIT);
});

describe('under requireUserByDefault', () => {
  const options = { requireUserByDefault: true };
  const controllers = [ReportsController];

  test('requests that get 401 count, with the throttler imported first', async () => {
    await start({ imports: [AppModule, propelAuth(options)], controllers });
    assert.equal(await passed(overRest, {}), LIMIT);
  });

  test('requests that get 401 do not count, with the throttler imported last', async () => {
    await start({ imports: [propelAuth(options), AppModule], controllers });
    assert.equal(await passed(overRest, {}), LIMIT + 2);
  });
});

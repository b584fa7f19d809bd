import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type ApolloDriverConfig, ApolloFederationDriver } from '@nestjs/apollo';
import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  type ModuleMetadata,
  type Provider,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  Directive,
  Field,
  GraphQLModule,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
} from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { Throttle, ThrottlerGuard } from '@nestjs/throttler';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { PropelAuthModule, RequireUserOrApiKey } from 'nestjs-propelauth';
import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';
import { io } from 'socket.io-client';
import request from 'supertest';
import { AppModule } from './app.module.js';
import { GatewayThrottlerGuard } from './gateway-throttler.guard.js';
import { GraphqlThrottlerGuard } from './graphql-throttler.guard.js';

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

@ObjectType()
@Directive('@key(fields: "name")')
class Project {
  @Field()
  name!: string;
}

@Resolver(() => Project)
class ProjectsResolver {
  @Query(() => [Project])
  @Limited()
  @RequireUserOrApiKey()
  projects() {
    return Array.from({ length: 9 }, (_, index) => ({ name: `Project ${index}` }));
  }

  @ResolveField(() => String)
  @Limited()
  owner(@Parent() { name }: Project) {
    return `Owner of ${name}`;
  }

  @ResolveReference()
  @Limited()
  reference({ name }: Project) {
    return { name };
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

/** With what `AppModule` imports, but without its guard. */
const withoutGuard = (...providers: Provider[]): ModuleMetadata => ({
  imports: [propelAuth(), ...(Reflect.getMetadata('imports', AppModule) as DynamicModule[])],
  providers,
});

/** Guards run for fields as well. */
const graphql = (guard: Type = GraphqlThrottlerGuard): ModuleMetadata => {
  const { imports = [], providers } = withoutGuard(ReportsResolver, ProjectsResolver, {
    provide: APP_GUARD,
    useClass: guard,
  });
  const graphqlModule = GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloFederationDriver,
    autoSchemaFile: { federation: 2 },
    fieldResolverEnhancers: ['guards'],
  });
  return { imports: [...imports, graphqlModule], providers };
};

const sockets = () =>
  withoutGuard(ReportsGateway, { provide: APP_GUARD, useClass: GatewayThrottlerGuard });

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

interface GraphqlAnswer {
  data: Record<string, unknown[]> | null;
  errors?: { message: string; path: (string | number)[]; extensions: { code: string } }[];
}

/** The answer to a query of alice. */
async function answerToQuery(query: string): Promise<GraphqlAnswer> {
  const { body } = await request(url)
    .post('/graphql')
    .set(await bearer(alice))
    .send({ query });
  return body as GraphqlAnswer;
}

const TOO_MANY = {
  message: 'ThrottlerException: Too Many Requests',
  extensions: { code: 'TOO_MANY_REQUESTS' },
};

const errorsOf = ({ errors = [] }: GraphqlAnswer) =>
  errors.map(({ message, extensions: { code } }) => ({ message, extensions: { code } }));

const LIST = '{ projects { name owner } }';

describe('over GraphQL', () => {
  test('each operation counts, including aliases', async () => {
    await start(graphql());
    const answer = await answerToQuery('{ a: reports b: reports c: reports d: reports }');
    assert.deepEqual(errorsOf(answer), [TOO_MANY]);
  });

  test('a list of nine objects counts once, and the excess has its own code', async () => {
    await start(graphql());
    for (let call = 1; call <= LIMIT; call++) {
      const { data, errors } = await answerToQuery(LIST);
      assert.equal(errors, undefined);
      assert.equal(data?.projects?.length, 9);
    }
    const excess = await answerToQuery(LIST);
    assert.deepEqual(errorsOf(excess), [TOO_MANY]);
    assert.equal(excess.data, null);
  });

  test('the references of a federation do not count', async () => {
    await start(graphql());
    const names = Array.from(
      { length: 9 },
      (_, index) => `{ __typename: "Project", name: "${index}" }`,
    );
    const query = `{ entities: _entities(representations: [${names.join()}]) { ... on Project { name owner } } }`;
    const { data, errors } = await answerToQuery(query);
    assert.equal(errors, undefined);
    assert.deepEqual(data?.entities?.[8], { name: '8', owner: 'Owner of 8' });
  });

  test('ThrottlerGuard counts each field, and reports the excess as an internal error', async () => {
    await start(graphql(ThrottlerGuard));
    const codes = errorsOf(await answerToQuery(LIST)).map(({ extensions: { code } }) => code);
    assert.equal(codes[0], 'INTERNAL_SERVER_ERROR');
  });
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

  await start(withoutGuard(GuardedGateway));
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

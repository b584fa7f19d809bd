import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CACHE_MANAGER, CacheModule } from '@nestjs/cache-manager';
import { Controller, Get, type INestApplication, Module, UseInterceptors } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  type CallerKind,
  CurrentCaller,
  projectUsers,
  PropelAuthApi,
  PropelAuthModule,
  RequireCaller,
} from 'nestjs-propelauth';
import {
  createEmulator,
  overridePropelAuth,
  type TestEmulator,
  TestIssuer,
  type TestUser,
} from 'nestjs-propelauth/testing';
import request from 'supertest';
import { AppModule } from './app.module.js';
import { CallerCacheInterceptor } from './caller-cache.interceptor.js';

const acme = { orgId: '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f', orgName: 'Acme' };
const globex = { orgId: 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c', orgName: 'Globex' };
const alice = {
  userId: 'user-alice',
  email: 'alice@example.com',
  orgs: [
    { ...acme, role: 'Admin' },
    { ...globex, role: 'Member' },
  ],
};
const bob: TestUser = {
  userId: 'user-bob',
  email: 'bob@example.com',
  orgs: [{ ...acme, role: 'Admin' }],
};

/** Each token names its service. Those of an unnamed service have no key. */
class ServiceTokens implements CallerKind<{ service: string; region: string }> {
  readonly name = 'service';
  readonly credential = [{ header: 'x-service-token' }];

  identify(text: string) {
    const [service = '', region = ''] = text.split('@');
    return { service, region };
  }

  key({ service }: { service: string }) {
    return service === 'unnamed' ? undefined : service;
  }
}

@Controller()
@UseInterceptors(CallerCacheInterceptor)
class CallersController {
  @Get('callers')
  @RequireCaller('user', 'service', 'partner')
  show(@CurrentCaller('identity') identity: object | undefined) {
    return { for: identity ?? 'a user', at: new Date() };
  }
}

@Module({ imports: [CacheModule.register()], controllers: [CallersController] })
class CallersModule {}

interface Answer {
  status: number;
  body: Record<string, unknown>;
  cache: string | undefined;
}

class WarningsLogger {
  readonly warnings: unknown[] = [];

  log() {}
  error() {}

  warn(message: unknown) {
    this.warnings.push(message);
  }
}

const adapters = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() };

for (const [name, adapter] of Object.entries(adapters)) {
  describe(`over ${name}`, () => {
    let issuer: TestIssuer;
    let partner: TestIssuer;
    let emulator: TestEmulator;
    let app: INestApplication;
    let url: string;
    const logger = new WarningsLogger();

    before(async () => {
      emulator = await createEmulator();
      issuer = emulator.issuer;
      emulator.addUser(alice);
      partner = await TestIssuer.create({ authUrl: 'https://auth.partner.example' });
      const partners = projectUsers({ name: 'partner', ...partner.moduleOptions });
      const callerKinds = [ServiceTokens, partners];
      const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, callerKinds });
      const builder = Test.createTestingModule({
        imports: [propelAuth, CallersModule, AppModule],
        providers: [ServiceTokens],
      });
      const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
      app = moduleRef.createNestApplication(adapter(), { logger });
      await app.listen(0, '127.0.0.1');
      url = await app.getUrl();
    });

    after(() => app.close());

    async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
      const { status, body, headers: answered } = await request(url).get(path).set(headers);
      return { status, body: body as Answer['body'], cache: answered['x-cache'] };
    }

    async function headersOf(user: TestUser, org?: { orgId: string }) {
      const Authorization = await issuer.authorization(user);
      return { Authorization, ...(org && { 'x-org-id': org.orgId }) };
    }

    /** Gets the same twice: the first time from the handler, then from the cache. */
    async function assertOwnAnswer(path: string, headers?: Record<string, string>) {
      const first = await get(path, headers);
      assert.deepEqual([first.status, first.cache], [200, 'MISS']);
      const { body, cache } = await get(path, headers);
      assert.deepEqual({ body, cache }, { body: first.body, cache: 'HIT' });
      return body;
    }

    test('each user has a separate cache entry', async () => {
      for (const user of [alice, bob]) {
        const body = await assertOwnAnswer('/reports', await headersOf(user, acme));
        assert.equal(body['for'], user.userId);
      }
    });

    test('a user keeps the entry with the next access token', async () => {
      const first = await headersOf(alice, acme);
      const next = {
        ...first,
        Authorization: await issuer.authorization(alice, { expiresInSeconds: 60 }),
      };
      assert.notEqual(next.Authorization, first.Authorization);
      assert.equal((await get('/reports', next)).cache, 'HIT');
    });

    test('the organization that a header names is part of the key', async () => {
      const body = await assertOwnAnswer('/reports', await headersOf(alice, globex));
      assert.equal(body['orgId'], globex.orgId);
    });

    test('the active organization, the impersonating employee, the roles and the properties are part of the key, too', async () => {
      const others: TestUser[] = [
        { ...alice, activeOrgId: acme.orgId },
        { ...alice, activeOrgId: globex.orgId },
        { ...alice, impersonatorUserId: 'the-employee' },
        { ...alice, impersonatorUserId: 'another-employee' },
        { ...alice, orgs: [{ ...acme, role: 'Owner' }] },
        { ...alice, properties: { plan: 'pro' } },
      ];
      for (const user of others) await assertOwnAnswer('/usage', await headersOf(user));
    });

    test('API keys have entries separate from each other and from their user, by owner and metadata', async () => {
      await assertOwnAnswer('/usage', await headersOf(alice));
      const owners = [
        { userId: alice.userId },
        { userId: alice.userId, metadata: { plan: 'pro' } },
        { orgId: acme.orgId },
        { orgId: globex.orgId },
        { orgId: acme.orgId, userId: alice.userId },
      ];
      for (const owner of owners) {
        const apiKeyToken = emulator.createApiKey(owner);
        await assertOwnAnswer('/usage', { 'x-api-key': apiKeyToken });
      }
    });

    test('callers of an own kind and users of another project have separate cache entries', async () => {
      const authorizations = [
        await issuer.authorization(alice),
        await partner.authorization(alice),
        await partner.authorization(bob),
      ];
      const callers = [
        { 'x-service-token': 'billing@eu' },
        { 'x-service-token': 'search@eu' },
        { 'x-service-token': 'search@us' },
        ...authorizations.map((authorization) => ({ authorization })),
      ];
      for (const headers of callers) await assertOwnAnswer('/callers', headers);
    });

    test('a response for a caller without a key is not cached', async () => {
      const unnamed = { 'x-service-token': 'unnamed@eu' };
      for (const _ of [1, 2]) {
        const { status, cache } = await get('/callers', unnamed);
        assert.deepEqual([status, cache], [200, undefined]);
      }
    });

    test('unauthenticated callers share an entry, and never get that of a user', async () => {
      await assertOwnAnswer('/news', await headersOf(alice));
      const body = await assertOwnAnswer('/news');
      assert.equal(body['for'], 'everyone');
    });

    test('the guard decides before the cache is read', async () => {
      await get('/reports', await headersOf(bob, acme));
      assert.equal(
        (await get('/reports', await headersOf({ ...bob, orgs: [] }, acme))).status,
        403,
      );
      assert.equal((await get('/reports', { 'x-org-id': acme.orgId })).status, 401);
      const api = app.get(PropelAuthApi);
      const { apiKeyId, apiKeyToken } = await api.createApiKey({ userId: alice.userId });
      assert.equal((await get('/usage', { 'x-api-key': apiKeyToken })).status, 200);
      await api.deleteApiKey(apiKeyId);
      assert.equal((await get('/usage', { 'x-api-key': apiKeyToken })).status, 401);
    });

    test('only responses to GET are cached', async () => {
      const { headers } = await request(url)
        .head('/usage')
        .set(await headersOf(alice));
      assert.equal(headers['x-cache'], undefined);
    });

    test('cache keys are hashes', async () => {
      const apiKeyToken = emulator.createApiKey({ userId: alice.userId });
      await get(`/news?access_token=secret`, await headersOf(alice));
      await get('/usage', { 'x-api-key': apiKeyToken });
      const { stores } = app.get<{ stores: { store: Map<string, unknown> }[] }>(CACHE_MANAGER);
      const keys = stores.flatMap(({ store }) => [...store.keys()]);
      assert.ok(keys.length > 10);
      for (const key of keys) assert.match(key, /^(keyv:)?[0-9a-f]{64}$/);
    });

    test('startup logs no warnings', () => assert.deepEqual(logger.warnings, []));
  });
}

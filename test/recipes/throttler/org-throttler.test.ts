import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Controller, Get, type INestApplication, UseGuards } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { getStorageToken, ThrottlerModule, type ThrottlerStorage } from '@nestjs/throttler';
import {
  PropelAuthModule,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import {
  createEmulator,
  overridePropelAuth,
  type TestEmulator,
  type TestUser,
} from 'nestjs-propelauth/testing';
import request from 'supertest';
import { OrgThrottlerGuard } from './org-throttler.guard.js';

const LIMIT = 1_000;
const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
const GLOBEX_ID = 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c';
const memberOf = (userId: string, orgId: string): TestUser => ({
  userId,
  email: `${userId}@example.com`,
  orgs: [{ orgId, orgName: orgId, role: 'Member' }],
});
const alice = memberOf('user-alice', ACME_ID);
const carol = memberOf('user-carol', ACME_ID);
const bob = memberOf('user-bob', GLOBEX_ID);

@Controller('orgs/:orgId')
@RequireUserOrApiKey()
@RequireOrgMember()
@UseGuards(OrgThrottlerGuard)
class OrgController {
  @Get('reports')
  reports() {
    return [];
  }

  @Get('exports')
  exports() {
    return [];
  }
}

@Controller('profile')
@RequireUser()
@UseGuards(OrgThrottlerGuard)
class ProfileController {
  @Get()
  show() {
    return {};
  }
}

let emulator: TestEmulator;
let app: INestApplication;

beforeEach(async () => {
  emulator = await createEmulator();
  for (const user of [alice, carol, bob]) emulator.addUser(user);
  const builder = Test.createTestingModule({
    imports: [
      PropelAuthModule.forRoot(emulator.issuer.moduleOptions),
      ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1 }]),
    ],
    controllers: [OrgController, ProfileController],
  });
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  app = await moduleRef.createNestApplication({ logger: false }).init();
});

afterEach(() => app.close());

async function get(path: string, user: TestUser) {
  const sent = request(app.getHttpServer()).get(path);
  return sent.auth(await emulator.issuer.accessToken(user), { type: 'bearer' });
}

/** As if the organization had made so many calls. */
async function count(orgId: string, calls: number) {
  const storage = app.get<ThrottlerStorage>(getStorageToken());
  for (let call = 0; call < calls; call++) {
    await storage.increment(`org:${orgId}`, 60_000, LIMIT, 60_000, 'default');
  }
}

test('members and keys of an organization share its limit, over all handlers', async () => {
  await count(ACME_ID, LIMIT - 3);
  assert.equal((await get(`/orgs/${ACME_ID}/reports`, alice)).status, 200);
  assert.equal((await get(`/orgs/${ACME_ID}/exports`, carol)).status, 200);
  const apiKeyToken = emulator.createApiKey({ orgId: ACME_ID });
  const path = `/orgs/${ACME_ID}/reports`;
  const withKey = await request(app.getHttpServer()).get(path).set('X-API-Key', apiKeyToken);
  assert.equal(withKey.status, 200);
  const { status, headers } = await get(`/orgs/${ACME_ID}/exports`, alice);
  assert.equal(status, 429);
  assert.ok(Number(headers['retry-after']) > 0);
});

test('organizations count separately', async () => {
  await count(ACME_ID, LIMIT + 1);
  assert.equal((await get(`/orgs/${ACME_ID}/reports`, alice)).status, 429);
  assert.equal((await get(`/orgs/${GLOBEX_ID}/reports`, bob)).status, 200);
});

test('calls of others do not count for the organization that they name', async () => {
  await count(ACME_ID, LIMIT - 1);
  for (let call = 0; call < 3; call++) {
    assert.equal((await get(`/orgs/${ACME_ID}/reports`, bob)).status, 403);
  }
  assert.equal((await get(`/orgs/${ACME_ID}/reports`, alice)).status, 200);
});

test('a handler without an organization rule is an error', async () => {
  assert.equal((await get('/profile', alice)).status, 500);
});

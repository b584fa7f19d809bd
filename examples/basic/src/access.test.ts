import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createEmulator, expectAccess, overridePropelAuth } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { AppModule } from './app.module.js';

const emulator = await createEmulator();
const { issuer } = emulator;
let app: INestApplication;

before(async () => {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  app = await moduleRef.createNestApplication({ logger: false }).init();
});
after(() => app.close());

for (const [role, status] of Object.entries({ Owner: 201, Admin: 201, Member: 403 })) {
  test(`POST reports returns ${status} to a user with the role ${role}`, async () => {
    const token = await issuer.accessToken({ orgs: [{ orgName: 'Acme Inc', role }] });
    await request(app.getHttpServer())
      .post(`/orgs/${issuer.orgId('Acme Inc')}/reports`)
      .auth(token, { type: 'bearer' })
      .send({ title: 'Third quarter' })
      .expect(status);
  });
}

test('Each route has the rule that we reviewed', () => {
  expectAccess(app).toEqual({
    'GET /health': 'public',
    'GET /me': 'user',
    'GET /orgs/:orgId/reports': 'members of the org in path orgId',
    'POST /orgs/:orgId/reports': 'Admin and above of the org in path orgId',
    'GET /orgs/:orgId/reports/export':
      'organization API key: members with can_export of the org in path orgId',
  });
});

test('Each rule allows exactly the right callers', async () => {
  const { notTried } = await expectAccess(app).toHold();
  assert.deepEqual(notTried, []);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PropelAuthModule } from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { ReportsController } from './reports.controller.js';

const acme = { orgId: '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f', orgName: 'Acme', role: 'Admin' };
const globex = { orgId: 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c', orgName: 'Globex', role: 'Admin' };

let issuer: TestIssuer;
let app: INestApplication;

before(async () => {
  issuer = await TestIssuer.create();
  const moduleRef = await Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: [ReportsController],
  }).compile();
  app = await moduleRef.createNestApplication().init();
});

after(() => app.close());

async function reports(user: TestUser, headers: Record<string, string> = {}) {
  const token = await issuer.accessToken(user);
  return request(app.getHttpServer()).get('/reports').auth(token, { type: 'bearer' }).set(headers);
}

test('a user in one organization does not have to name it', async () => {
  const { status, body } = await reports({ orgs: [acme] });
  assert.deepEqual({ status, body }, { status: 200, body: { orgId: acme.orgId } });
});

test('a user in two organizations names one of them', async () => {
  const { status, body } = await reports({ orgs: [acme, globex] }, { 'x-org-id': globex.orgId });
  assert.deepEqual({ status, body }, { status: 200, body: { orgId: globex.orgId } });
});

test('a user in two organizations who names none gets 403', async () => {
  assert.equal((await reports({ orgs: [acme, globex] })).status, 403);
});

test('a user in no organization gets 403', async () => {
  assert.equal((await reports({ orgs: [] })).status, 403);
});

test('a header that names another organization, or none, does not fall back to the only one', async () => {
  assert.equal((await reports({ orgs: [acme] }, { 'x-org-id': globex.orgId })).status, 403);
  assert.equal((await reports({ orgs: [acme] }, { 'x-org-id': '' })).status, 403);
});

test('a role is checked in the organization that was found', async () => {
  assert.equal((await reports({ orgs: [{ ...acme, role: 'Member' }] })).status, 403);
});

test('without a token, the request returns 401 before an organization is looked up', async () => {
  await request(app.getHttpServer()).get('/reports').set('x-org-id', acme.orgId).expect(401);
});

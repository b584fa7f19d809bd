import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PropelAuthModule } from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { Staff, type StaffRole } from './staff.js';
import { SupportController } from './support.controller.js';

const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
const admin = { orgId: ACME_ID, orgName: 'Acme', role: 'Admin' };
const sam = { userId: 'user-sam' };
const alice = { userId: 'user-alice', orgs: [admin] };

let issuer: TestIssuer;
let app: INestApplication;

async function start(roles?: Record<string, StaffRole[]>) {
  const builder = Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: [SupportController],
    providers: [Staff],
  });
  if (roles) {
    builder.overrideProvider(Staff).useValue({
      hasRole: async (userId: string, role: StaffRole) => roles[userId]?.includes(role) ?? false,
    });
  }
  return (await builder.compile()).createNestApplication().init();
}

before(async () => {
  issuer = await TestIssuer.create();
  app = await start();
});

after(() => app.close());

async function call(method: 'get' | 'delete', path: string, user: TestUser, application = app) {
  const agent = request(application.getHttpServer());
  const token = await issuer.accessToken(user);
  return (await agent[method](`/support/orgs/${ACME_ID}${path}`).auth(token, { type: 'bearer' }))
    .status;
}

test('staff get 200 for an organization of others', async () => {
  assert.equal(await call('get', '', sam), 200);
});

test('an Admin of the organization who is not staff gets 403', async () => {
  assert.equal(await call('get', '', alice), 403);
});

test('without a token, the route returns 401', async () => {
  await request(app.getHttpServer()).get(`/support/orgs/${ACME_ID}`).expect(401);
});

test('an employee who impersonates staff gets 403', async () => {
  assert.equal(await call('get', '', { ...sam, impersonatorUserId: 'user-employee' }), 403);
});

test('roles of class and handler add up', async () => {
  const application = await start({
    'user-sam': ['support'],
    'user-fay': ['finance'],
    'user-both': ['support', 'finance'],
  });
  assert.equal(await call('get', '/invoices', sam, application), 403);
  assert.equal(await call('get', '/invoices', { userId: 'user-fay' }, application), 403);
  assert.equal(await call('get', '/invoices', { userId: 'user-both' }, application), 200);
  await application.close();
});

test('an organization role is also required if both are named', async () => {
  assert.equal(await call('delete', '/cache', sam), 403);
  assert.equal(await call('delete', '/cache', alice), 403);
  assert.equal(
    await call('delete', '/cache', { ...sam, orgs: [{ ...admin, role: 'Member' }] }),
    403,
  );
  assert.equal(await call('delete', '/cache', { ...sam, orgs: [admin] }), 200);
});

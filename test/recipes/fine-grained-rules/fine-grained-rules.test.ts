import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PropelAuthModule } from 'nestjs-propelauth';
import {
  accessTable,
  createEmulator,
  expectAccess,
  overridePropelAuth,
  type TestEmulator,
  type TestUser,
} from 'nestjs-propelauth/testing';
import request from 'supertest';
import { Reports } from './reports.js';
import { ReportsController } from './reports.controller.js';
import { Staff } from './staff.js';
import { SupportController } from './support.controller.js';

const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
const GLOBEX_ID = 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c';
const inAcme = (role: string) => [{ orgId: ACME_ID, orgName: 'Acme', role }];
const alice = { userId: 'user-alice', orgs: inAcme('Admin') };
const carol = { userId: 'user-carol', orgs: inAcme('Member') };
const erin = { userId: 'user-erin', orgs: inAcme('Member') };

/** A policy service. */
let answer: { status: number; body: string; afterMs?: number };
let questions: unknown[] = [];
const service = createServer((incoming, response) => void decide(incoming, response));

async function decide(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  assert.equal(`${incoming.method} ${incoming.url}`, 'POST /access/v1/evaluation');
  assert.equal(incoming.headers.authorization, 'Bearer the-token');
  questions.push(await json(incoming));
  setTimeout(() => {
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.body);
  }, answer.afterMs ?? 0).unref();
}

let emulator: TestEmulator;
let app: INestApplication;

before(async () => {
  await once(service.listen(0, '127.0.0.1'), 'listening');
  process.env.PDP_URL = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  process.env.PDP_TOKEN = 'the-token';
  emulator = await createEmulator();
  const builder = Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(emulator.issuer.moduleOptions)],
    controllers: [ReportsController, SupportController],
    providers: [Reports, Staff],
  });
  app = (await overridePropelAuth(builder, { emulator }).compile()).createNestApplication();
  await app.init();
});

beforeEach(() => {
  questions = [];
  answer = { status: 200, body: '{"decision":true}' };
});

after(async () => {
  await app.close();
  service.closeAllConnections();
  service.close();
});

async function call(method: 'put' | 'delete', id: string, user?: TestUser, orgId = ACME_ID) {
  const sent = request(app.getHttpServer())[method](`/orgs/${orgId}/reports/${id}`);
  if (user) sent.auth(await emulator.issuer.accessToken(user), { type: 'bearer' });
  return (await sent).status;
}

test('members change their own reports, Admins those of others', async () => {
  assert.equal(await call('put', 'carols', carol), 200);
  assert.equal(await call('put', 'carols', alice), 200);
  assert.equal(await call('put', 'carols', erin), 403);
});

test('the organization is checked before the report', async () => {
  assert.equal(await call('put', 'carols'), 401);
  assert.equal(await call('put', 'others', alice), 404);
  assert.equal(await call('put', 'others', alice, GLOBEX_ID), 403);
});

test('the policy service is asked about the verified user and organization', async () => {
  assert.equal(await call('delete', 'carols', carol), 200);
  assert.deepEqual(questions, [
    {
      subject: { type: 'user', id: carol.userId, properties: { role: 'Member' } },
      action: { name: 'delete' },
      resource: { type: 'report', id: 'carols', properties: { orgId: ACME_ID } },
    },
  ]);
});

test('the policy service is not asked about callers whom the rule rejects', async () => {
  assert.equal(await call('delete', 'carols'), 401);
  assert.equal(await call('delete', 'others', alice, GLOBEX_ID), 403);
  assert.deepEqual(questions, []);
});

for (const body of ['{"decision":false}', '{"decision":"true"}', '{}', '[]', 'true']) {
  test(`${body} gets 403`, async () => {
    answer = { status: 200, body };
    assert.equal(await call('delete', 'carols', carol), 403);
  });
}

test('a policy service that fails gets 503', async () => {
  for (const failure of [
    { status: 500, body: '{"decision":true}' },
    { status: 302, body: '{"decision":true}' },
    { status: 200, body: 'null' },
    { status: 200, body: '{"decision":true' },
    { status: 200, body: '{"decision":true}', afterMs: 4000 },
  ]) {
    answer = failure;
    assert.equal(await call('delete', 'carols', carol), 503, JSON.stringify(failure));
  }
  service.closeAllConnections();
  service.close();
  assert.equal(await call('delete', 'carols', carol), 503);
});

test('the access table has the rules of nestjs-propelauth, and toHold() does not run other guards', async () => {
  assert.deepEqual(accessTable(app), {
    'DELETE /orgs/:orgId/reports/:id': 'members of the org in path orgId',
    'DELETE /support/orgs/:orgId/cache':
      'Admin and above of the org in path orgId, not impersonated',
    'GET /support/orgs/:orgId': 'user, org not checked, not impersonated',
    'GET /support/orgs/:orgId/invoices': 'user, org not checked, not impersonated',
    'PUT /orgs/:orgId/reports/:id': 'members of the org in path orgId',
  });
  const { tried } = await expectAccess(app).toHold();
  assert.equal(tried.length, 5);
  assert.deepEqual(questions, []);
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
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

/** Calls the invoices of an organization, as a member of one. */
async function call(method: 'get' | 'post', orgName: string, as: string, number?: string) {
  const user = { orgs: [{ orgName: as, role: 'Member' }] };
  const route = request(app.getHttpServer())[method](`/orgs/${issuer.orgId(orgName)}/invoices`);
  return route.set({ Authorization: await issuer.authorization(user) }).send(number && { number });
}

test('A member of Globex sees no row of Acme', async () => {
  const number = randomUUID();
  assert.equal((await call('post', 'Acme', 'Acme', number)).status, 201);
  assert.match((await call('get', 'Acme', 'Acme')).text, RegExp(number));
  assert.doesNotMatch((await call('get', 'Globex', 'Globex')).text, RegExp(number));
  assert.equal((await call('get', 'Acme', 'Globex')).status, 403);
});

test('Each rule allows exactly the right callers', async () => {
  const { notTried } = await expectAccess(app).toHold();
  assert.deepEqual(notTried, []);
});

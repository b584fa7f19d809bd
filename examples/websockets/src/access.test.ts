import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createEmulator, expectAccess, overridePropelAuth } from 'nestjs-propelauth/testing';
import { AppModule } from './app.module.js';
import { connect, send } from './client.js';

const emulator = await createEmulator();
const { issuer } = emulator;
let app: INestApplication;

before(async () => {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  app = moduleRef.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
});
after(() => app.close());

test('A client without a token is disconnected', async () => {
  const socket = connect(await app.getUrl());
  const reason = await new Promise((resolve) => socket.once('disconnect', resolve));
  assert.equal(reason, 'io server disconnect');
});

for (const [role, status] of Object.entries({ Owner: 'ok', Admin: 'ok', Member: 403 })) {
  test(`reports.create returns ${status} to a user with the role ${role}`, async (t) => {
    const user = { orgs: [{ orgName: 'Acme Inc', role }] };
    const socket = connect(await app.getUrl(), await issuer.accessToken(user));
    t.after(() => socket.close());
    const report = { orgId: issuer.orgId('Acme Inc'), title: 'Third quarter' };
    const response = (await send(socket, 'reports.create', report)) as { statusCode?: number };
    assert.equal(response.statusCode ?? 'ok', status);
  });
}

test('Each message has the rule that we reviewed', () => {
  expectAccess(app).toEqual({
    'event me': 'user',
    'event reports.list': 'members of the org in message orgId',
    'event reports.create': 'Admin and above of the org in message orgId',
  });
});

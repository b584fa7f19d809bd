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

const CREATE = `mutation ($orgId: ID!) {
  createReport(orgId: $orgId, title: "Third quarter") { title notes }
}`;

const rejected = { Owner: '', Admin: 'createReport.notes', Member: 'createReport' };

for (const [role, path] of Object.entries(rejected)) {
  test(`A user with the role ${role} is rejected at ${path || 'no field'}`, async () => {
    const token = await issuer.accessToken({ orgs: [{ orgName: 'Acme Inc', role }] });
    const response = await request(app.getHttpServer())
      .post('/graphql')
      .auth(token, { type: 'bearer' })
      .send({ query: CREATE, variables: { orgId: issuer.orgId('Acme Inc') } });
    const errors = (response.body.errors ?? []) as { path: string[] }[];
    assert.equal(errors.map((error) => error.path.join('.')).join(), path);
  });
}

test('Each operation and field has the rule that we reviewed', () => {
  expectAccess(app).toEqual({
    'Query.me': 'user',
    'Query.listReports': 'members of the org in argument orgId',
    'Mutation.createReport': 'Admin and above of the org in argument orgId',
    'Report.notes': 'Owner and above of the org that the application names',
  });
});

// toHold() sends no fields. The mutations above test the rule of Report.notes.
test('Each rule allows exactly the right callers', async () => {
  const { notTried } = await expectAccess(app).toHold();
  assert.deepEqual(
    notTried.map(({ name }) => name),
    ['Report.notes (ReportsResolver.notes)'],
  );
});

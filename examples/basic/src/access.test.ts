import { after, before, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PropelAuthModule } from 'nestjs-propelauth';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { accessOptions } from './access-options.js';
import { AppModule } from './app.module.js';

const issuer = await TestIssuer.create();
let app: INestApplication;

before(async () => {
  const propelAuth = PropelAuthModule.forRoot({ ...accessOptions, ...issuer.moduleOptions });
  const builder = Test.createTestingModule({ imports: [propelAuth, AppModule] });
  const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
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

test('Each rule allows exactly the right callers', () => expectAccess(app).toHold());

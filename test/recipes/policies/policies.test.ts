import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PropelAuthModule } from 'nestjs-propelauth';
import {
  accessTable,
  expectAccess,
  overridePropelAuth,
  TestIssuer,
  type TestUser,
} from 'nestjs-propelauth/testing';
import request from 'supertest';
import { AbilityRule } from './ability.rule.js';
import { DecisionRule } from './decision.rule.js';
import { DocumentListController, DocumentsController } from './documents.controller.js';
import { ACME_ID, DocumentLoader, Documents, GLOBEX_ID } from './documents.js';
import { InvoicesController } from './invoices.controller.js';
import { RelationRule, VisibleDocuments } from './open-fga.js';
import { service, type Answer } from './policy-service.js';
import { Staff } from './staff.js';
import { StaffRule } from './staff.rule.js';

const inAcme = (role: string) => [{ orgId: ACME_ID, orgName: 'Acme', role }];
const alice = { userId: 'user-alice', orgs: inAcme('Admin') };
const carol = { userId: 'user-carol', orgs: inAcme('Member') };
const erin = { userId: 'user-erin', orgs: inAcme('Member') };

const ALLOWS = { status: 200, body: '{"decision":true,"allowed":true}' };

let issuer: TestIssuer;
let app: INestApplication;

function build() {
  return Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: [DocumentListController, DocumentsController, InvoicesController],
    providers: [
      AbilityRule,
      DecisionRule,
      DocumentLoader,
      Documents,
      RelationRule,
      Staff,
      StaffRule,
      VisibleDocuments,
    ],
  });
}

before(async () => {
  issuer = await TestIssuer.create();
  const moduleRef = await build().compile();
  app = await moduleRef.createNestApplication({ logger: false }).init();
});

beforeEach(() => {
  service.asked.length = 0;
  service.answer = ALLOWS;
});

after(async () => {
  await app.close();
  service.stop();
});

type Method = 'get' | 'put' | 'delete';

async function call(method: Method, path: string, user?: TestUser) {
  const sent = request(app.getHttpServer())[method](path);
  if (user) sent.auth(await issuer.accessToken(user), { type: 'bearer' });
  return sent;
}

const statusOf = async (...args: Parameters<typeof call>) => (await call(...args)).status;

test('CASL lets editors and Admins edit', async () => {
  assert.equal(await statusOf('put', '/documents/plan', carol), 200);
  assert.equal(await statusOf('put', '/documents/plan', alice), 200);
  const { status, body } = await call('put', '/documents/plan', erin);
  assert.deepEqual([status, body.code], [403, 'access_denied']);
  assert.equal(await statusOf('put', '/documents/menu', carol), 403);
});

test('a document of another organization is rejected as an unknown one, even for its editor', async () => {
  const theirs = await call('put', '/documents/theirs', carol);
  const unknown = await call('put', '/documents/unknown', carol);
  assert.equal(theirs.status, 403);
  assert.deepEqual([theirs.status, theirs.body], [unknown.status, unknown.body]);
});

test('OpenFGA is asked about the verified user and the id of the row', async () => {
  assert.equal(await statusOf('get', '/documents/plan', carol), 200);
  assert.deepEqual(service.asked, [
    {
      path: '/stores/store-1/check',
      token: 'Bearer the-token',
      question: {
        authorization_model_id: 'model-1',
        tuple_key: { user: 'user:user-carol', relation: 'viewer', object: 'document:plan' },
      },
    },
  ]);
});

test('AuthZEN is asked about the verified user, role and organization', async () => {
  assert.equal(await statusOf('delete', '/documents/plan', carol), 200);
  assert.deepEqual(service.asked, [
    {
      path: '/access/v1/evaluation',
      token: 'Bearer the-token',
      question: {
        subject: { type: 'user', id: 'user-carol', properties: { role: 'Member' } },
        action: { name: 'delete' },
        resource: { type: 'document', id: 'plan', properties: { orgId: ACME_ID } },
      },
    },
  ]);
});

test('no service is asked about callers whom the organization rule rejects', async () => {
  assert.equal(await statusOf('get', '/documents/plan'), 401);
  assert.equal(await statusOf('get', '/documents/theirs', carol), 403);
  assert.equal(await statusOf('delete', '/documents/theirs', carol), 403);
  assert.equal(await statusOf('get', `/orgs/${GLOBEX_ID}/documents`, carol), 403);
  assert.deepEqual(service.asked, []);
});

test('a list has the documents that OpenFGA names, of this organization alone', async () => {
  service.answer = { status: 200, body: '{"objects":["document:plan","document:theirs"]}' };
  const { status, body } = await call('get', `/orgs/${ACME_ID}/documents`, erin);
  assert.deepEqual([status, body.map(({ id }: { id: string }) => id)], [200, ['plan']]);
  assert.deepEqual(service.asked, [
    {
      path: '/stores/store-1/list-objects',
      token: 'Bearer the-token',
      question: {
        authorization_model_id: 'model-1',
        user: 'user:user-erin',
        relation: 'viewer',
        type: 'document',
      },
    },
  ]);
  service.answer = { status: 200, body: '{"objects":[]}' };
  assert.deepEqual((await call('get', `/orgs/${ACME_ID}/documents`, erin)).body, []);
});

const ROUTES: [Method, string][] = [
  ['get', '/documents/plan'],
  ['delete', '/documents/plan'],
  ['get', `/orgs/${ACME_ID}/documents`],
];

for (const [method, path] of ROUTES.slice(0, 2)) {
  for (const value of ['false', '"true"', '1', 'null', '[true]', undefined]) {
    test(`${method} ${path} gets 403 if the decision is ${value}`, async () => {
      const body = value ? `{"decision":${value},"allowed":${value}}` : '{}';
      service.answer = { status: 200, body };
      assert.equal(await statusOf(method, path, alice), 403);
    });
  }
}

const FAILURES: Record<string, Answer> = {
  'an error': { ...ALLOWS, status: 500 },
  'a rejected token': { ...ALLOWS, status: 401 },
  'a redirect': { ...ALLOWS, status: 302 },
  null: { status: 200, body: 'null' },
  'half of its JSON': { status: 200, body: '{"decision":true,"allowed":true' },
  'nothing in time': { ...ALLOWS, hangs: true },
};

for (const [failure, answer] of Object.entries(FAILURES)) {
  test(`a service that sends ${failure} is a 503`, async () => {
    service.answer = answer;
    const statuses = await Promise.all(
      ROUTES.map(([method, path]) => statusOf(method, path, alice)),
    );
    assert.deepEqual(statuses, [503, 503, 503]);
  });
}

test('a list without objects is a 503', async () => {
  service.answer = { status: 200, body: '{}' };
  assert.equal(await statusOf('get', `/orgs/${ACME_ID}/documents`, alice), 503);
});

test('Admins of the organization and staff with the role see its invoices', async () => {
  const sam = { userId: 'user-sam' };
  const path = `/orgs/${ACME_ID}/invoices`;
  for (const [user, status] of [
    [alice, 200],
    [sam, 200],
    [{ ...sam, orgs: inAcme('Member') }, 200],
    [carol, 403],
    [{ userId: 'user-fay' }, 403],
    [{ userId: 'user-bob', orgs: [{ orgId: GLOBEX_ID, orgName: 'Globex', role: 'Admin' }] }, 403],
    [{ ...sam, impersonatorUserId: 'user-employee' }, 403],
    [{ ...alice, impersonatorUserId: 'user-employee' }, 403],
    [undefined, 401],
  ] as const) {
    assert.equal(await statusOf('get', path, user as TestUser | undefined), status);
  }
});

test('the access table has the rules, and toHold() tries those of documents', async () => {
  const moduleRef = await overridePropelAuth(build(), { issuer }).compile();
  const tested = await moduleRef.createNestApplication({ logger: false }).init();
  assert.deepEqual(accessTable(tested), {
    'DELETE /documents/:documentId':
      'members of the org found by document, may delete the document by policy',
    'GET /documents/:documentId':
      'members of the org found by document, viewer of the document, with document',
    'GET /orgs/:orgId/documents': 'members of the org in path orgId, with visible-documents',
    'GET /orgs/:orgId/invoices':
      'user, not impersonated, either Admin and above of the org in path orgId or staff with the role support',
    'PUT /documents/:documentId': 'members of the org found by document, may edit the document',
  });
  const { tried } = await expectAccess(tested).toHold();
  await tested.close();
  assert.equal(tried.filter((handler) => handler.includes('Document')).length, 4);
  assert.deepEqual(service.asked, []);
});

// The last: nothing listens afterwards.
test('a service that is not there is a 503', async () => {
  service.stop();
  assert.equal(await statusOf('get', '/documents/plan', alice), 503);
});

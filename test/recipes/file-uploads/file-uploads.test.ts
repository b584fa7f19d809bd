import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Controller, type INestApplication, Post, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { orgFromBody, PropelAuthModule, RequireOrgMember } from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { DocumentsModule } from './documents.module.js';
import { FormsController } from './forms.controller.js';

const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
const alice = { orgs: [{ orgId: ACME_ID, orgName: 'Acme', role: 'Member' }] };
const dave = { orgs: [] };

@Controller('never')
class NeverController {
  @Post()
  @RequireOrgMember({ org: orgFromBody('orgId') })
  @UseInterceptors(FileInterceptor('file'))
  upload() {}
}

const uploads = mkdtempSync(join(tmpdir(), 'uploads-'));
let issuer: TestIssuer;
let app: INestApplication;

before(async () => {
  process.env.UPLOADS = uploads;
  issuer = await TestIssuer.create();
  const moduleRef = await Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions), DocumentsModule],
    controllers: [FormsController, NeverController],
  }).compile();
  app = await moduleRef.createNestApplication().init();
});

after(async () => {
  await app.close();
  rmSync(uploads, { recursive: true });
});

async function upload(path: string, user: TestUser | undefined, orgIds: string[] = []) {
  const call = request(app.getHttpServer()).post(path);
  if (user !== undefined) call.auth(await issuer.accessToken(user), { type: 'bearer' });
  for (const orgId of orgIds) call.field('orgId', orgId);
  return call.attach('file', Buffer.from('contents'), 'report.txt');
}

const DOCUMENTS = `/orgs/${ACME_ID}/documents`;
const RECEIVED = { orgId: ACME_ID, name: 'report.txt', size: 8 };

test('an upload without a token, or by a user who is not a member, is rejected and not stored', async () => {
  assert.equal((await upload(DOCUMENTS, undefined)).status, 401);
  assert.equal((await upload(DOCUMENTS, dave)).status, 403);
  assert.deepEqual(readdirSync(uploads), []);
});

test('the upload of a member is stored', async () => {
  const { status, body } = await upload(DOCUMENTS, alice);
  assert.deepEqual({ status, body }, { status: 201, body: RECEIVED });
  assert.equal(readdirSync(uploads).length, 1);
});

test('orgFromBody() next to FileInterceptor returns 403 to a member', async () => {
  assert.equal((await upload('/never', alice, [ACME_ID])).status, 403);
});

test('a form names the organization in its body', async () => {
  const { status, body } = await upload('/forms', alice, [ACME_ID]);
  assert.deepEqual({ status, body }, { status: 201, body: RECEIVED });
});

test('a form for a foreign organization, for none or for two gets 403, and is not stored', async () => {
  const stored = readdirSync(uploads);
  assert.equal((await upload('/forms', dave, [ACME_ID])).status, 403);
  assert.equal((await upload('/forms', alice)).status, 403);
  assert.equal((await upload('/forms', alice, [ACME_ID, ACME_ID])).status, 403);
  assert.deepEqual(readdirSync(uploads), stored);
});

test('a form with many or large fields gets 400', async () => {
  const many = Array.from({ length: 11 }, () => ACME_ID);
  assert.equal((await upload('/forms', alice, many)).status, 400);
  assert.equal((await upload('/forms', alice, ['a'.repeat(1_001)])).status, 400);
  assert.equal((await upload(DOCUMENTS, alice, [ACME_ID])).status, 400);
});

test('a form without a token gets 401', async () => {
  assert.equal((await upload('/forms', undefined, [ACME_ID])).status, 401);
});

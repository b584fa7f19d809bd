import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Body, Controller, Get, type INestApplication, Logger, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Logger as PinoLogger, PARAMS_PROVIDER_TOKEN } from 'nestjs-pino';
import {
  CurrentUser,
  Public,
  RequireOrgMember,
  RequireUserOrApiKey,
  type User,
} from 'nestjs-propelauth';
import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { AppModule } from './app.module.js';
import { AuditLog } from './audit/audit-log.js';
import { logging } from './logging.js';

const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
const GLOBEX_ID = 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c';
const alice = {
  userId: 'user-alice',
  email: 'alice@example.com',
  orgs: [{ orgId: ACME_ID, orgName: 'Acme', role: 'Admin' }],
};

@Controller('orgs/:orgId/reports')
class ReportsController {
  private readonly logger = new Logger(ReportsController.name);

  @Get()
  @RequireUserOrApiKey()
  @RequireOrgMember()
  list(@CurrentUser('userId') userId: User['userId'] | null) {
    this.logger.log('listing reports');
    return { userId };
  }

  @Post()
  @RequireOrgMember()
  create(@Body() body: object) {
    this.logger.log({ body, nested: { body } });
    return {};
  }

  @Get('leaky')
  @Public()
  leak() {
    const secret = `Bearer ${secrets.token}`;
    const error = Object.assign(new Error('failed'), {
      config: { headers: { Authorization: secret } },
    });
    const values: object[] = [
      { Authorization: secret },
      { config: { request: { headers: { Authorization: secret, 'X-API-Key': secret } } } },
      { response: { headers: { 'set-cookie': [`a[]="]=${secret}`, secret] } } },
      { access_token: secret, refreshToken: secret, items: [{ token: `"\\${secret}` }] },
      { text: `{"token":"` },
      { error },
    ];
    for (const value of values) this.logger.log(value);
    return {};
  }

  @Get('broken')
  @RequireOrgMember()
  fail(@CurrentUser() { userId }: User) {
    const headers = { Authorization: `Bearer ${secrets.token}` };
    throw Object.assign(new Error(`No reports of ${userId}`), { config: { headers } });
  }
}

const secrets = { token: '', apiKey: '', cookie: 'session-value' };
let lines: string[] = [];
let app: INestApplication;

before(async () => {
  const emulator = await createEmulator();
  secrets.token = await emulator.issuer.accessToken(alice);
  secrets.apiKey = emulator.createApiKey({ userId: alice.userId, orgId: ACME_ID });

  const builder = Test.createTestingModule({
    imports: [AppModule],
    controllers: [ReportsController],
  });
  const stream = { write: (line: string) => lines.push(line) };
  const moduleRef = await overridePropelAuth(builder, { emulator })
    .overrideProvider(PARAMS_PROVIDER_TOKEN)
    .useValue({ ...logging, pinoHttp: { ...logging.pinoHttp, stream } })
    .overrideProvider(AuditLog)
    .useValue({ record: () => {} })
    .compile();
  app = moduleRef.createNestApplication();
  app.useLogger(app.get(PinoLogger));
  await app.init();
});

beforeEach(() => {
  lines = [];
});

after(() => app.close());

function get(path: string) {
  return request(app.getHttpServer())
    .get(`${path}?token=${secrets.token}`)
    .set('Cookie', `session=${secrets.cookie}`)
    .set('Referer', `https://app.example.com/?token=${secrets.token}`);
}

/** What was logged last; nothing that was logged has a secret. */
function lastLine() {
  const [header, payload, signature] = secrets.token.split('.');
  for (const secret of [header, payload, signature, secrets.apiKey, secrets.cookie]) {
    assert.ok(secret);
    assert.ok(!lines.join('').includes(secret));
  }
  const { res, req, userId, orgId, msg, err } = JSON.parse(lines.at(-1) ?? '{}');
  return { status: res.statusCode, path: req.path, userId, orgId, msg, err };
}

test('a 200 logs the user and the organization on each line, and no secret', async () => {
  const path = `/orgs/${ACME_ID}/reports`;
  await get(path).auth(secrets.token, { type: 'bearer' }).expect(200, { userId: alice.userId });
  const { userId, orgId } = JSON.parse(
    lines.find((line) => line.includes('listing reports')) ?? '',
  );
  assert.deepEqual({ userId, orgId }, { userId: alice.userId, orgId: ACME_ID });
  assert.deepEqual(lastLine(), {
    status: 200,
    path,
    userId: alice.userId,
    orgId: ACME_ID,
    msg: 'request completed',
    err: undefined,
  });
});

test('a 200 with an API key logs the user who created it, without the key', async () => {
  await get(`/orgs/${ACME_ID}/reports`).set('X-API-Key', secrets.apiKey).expect(200);
  const { userId, orgId } = lastLine();
  assert.deepEqual({ userId, orgId }, { userId: alice.userId, orgId: ACME_ID });
});

test('a 201 redacts a body that the application logs', async () => {
  await request(app.getHttpServer())
    .post(`/orgs/${ACME_ID}/reports`)
    .auth(secrets.token, { type: 'bearer' })
    .send({ title: 'the title', accessToken: secrets.token, 'x-api-key': secrets.apiKey })
    .expect(201);
  assert.equal(lastLine().status, 201);
  assert.match(lines.join(''), /"title":"the title","accessToken":"\[Redacted\]"/);
});

test('a 401 logs no user, token or key', async () => {
  await get(`/orgs/${ACME_ID}/reports`).set('X-API-Key', `${secrets.apiKey}a`).expect(401);
  await get(`/orgs/${ACME_ID}/reports`).auth(`${secrets.token}a`, { type: 'bearer' }).expect(401);
  const { status, userId } = lastLine();
  assert.deepEqual({ status, userId }, { status: 401, userId: undefined });
});

test('a 403 logs the user who was rejected', async () => {
  await get(`/orgs/${GLOBEX_ID}/reports`).auth(secrets.token, { type: 'bearer' }).expect(403);
  const { status, userId, orgId } = lastLine();
  assert.deepEqual(
    { status, userId, orgId },
    { status: 403, userId: alice.userId, orgId: undefined },
  );
});

test('a 404 logs no query', async () => {
  await get('/nothing').auth(secrets.token, { type: 'bearer' }).expect(404);
  assert.equal(lastLine().status, 404);
});

test('a 500 logs the error with its stack, without the headers that it contains', async () => {
  await get(`/orgs/${ACME_ID}/reports/broken`).auth(secrets.token, { type: 'bearer' }).expect(500);
  const { status, userId, err } = lastLine();
  assert.deepEqual({ status, userId }, { status: 500, userId: alice.userId });
  assert.equal(err.message, 'No reports of user-alice');
  assert.match(err.stack, /pino\.test/);
  assert.equal(err.config, undefined);
});

test('the application’s own log data is redacted in any place and case, and stays JSON', async () => {
  await get(`/orgs/${ACME_ID}/reports/leaky`).expect(200);
  assert.equal(lastLine().status, 200);
  const logged = lines.map((line) => JSON.parse(line));
  const { error } = logged.find((line) => line.error !== undefined);
  assert.equal(error.config.headers.Authorization, '[Redacted]');
  assert.ok(logged.some(({ text }) => text === '{"token":"'));
});

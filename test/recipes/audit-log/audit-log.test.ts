import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { type INestApplication, type LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { AccessDecisionEvent } from 'nestjs-propelauth';
import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';
import { Pool } from 'pg';
import request from 'supertest';
import { AppModule } from './app.module.js';
import { AuditLog } from './audit/audit-log.js';

const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
const orgs = (role: string) => [{ orgId: ACME_ID, orgName: 'Acme', role }];
const alice = { userId: 'user-alice', orgs: orgs('Admin') };
const carol = { userId: 'user-carol', orgs: orgs('Member') };

const owner = new Pool({ connectionString: process.env.SUPERUSER_URL });
const emulator = await createEmulator();
const errors: string[] = [];
const logger: LoggerService = {
  log: () => {},
  warn: () => {},
  error: (line: string) => errors.push(line),
};
let app: INestApplication;

async function start() {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  builder.setLogger(logger);
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  app = moduleRef.createNestApplication();
  await app.init();
}

async function remove(user: typeof alice | undefined, id: string, status: number) {
  const call = request(app.getHttpServer()).delete(`/orgs/${ACME_ID}/reports/${id}`);
  if (user) call.auth(await emulator.issuer.accessToken(user), { type: 'bearer' });
  await call.expect(status);
}

async function rowsOf(table: string) {
  const { rows } = await owner.query<Record<string, unknown>>(`select * from ${table}`);
  return rows;
}

before(async () => {
  await owner.query('create role app login');
  await owner.query('create table reports (org_id text, id text)');
  await owner.query('grant select, delete on reports to app');
  await owner.query(readFileSync(new URL('audit/audit.sql', import.meta.url), 'utf8'));
});

beforeEach(async () => {
  errors.length = 0;
  await owner.query('truncate access_log, changes, reports');
  await owner.query('insert into reports values ($1, $2)', [ACME_ID, 'r1']);
});

after(() => owner.end());

test('a shutdown writes the decisions that wait', async () => {
  await start();
  await remove(undefined, 'r1', 401);
  await remove(carol, 'r1', 403);
  await remove(alice, 'r1', 200);
  await app.close();
  const rows = await rowsOf('access_log');
  const common = {
    rule: 'Admin and above of the org in path orgId',
    handler: 'ReportsController.remove',
    trace_id: null,
    impersonator_user_id: null,
    caller_key: null,
  };
  assert.deepEqual(
    rows
      .map(({ id, time, address, request_id: requestId, ...row }) => {
        assert.ok(typeof id === 'string' && time instanceof Date);
        assert.match(String(requestId), /^\d+$/); // pino-http's
        assert.match(String(address), /127\.0\.0\.1/);
        return row;
      })
      .map(({ reason, user_id, org_id, credential, ...rest }) => {
        const { allowed, ...others } = rest;
        assert.deepEqual(others, common);
        return [allowed, reason, credential, user_id, org_id];
      }),
    [
      [false, 'token_missing', null, null, null],
      [false, 'role_missing', 'access-token', carol.userId, ACME_ID],
      [true, null, 'access-token', alice.userId, ACME_ID],
    ],
  );
  assert.deepEqual(errors, []);
});

test('a change is recorded with the user and the organization', async () => {
  await start();
  await remove(alice, 'r1', 200);
  await app.close();
  const [row, ...others] = await rowsOf('changes');
  assert.deepEqual(others, []);
  assert.deepEqual(
    [row?.['org_id'], row?.['user_id'], row?.['action'], row?.['subject']],
    [ACME_ID, alice.userId, 'report.deleted', 'r1'],
  );
  assert.deepEqual(await rowsOf('reports'), []);
});

test('a change that fails is not recorded, and one that cannot be recorded does not happen', async () => {
  await start();
  await remove(alice, 'r2', 404);
  assert.deepEqual(await rowsOf('changes'), []);
  await owner.query('revoke insert on changes from app');
  await remove(alice, 'r1', 500);
  await owner.query('grant insert on changes to app');
  assert.equal((await rowsOf('reports')).length, 1);
  await app.close();
});

test('the application cannot change or delete what is recorded', async () => {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL });
  for (const text of ['delete from access_log', "update changes set action = ''"]) {
    await assert.rejects(pool.query(text), /permission denied/);
  }
  await pool.end();
});

/** A pool whose database can be down. */
class FakePool {
  isDown = false;
  isEnded = false;
  readonly batches: { id: string }[][] = [];

  on() {}

  async query(_text: string, [batch = '[]']: string[]) {
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    this.batches.push(JSON.parse(batch));
  }

  async end() {
    this.isEnded = true;
  }
}

test('the caller of an own kind is recorded by its key', async () => {
  const { log, written } = makeLog();
  log.record({ ...decision, credential: 'service', callerKey: 'service:billing' });
  await log.onApplicationShutdown();
  const [{ credential, caller_key }] = written() as unknown as [Record<string, unknown>];
  assert.deepEqual(
    { credential, caller_key },
    { credential: 'service', caller_key: 'service:billing' },
  );
});

function makeLog() {
  const pool = new FakePool();
  const log: AuditLog = Reflect.construct(AuditLog, [pool]);
  log['logger'].error = (line: string) => errors.push(line);
  return { pool, log, written: () => pool.batches.flat() };
}

const decision: AccessDecisionEvent = {
  time: new Date(),
  allowed: true,
  credential: 'access-token',
  route: { controller: 'ReportsController', handler: 'list' },
};

test('while the database is down, decisions wait, and are then written once', async () => {
  const { pool, log, written } = makeLog();
  pool.isDown = true;
  for (let index = 0; index < 1200; index++) log.record(decision);
  await log.flush();
  assert.deepEqual(errors, ['access_log: connect ECONNREFUSED; 1200 decisions wait']);
  pool.isDown = false;
  // The second waits for the first, and writes nothing twice.
  await Promise.all([log.flush(), log.flush()]);
  assert.equal(new Set(written().map(({ id }) => id)).size, 1200);
  assert.deepEqual(
    pool.batches.map(({ length }) => length),
    [500, 500, 200],
  );
  await log.onApplicationShutdown();
});

test('a full queue loses decisions and counts them', async () => {
  const { log, written } = makeLog();
  for (let index = 0; index < 10_003; index++) log.record(decision);
  await log.onApplicationShutdown();
  assert.equal(written().length, 10_000);
  assert.deepEqual(errors, ['access_log: 3 decisions were lost']);
});

test('unauthenticated requests cannot fill the queue', async () => {
  const { log, written } = makeLog();
  const { credential: _none, ...unauthenticated } = decision;
  for (let index = 0; index < 600; index++) log.record(unauthenticated);
  log.record(decision);
  await log.onApplicationShutdown();
  assert.equal(written().length, 501);
  assert.deepEqual(errors, ['access_log: 100 decisions were lost']);
});

test('a shutdown without a database ends, and counts what is lost', async () => {
  const { pool, log } = makeLog();
  pool.isDown = true;
  log.record(decision);
  await log.onApplicationShutdown();
  assert.deepEqual(errors, [
    'access_log: connect ECONNREFUSED; 1 decisions wait',
    'access_log: 1 decisions were lost',
  ]);
  assert.ok(pool.isEnded);
});

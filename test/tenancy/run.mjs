/*
 * The application in this folder as its README says: its tests, over a PostgreSQL of their own, and then `npm start` and the calls of the
 * README.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findFreePort } from '../package/free-port.mjs';
import { Example } from '../examples/example.mjs';
import { startPostgres } from '../examples/postgres.mjs';

const application = new Example('test/tenancy');
const { env } = application;

let postgres;

before(async () => {
  await application.install();
  postgres = await startPostgres();
  env.PATH = `${postgres.programs}:${env.PATH}`;
  application.prepare(postgres);
  env.DATABASE_URL = postgres.url('tenancy_app');
  env.ACCOUNTS_URL = postgres.url('tenancy_accounts');
  env.OWNER_URL = postgres.url('tenancy_owner');
  env.SUPERUSER_URL = postgres.url('postgres');
});

after(() => postgres?.stop());

test('The tests of the application pass', () => application.npm('test'));

test('The application starts without a PropelAuth account, and responds to the requests of the README', async () => {
  const files = mkdtempSync(join(tmpdir(), 'nestjs-propelauth-tenancy-'));
  env.MESSAGES_PORT = String(await findFreePort());
  try {
    const answers = await application.callAsReadme({ cwd: files });
    const [created, listed, found, refused, ...others] = answers
      .match(/[[{].*?[\]}](?=[[{]|\n|$)/g)
      .map((answer) => JSON.parse(answer));
    assert.deepEqual(others, []);
    assert.equal(created.cents, 14_900);
    // The time, so that the calls can be run again.
    assert.match(created.number, /^\d{10}$/);
    assert.deepEqual(listed, [created]);
    assert.equal(found.id, created.id);
    assert.equal(refused.statusCode, 403);
  } finally {
    rmSync(files, { recursive: true });
  }
});

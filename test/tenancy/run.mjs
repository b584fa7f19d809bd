/*
 * The application in this folder as its README says: its tests, over a PostgreSQL of their own and PgBouncer, and then `npm start` and the
 * calls of the README.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { findFreePort } from '../package/free-port.mjs';
import { Example } from '../examples/example.mjs';
import { startPgBouncer, startPostgres } from '../examples/postgres.mjs';

const application = new Example('test/tenancy');
const { env, folder } = application;
// Prisma's client needs no engine. Without this, `prisma generate` downloads one all the same.
env.PRISMA_SCHEMA_ENGINE_BINARY = '/bin/true';

let postgres;
let pgBouncer;

before(async () => {
  await application.install();
  postgres = await startPostgres();
  env.PATH = `${postgres.programs}:${env.PATH}`;
  application.prepare(postgres);
  pgBouncer = await startPgBouncer(postgres, ['tenancy_app']);
  env.DATABASE_URL = postgres.url('tenancy_app');
  env.ACCOUNTS_URL = postgres.url('tenancy_accounts');
  env.OWNER_URL = postgres.url('tenancy_owner');
  env.SUPERUSER_URL = postgres.url('postgres');
  env.PGBOUNCER_URL = pgBouncer.url('tenancy_app');
});

after(async () => {
  await pgBouncer?.stop();
  await postgres?.stop();
});

test('The tests of the application pass', () => application.npm('test'));

test('A data layer has less than 40 lines besides its queries, imports and comments', () => {
  for (const name of ['drizzle', 'typeorm', 'prisma']) {
    const code = ['tenant', `${name}-data.module`]
      .map((file) => readFileSync(resolve(folder, `src/data/${name}/${file}.ts`), 'utf8'))
      .join('\n')
      .replaceAll(/^import [^;]*;|\/\*\*[^]*?\*\//gm, '');
    const lines = code.split('\n').filter((line) => line.trim() !== '');
    assert.ok(lines.length < 40, `${name}: ${lines.length}`);
  }
});

test('SECURITY.md states the number of attacks on each data layer', async () => {
  // The tests above have compiled them.
  const load = (name) => import(resolve(folder, `dist/${name}.js`));
  const { httpAttacks } = await load('test/attacks/http');
  const { graphqlAttacks } = await load('test/attacks/graphql');
  const { messageAttacks } = await load('test/attacks/messages');
  const { DATA_MODULES } = await load('src/data/data-module');
  const attacks = [httpAttacks, graphqlAttacks, messageAttacks].flat();
  const figure = attacks.length * Object.keys(DATA_MODULES).length;
  const security = readFileSync(resolve(folder, '../../SECURITY.md'), 'utf8');
  const [, written] = /^\| attacks on the rows of another organization +\| +([\d,]+) +\|/m.exec(
    security,
  );
  assert.equal(written, figure.toLocaleString('en'));
});

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
    // The time, so that the calls can be run again, such as with another data layer.
    assert.match(created.number, /^\d{10}$/);
    assert.deepEqual(listed, [created]);
    assert.equal(found.id, created.id);
    assert.equal(refused.statusCode, 403);
  } finally {
    rmSync(files, { recursive: true });
  }
});

/*
 * Starts the sample app as the README says, `npm start`, and calls each of its routes as each user and without a token.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { findFreePort } from './free-port.mjs';
import { readUntil } from './output.mjs';

const root = resolve(import.meta.dirname, '../..');
const ACME = 'acce0000-0000-4000-8000-000000000000';
const CALLERS = ['alice', 'bob', 'carol', 'dave', 'nobody'];

/** What each of CALLERS is answered. */
const STATUSES = {
  '/': [200, 200, 200, 200, 401],
  '/api/whoami_optional': [200, 200, 200, 200, 200],
  '/api/health': [200, 200, 200, 200, 200],
  [`/api/org/${ACME}/check`]: [200, 200, 200, 403, 401],
  [`/api/org/${ACME}/admin_only`]: [403, 200, 403, 403, 401],
  [`/api/org/${ACME}/admin_or_owner`]: [200, 200, 403, 403, 401],
  [`/api/org/${ACME}/billing`]: [200, 200, 403, 403, 401],
};

/** @type {import('node:child_process').ChildProcess} */
let application;
let url;
let output = '';
let withSecret = '';

before(async () => {
  const port = await findFreePort();
  const {
    PROPELAUTH_AUTH_URL: _url,
    PROPELAUTH_API_KEY: _key,
    NODE_ENV: _env,
    ...env
  } = process.env;
  // A process group of its own: npm and the app itself are ended together.
  application = spawn('npm', ['start'], {
    cwd: root,
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  url = `http://localhost:${port}`;
  output = await readUntil(application, 'Authorization: Bearer');
  [, withSecret] = /users\?(local_secret=\S+)/.exec(output);
});

after(async () => {
  process.kill(-Number(application.pid));
  if (application.exitCode === null) await once(application, 'exit');
});

async function statusAs(caller, path) {
  const headers = {};
  if (caller !== 'nobody') {
    const response = await fetch(`${url}/api/v1/refresh_token?user=${caller}&${withSecret}`);
    const { access_token: token } = await response.json();
    headers.Authorization = `Bearer ${token}`;
  }
  return (await fetch(url + path, { headers })).status;
}

for (const [path, statuses] of Object.entries(STATUSES)) {
  test(`npm start returns ${statuses.join(', ')} to ${CALLERS.join(', ')} at ${path}`, async () => {
    const answers = await Promise.all(CALLERS.map((caller) => statusAs(caller, path)));
    assert.deepEqual(answers, statuses);
  });
}

test('npm start prints its address, the users, and commands that work when pasted', () => {
  assert.ok(output.includes(`${url}/docs`));
  for (const user of CALLERS.slice(0, 4)) assert.match(output, new RegExp(`\\b${user}\\b`));
  const [commands] = /^ *TOKEN=.*\n *curl .*$/m.exec(output);
  const answer = execFileSync('sh', ['-c', commands], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  assert.match(answer, /a11ce000-0000-4000-8000-000000000001/);
});

test('npm start serves Swagger UI', async () => {
  assert.match(await (await fetch(`${url}/docs`)).text(), /swagger-ui/);
});

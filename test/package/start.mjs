/*
 * Starts the sample app with the script of `npm start`, on free ports, and calls each of its routes as each user and without a token.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { findFreePort } from './free-port.mjs';
import { readUntil } from './output.mjs';

const root = resolve(import.meta.dirname, '../..');
const ACME = 'acce0000-0000-4000-8000-000000000000';
const CAROL = 'ca401000-0000-4000-8000-000000000003';
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

const {
  PROPELAUTH_AUTH_URL: _url,
  PROPELAUTH_API_KEY: _key,
  NODE_ENV: _env,
  ...environment
} = process.env;

/** @type {import('node:child_process').ChildProcess} */
let running;
let url;
let output = '';
let authUrl = '';

before(async () => {
  const [port, emulatorPort] = await Promise.all([findFreePort(), findFreePort()]);
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const command = scripts.start
    .replace('exec ', `exec --port ${emulatorPort} `)
    .replace('localhost:3000', `localhost:${port}`);
  execFileSync('npm', ['run', 'prestart'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  // A process group of its own: npm, the emulator and the app are ended together.
  running = spawn('npm', ['exec', '-c', `${command} 2>&1`], {
    cwd: root,
    env: { ...environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  url = `http://localhost:${port}`;
  output = await readUntil(running, /Who may call[^]*POST/);
  [, authUrl] = /emulator runs at (\S+)/.exec(output);
});

after(async () => {
  process.kill(-Number(running.pid));
  if (running.exitCode === null) await once(running, 'exit');
});

async function tokenOf(user) {
  const response = await fetch(`${authUrl}/api/v1/refresh_token?user=${user}`);
  return (await response.json()).access_token;
}

async function statusAs(caller, path) {
  const headers = {};
  if (caller !== 'nobody') headers.Authorization = `Bearer ${await tokenOf(caller)}`;
  return (await fetch(url + path, { headers })).status;
}

for (const [path, statuses] of Object.entries(STATUSES)) {
  test(`npm start returns ${statuses.join(', ')} to ${CALLERS.join(', ')} at ${path}`, async () => {
    const answers = await Promise.all(CALLERS.map((caller) => statusAs(caller, path)));
    assert.deepEqual(answers, statuses);
  });
}

test('npm start prints its address, the users, and a command for a token that works when pasted', () => {
  assert.ok(output.includes(`${url}/docs`));
  for (const user of CALLERS.slice(0, 4)) assert.match(output, new RegExp(`\\b${user}\\b`));
  const [command] = /^ *TOKEN=.*$/m.exec(output);
  const call = `curl -fsS -H "Authorization: Bearer $TOKEN" ${url}/`;
  const answer = execFileSync('sh', ['-c', `${command}\n${call}`], { encoding: 'utf8' });
  assert.match(answer, /a11ce000-0000-4000-8000-000000000001/);
});

test('npm start prints a link to the page of users', async () => {
  const [, link] = /\nPages\n\n *(\S+)\n/.exec(output);
  assert.match(await (await fetch(link)).text(), /Carol Cooper/);
});

test('the app handles the event of a user that is removed on the page of users, and rejects their token', async () => {
  const headers = { Authorization: `Bearer ${await tokenOf('carol')}` };
  const check = () => fetch(`${url}/api/org/${ACME}/check`, { headers });
  assert.equal((await check()).status, 200);
  const handled = readUntil(running, 'PropelAuth says: user.removed_from_org');
  const body = new URLSearchParams({ change: 'user.removed_from_org', user_id: CAROL, org: ACME });
  const changed = await fetch(`${authUrl}/__emulator/change`, {
    method: 'POST',
    headers: { Origin: authUrl },
    body,
  });
  assert.equal(changed.status, 200);
  await handled;
  assert.equal((await check()).status, 403);
});

test('npm start serves Swagger UI', async () => {
  assert.match(await (await fetch(`${url}/docs`)).text(), /swagger-ui/);
});

test('without the emulator or a project, the app fails to start and names what is missing', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['sample-app/dist/main.js'], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });
  assert.notEqual(status, 0);
  assert.match(stdout + stderr, /authUrl is missing/);
});

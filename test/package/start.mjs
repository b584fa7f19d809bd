/*
 * Starts the sample app with the scripts of package.json, on free ports, calls each of its routes as each user and without a token, and ends it.
 * It runs in a copy, which `npm run start:dev` sees change, with the packages of this repository.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

const folder = mkdtempSync(join(tmpdir(), 'sample-app-'));
let port;
let url;
let authUrl;

/** @type {import('node:child_process').ChildProcess} */
let running;
let output = '';

before(async () => {
  execFileSync('npm', ['run', 'prestart'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  for (const name of ['nest-cli.json', 'tsconfig.json', 'sample-app']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  // The copy has the name of the package, so that it imports nestjs-propelauth from its own dist.
  for (const name of ['dist', 'node_modules']) symlinkSync(join(root, name), join(folder, name));
  let emulatorPort;
  [port, emulatorPort] = await Promise.all([findFreePort(), findFreePort()]);
  url = `http://localhost:${port}`;
  authUrl = `http://localhost:${emulatorPort}`;
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  manifest.scripts.start = manifest.scripts.start
    .replace('exec ', `exec --fresh --port ${emulatorPort} `)
    .replace('localhost:3000', `localhost:${port}`);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  output = await start('start');
});

after(async () => {
  if (running.exitCode === null && running.signalCode === null) {
    process.kill(-Number(running.pid), 'SIGTERM');
    await once(running, 'exit');
  }
  rmSync(folder, { recursive: true });
});

/** Runs the script without the one before it, which builds. @returns what it printed until the application ran */
function start(script) {
  // A process group of its own, as of a command in a terminal.
  running = spawn('sh', ['-c', `exec npm run ${script} --ignore-scripts 2>&1`], {
    cwd: folder,
    // What the emulator keeps ends with the folder.
    env: { ...environment, PORT: String(port), XDG_CACHE_HOME: join(folder, 'cache') },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  return readUntil(running, /Who may call[^]*POST/);
}

/** Sends a signal to all of them, as a terminal does. They share one standard output, which closes when the last has ended. */
async function assertEnds(signal) {
  const closed = once(running, 'close');
  process.kill(-Number(running.pid), signal);
  await closed;
  for (const address of [url, authUrl]) await assert.rejects(fetch(address), /fetch failed/);
}

async function tokenOf(user) {
  const response = await fetch(`${authUrl}/__emulator/token?user=${user}`);
  return response.text();
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
  const body = new URLSearchParams({ change: 'removeUserFromOrg', user_id: CAROL, org_id: ACME });
  const changed = await fetch(`${authUrl}/__emulator/change`, {
    method: 'POST',
    headers: { Origin: authUrl },
    body,
  });
  assert.equal(changed.status, 200);
  await handled;
  assert.equal((await check()).status, 403);
});

test('npm start says to developers why a call is rejected', async () => {
  const headers = { Authorization: `Bearer ${await tokenOf('bob')}` };
  const rejected = await fetch(`${url}/api/org/0e1f0000-0000-4000-8000-000000000000/check`, {
    headers,
  });
  assert.equal(rejected.status, 403);
  assert.equal((await rejected.json()).reason, 'not_a_member');
});

test('npm start serves Swagger UI', async () => {
  assert.match(await (await fetch(`${url}/docs`)).text(), /swagger-ui/);
});

test('Ctrl-C ends npm start, the application and the emulator', async () => {
  await assertEnds('SIGINT');
});

test('npm run start:dev starts the application anew when a file changes, with the same emulator', async () => {
  assert.match(await start('start:dev'), new RegExp(`The sample app runs at ${url}`));
  const authorization = `Bearer ${await tokenOf('alice')}`;
  const restarted = readUntil(running, `The changed app runs at ${url}`);
  const file = join(folder, 'sample-app/src/start-message.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace('The sample app', 'The changed app'));
  await restarted;
  const { status } = await fetch(`${url}/`, { headers: { authorization } });
  assert.equal(status, 200);
});

test('SIGTERM ends npm run start:dev, the application and the emulator', async () => {
  await assertEnds('SIGTERM');
});

test('without the emulator or a project, the app fails to start and names what is missing', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['sample-app/dist/main.js'], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  assert.notEqual(status, 0);
  assert.match(stdout + stderr, /authUrl is missing/);
});

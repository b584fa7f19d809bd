/*
 * Follows the README, and then the pages that go on from there, as a new user would: makes a Nest application with the Nest CLI, installs
 * the packed packages, runs `nest add`, pastes the code blocks, starts it with the emulator, pastes the commands, starts it with a project,
 * and runs its tests. That project is a local server; only its address is stubbed.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import { findFreePort } from './free-port.mjs';
import { readUntil } from './output.mjs';
import { pack, packEmulator } from './packed-package.mjs';
import { untilReachable } from './reachable.mjs';

const AUTH_URL = 'https://auth.example.com';
const root = resolve(import.meta.dirname, '../..');
const workspace = mkdtempSync(join(tmpdir(), 'quick-start-'));
const application = join(workspace, 'my-app');
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** PropelAuth's endpoint for verification metadata. */
async function startPropelAuth() {
  const body = { verifier_key_pem: publicKey.export({ type: 'spki', format: 'pem' }) };
  const server = createServer((request, response) => {
    const known =
      request.url === '/api/v1/token_verification_metadata' &&
      request.headers.authorization === 'Bearer the-api-key' &&
      request.headers['x-propelauth-url'] === 'auth.example.com';
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? body : {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A chapter of a document, up to the next one. */
function readChapter(title, document) {
  const text = readFileSync(join(root, document), 'utf8');
  const start = text.indexOf(`\n## ${title}\n`);
  assert.ok(start >= 0, `${document} has no chapter "${title}"`);
  return text.slice(start + 1).split('\n## ')[0];
}

/** Pastes the blocks of a chapter that say which file they are. Returns the files. */
function pasteChapter(title, document = 'README.md') {
  const chapter = readChapter(title, document);
  const blocks = [...chapter.matchAll(/```ts\n\/\/ ((?:src|test)\/\S+)\n(.*?)```/gs)];
  assert.ok(blocks.length > 0);
  for (const [, file, code] of blocks) {
    mkdirSync(dirname(join(application, file)), { recursive: true });
    writeFileSync(join(application, file), code);
  }
  return blocks.map(([, file]) => file);
}

/** Edits a file of the application. */
function edit(file, from, to) {
  const path = join(application, file);
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(from), `${file} has no ${from}`);
  writeFileSync(path, text.replace(from, to));
}

/** Adds a controller to AppModule, as the pages say in words. */
function addController(name) {
  const file = name.toLowerCase().replace('controller', '.controller.js');
  edit('src/app.module.ts', 'controllers: [', `controllers: [${name}, `);
  edit('src/app.module.ts', 'import', `import { ${name} } from './${file}';\nimport`);
}

/** Removes the tests of the page before. */
function removeTests() {
  for (const file of readdirSync(join(application, 'test'))) {
    if (file.endsWith('.ts')) rmSync(join(application, 'test', file));
  }
}

/** The commands of a chapter, block by block, for other ports than 3000 and 4000. */
function readCommands(title) {
  const blocks = [...readChapter(title, 'README.md').matchAll(/```bash\n(.*?)```/gs)];
  return blocks.map(([, commands]) =>
    commands
      .replaceAll('3000', String(localPort))
      .replaceAll('token alice', `token alice --port ${emulatorPort}`),
  );
}

/** Starts the application with the emulator, as `npm run start:local` does on another port, and waits until it listens. */
async function startLocally() {
  const { scripts } = JSON.parse(readFileSync(join(application, 'package.json'), 'utf8'));
  const command = `npx ${scripts['start:local'].replace('exec ', `exec --fresh --port ${emulatorPort} `).replaceAll('3000', String(localPort))}`;
  const { PROPELAUTH_AUTH_URL: _url, NODE_ENV: _env, ...env } = process.env;
  // A process group of its own: npx, the emulator, the Nest CLI and the application are ended together.
  const child = spawn('sh', ['-c', `(${command}) 2>&1`], {
    cwd: application,
    // What the emulator keeps ends with the folder.
    env: { ...env, PORT: String(localPort), XDG_CACHE_HOME: join(workspace, 'cache') },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const output = await readUntil(child, 'successfully started');
  await untilReachable(`http://localhost:${localPort}`);
  return { child, output };
}

async function stopLocally() {
  if (local === undefined || local.exitCode !== null || local.signalCode !== null) return;
  // The shell ends before the emulator, which holds the pipe until it has ended, too.
  const closed = once(local, 'close');
  process.kill(-local.pid);
  await closed;
}

/** The command that the emulator prints to get a token. */
function printedTokenCommand(output) {
  return /TOKEN=\$\(npx .*\)$/m.exec(output)[0];
}

/** Starts the application with its PropelAuth project on a free port, and waits until it says that it is there. */
async function startApplication(propelAuthPort) {
  const stub = join(workspace, 'stub-address.mjs');
  writeFileSync(
    stub,
    `const realFetch = globalThis.fetch;
     globalThis.fetch = (url, init) =>
       realFetch(String(url).replace('https://propelauth-api.com', 'http://127.0.0.1:${propelAuthPort}'), init);`,
  );
  const port = await findFreePort();
  const child = spawn(process.execPath, ['--import', stub, 'dist/main.js'], {
    cwd: application,
    env: {
      ...process.env,
      PORT: String(port),
      PROPELAUTH_AUTH_URL: AUTH_URL,
      PROPELAUTH_API_KEY: 'the-api-key',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await readUntil(child, 'successfully started');
  const url = `http://127.0.0.1:${port}`;
  await untilReachable(url);
  return { child, url };
}

/** Runs commands of the README. */
function curl(commands) {
  return execFileSync('sh', ['-c', commands], { cwd: application, encoding: 'utf8' });
}

function statusesIn(output) {
  return [...output.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
}

async function call(url, token) {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers });
  return { status: response.status, body: await response.json() };
}

let local;
let printed;
let localPort;
let emulatorPort;
let propelAuth;
let running;

before(async () => {
  const tarballs = [await pack(workspace), await packEmulator(workspace)];
  run(
    process.execPath,
    [
      join(root, 'scripts/node_modules/@nestjs/cli/bin/nest.js'),
      'new',
      'my-app',
      '--skip-git',
      '--skip-install',
      '--package-manager',
      'npm',
    ],
    workspace,
  );
  localPort = await findFreePort();
  emulatorPort = await findFreePort();
  const [, fromRepository] = readCommands('Quick start');
  const [packed, emulator] = tarballs;
  const commands = fromRepository
    // The repository is this one, which has made its tarballs.
    .replace('(cd ../nestjs-propelauth && npm ci && npm pack --workspaces)\n', '')
    .replace(/\S+\/nestjs-propelauth-\S+\.tgz/, packed)
    .replace(/\S+\/propelauth-emulator-\S+\.tgz/, emulator);
  run('sh', ['-ec', commands], application);
  pasteChapter('Protect a route of your own');
  addController('MembersController');
  run('npm', ['run', 'build'], application);
  propelAuth = await startPropelAuth();
  running = await startApplication(propelAuth.address().port);
});

after(async () => {
  await stopLocally();
  running?.child.kill();
  propelAuth?.closeAllConnections();
  propelAuth?.close();
  rmSync(workspace, { recursive: true, force: true });
});

test('the quick start of the README returns 401, and 200 with the token of a user of the emulator', async () => {
  const [add, , calls] = readCommands('Quick start');
  assert.equal(
    add,
    'npx @nestjs/cli new my-app\ncd my-app\nnpx nest add nestjs-propelauth\nnpm run start:local\n',
  );
  ({ child: local, output: printed } = await startLocally());
  assert.ok(calls.startsWith(`${printedTokenCommand(printed)}\n`));
  const output = curl(calls);
  assert.deepEqual(statusesIn(output), ['401', '200']);
  assert.match(output, /"email":"alice@example\.com"/);
});

test('the organization route of the README returns 200 to alice, and 403 with the reason to carol', () => {
  const token = printedTokenCommand(printed);
  const [calls] = readCommands('Protect a route of your own');
  assert.deepEqual(statusesIn(curl(`${token}\n${calls}`)), ['200']);
  const rejected = curl(`${token.replace('alice', 'carol')}\n${calls}`);
  assert.deepEqual(statusesIn(rejected), ['403']);
  assert.match(rejected, /"reason":"role_missing"/);
});

test('the unit test of the Nest CLI still passes, unchanged', () => {
  run('npm', ['test'], application);
});

test('the emulator lists its users where the README says', async () => {
  const page = await (await fetch(`http://localhost:${emulatorPort}`)).text();
  assert.match(page, /alice/);
  const [, orgId] = /\/orgs\/([0-9a-f-]+)\//.exec(
    readChapter('Protect a route of your own', 'README.md'),
  );
  assert.ok(page.includes(orgId));
});

test('the page about the emulator has a seed, with which the application starts', async () => {
  await stopLocally();
  const [, seed] = /```json\n(.*?)```/s.exec(readChapter('Choose the users', 'docs/emulator.md'));
  writeFileSync(join(application, 'propelauth.emulator.json'), seed);
  ({ child: local, output: printed } = await startLocally());
  const carol = printedTokenCommand(printed).replace('alice', 'carol');
  const statusOf = (org) => {
    const [, orgId] = new RegExp(`${org} +([0-9a-f-]{36})`).exec(printed);
    const url = `http://localhost:${localPort}/orgs/${orgId}/members`;
    return statusesIn(curl(`${carol}\ncurl -si -H "Authorization: Bearer $TOKEN" ${url}`));
  };
  assert.deepEqual(statusOf('Globex'), ['200']);
  assert.deepEqual(statusOf('Acme Inc'), ['403']);
  await stopLocally();
});

test('with a PropelAuth project, the quick start returns 401 without a token', async () => {
  assert.deepEqual(await call(`${running.url}/me`), {
    status: 401,
    body: { message: 'Unauthorized', statusCode: 401, code: 'token_missing' },
  });
});

test('with a PropelAuth project, the quick start returns the user of an access token', async () => {
  const token = await new SignJWT({ user_id: 'alice', email: 'alice@example.com' })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(AUTH_URL)
    .setIssuedAt()
    .setExpirationTime('30m')
    .sign(privateKey);
  assert.deepEqual(await call(`${running.url}/me`, token), {
    status: 200,
    body: { userId: 'alice', email: 'alice@example.com' },
  });
});

test('the Test section of the README tests both routes', () => {
  pasteChapter('Test');
  run('npm', ['run', 'test:e2e'], application);
});

test('the page about testing has a protected route whose tests pass', () => {
  const files = pasteChapter('A route and its tests', 'docs/testing.md');
  assert.ok(files.filter((file) => file.startsWith('test/')).length > 1);
  // The page does not have the route of the README.
  edit('src/app.module.ts', 'MembersController, ', '');
  rmSync(join(application, 'test/members.e2e-spec.ts'));
  addController('ReportsController');
  run('npm', ['run', 'build'], application);
  run('npm', ['run', 'test:e2e'], application);
  run('npm', ['test'], application);
});

test('the testing recipes pass', () => {
  removeTests();
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', 'svix'], application);
  pasteChapter('Over HTTP', 'docs/testing-recipes.md');
  run('npm', ['run', 'build'], application);
  run('npm', ['run', 'test:e2e'], application);
});

test('the page Get started has a module, a route and a test that pass, set up by hand', () => {
  removeTests();
  pasteChapter('By hand', 'docs/getting-started.md');
  run('npm', ['run', 'build'], application);
  run('npm', ['run', 'test:e2e'], application);
});

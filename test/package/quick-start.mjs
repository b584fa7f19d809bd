/*
 * Follows the README's quick start, then its chapter on testing and the guide that goes on from there, as a new user would: makes a Nest application with the Nest
 * CLI, installs the packed package, pastes the code blocks, starts it and calls it, runs its tests. PropelAuth is a local server;
 * only its address is stubbed.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import { findFreePort } from './free-port.mjs';
import { readUntil } from './output.mjs';

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

/** Pastes the blocks of a chapter that say which file they are. */
function pasteChapter(title, document = 'README.md') {
  const text = readFileSync(join(root, document), 'utf8');
  const chapter = text.slice(text.indexOf(`\n## ${title}\n`) + 1).split('\n## ')[0];
  const blocks = [...chapter.matchAll(/```ts\n\/\/ ((?:src|test)\/\S+)\n(.*?)```/gs)];
  assert.ok(blocks.length >= 2);
  for (const [, file, code] of blocks) {
    mkdirSync(dirname(join(application, file)), { recursive: true });
    // The application that the Nest CLI makes has Vitest.
    writeFileSync(join(application, file), code.replaceAll('jest.spyOn', 'vi.spyOn'));
  }
}

/** Starts the application on a free port and waits until it says that it is there. */
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
  return { child, url: `http://127.0.0.1:${port}` };
}

async function call(url, token) {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers });
  return { status: response.status, body: await response.json() };
}

let propelAuth;
let running;

before(async () => {
  run('npm', ['pack', '--silent', '--pack-destination', workspace], root);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  run(
    process.execPath,
    [
      join(root, 'node_modules/@nestjs/cli/bin/nest.js'),
      'new',
      'my-app',
      '--skip-git',
      '--skip-install',
      '--package-manager',
      'npm',
    ],
    workspace,
  );
  run(
    'npm',
    [
      'install',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      join(workspace, `nestjs-propelauth-${version}.tgz`),
    ],
    application,
  );
  pasteChapter('Quick start');
  // As the quick start says.
  rmSync(join(application, 'src/app.controller.spec.ts'));
  run('npm', ['run', 'build'], application);
  propelAuth = await startPropelAuth();
  running = await startApplication(propelAuth.address().port);
});

after(() => {
  running?.child.kill();
  propelAuth?.closeAllConnections();
  propelAuth?.close();
  rmSync(workspace, { recursive: true, force: true });
});

test('the quick start of the README answers 401 without a token', async () => {
  assert.deepEqual(await call(running.url), {
    status: 401,
    body: { message: 'Unauthorized', statusCode: 401 },
  });
});

test('the quick start of the README greets the user of an access token', async () => {
  const token = await new SignJWT({ user_id: 'alice' })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(AUTH_URL)
    .setIssuedAt()
    .setExpirationTime('30m')
    .sign(privateKey);
  assert.deepEqual(await call(running.url, token), {
    status: 200,
    body: { message: 'Hello alice' },
  });
});

test('the chapter Testing of the README gives a protected route whose tests pass', () => {
  pasteChapter('Testing');
  run('npm', ['run', 'build'], application);
  run('npm', ['run', 'test:e2e'], application);
  run('npm', ['test'], application);
});

test('the recipes of the guide on testing hold', () => {
  for (const file of ['app.e2e-spec.ts', 'reports.controller.spec.ts']) {
    rmSync(join(application, 'test', file));
  }
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', 'svix'], application);
  pasteChapter('Over HTTP', 'docs/testing.md');
  run('npm', ['run', 'build'], application);
  run('npm', ['run', 'test:e2e'], application);
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { createEmulator } from 'propelauth-emulator';
import { smokeTest, startBuild } from './smoke-test.js';

const entry = join(import.meta.dirname, 'main.js');
const alice = { email: 'alice@example.com' };

/** A build next to an emulator of its own, which it may reach. */
async function startNextToEmulator(context: TestContext, isReachable = true) {
  const emulator = await createEmulator();
  const { issuer } = emulator;
  const { url: apiUrl } = await emulator.listen();
  if (!isReachable) await emulator.close();
  const build = startBuild(entry, {
    PROPELAUTH_AUTH_URL: issuer.authUrl,
    PROPELAUTH_API_KEY: issuer.apiKey,
    PROPELAUTH_API_URL: apiUrl,
  });
  context.after(async () => {
    await build.stop();
    await emulator.close();
  });
  const url = await build.url;
  const statusOf = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(url + path, { headers })).status;
  return { emulator, build, url, statusOf };
}

test('the smoke test passes for a build with NODE_ENV=production', () => smokeTest(entry));

test('the smoke test fails for a build that does not start', async () => {
  await assert.rejects(
    smokeTest(join(import.meta.dirname, 'missing.js')),
    /missing\.js ended before/,
  );
});

test('a build with a wrong key does not start, and does not print the key', async (context) => {
  const emulator = await createEmulator();
  const propelAuth = await emulator.listen();
  context.after(() => emulator.close());
  const build = spawn(process.execPath, [entry], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: '0',
      PROPELAUTH_AUTH_URL: 'https://auth.example.com',
      PROPELAUTH_API_KEY: 'the-key-of-another-project',
      PROPELAUTH_API_URL: propelAuth.url,
    },
  });
  const [output, errors] = await Promise.all([text(build.stdout), text(build.stderr)]);
  assert.match(errors, /apiKey is not an API key of this PropelAuth project/);
  assert.doesNotMatch(output + errors, /the-key-of-another-project/);
  assert.equal(build.exitCode ?? (await once(build, 'exit'))[0], 1);
});

test('a build does not trust a PropelAuth of this machine by mistake', async () => {
  const build = startBuild(entry, {
    PROPELAUTH_AUTH_URL: 'http://127.0.0.1:4000',
    PROPELAUTH_API_KEY: 'the-api-key',
  });
  await assert.rejects(build.url, /ended before it listened/);
});

test('a build notices a rotated key', async (context) => {
  const { emulator, statusOf } = await startNextToEmulator(context);
  const status = async () =>
    statusOf('/me', { Authorization: await emulator.issuer.authorization(alice) });
  assert.equal(await status(), 200);
  await emulator.rotateKey();
  assert.equal(await status(), 200);
});

test('a build rejects a token with the signature of another project', async (context) => {
  const { statusOf } = await startNextToEmulator(context);
  const { issuer } = await createEmulator();
  assert.equal(await statusOf('/me', { Authorization: await issuer.authorization(alice) }), 401);
});

test('an instance stays ready when PropelAuth goes away, and tokens stay valid', async (context) => {
  const { emulator, statusOf } = await startNextToEmulator(context);
  const apiKey = emulator.createApiKey({ userId: emulator.addUser(alice) });
  assert.equal(await statusOf('/export', { 'X-API-Key': 'unknown' }), 401);
  assert.equal(await statusOf('/export', { 'X-API-Key': apiKey }), 200);
  const headers = { Authorization: await emulator.issuer.authorization(alice) };
  await emulator.close();
  assert.equal(await statusOf('/export', { 'X-API-Key': apiKey }), 503);
  assert.equal(await statusOf('/me', headers), 200);
  assert.equal(await statusOf('/health/ready'), 200);
});

test('an instance that starts without PropelAuth lives, and is not ready', async (context) => {
  const { emulator, statusOf } = await startNextToEmulator(context, false);
  assert.equal(await statusOf('/health/live'), 200);
  assert.equal(await statusOf('/health/ready'), 503);
  const headers = { Authorization: await emulator.issuer.authorization(alice) };
  assert.equal(await statusOf('/me', headers), 503);
});

test('SIGTERM ends a build', async (context) => {
  const { build, url } = await startNextToEmulator(context);
  await build.stop();
  await assert.rejects(fetch(url));
});

test('a serverless function tries again after a failed start', async (context) => {
  const emulator = await createEmulator();
  const { issuer } = emulator;
  const { url: apiUrl } = await emulator.listen();
  process.env.PROPELAUTH_AUTH_URL = issuer.authUrl;
  process.env.PROPELAUTH_API_KEY = issuer.apiKey;
  process.env.PROPELAUTH_API_URL = apiUrl;
  const { default: handle } = await import('./serverless.js');
  const failures: unknown[] = [];
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      failures.push(error);
      response.writeHead(500).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  context.after(async () => {
    server.closeAllConnections();
    server.close();
    await emulator.close();
  });
  const { port } = server.address() as AddressInfo;
  const call = async (headers: Record<string, string> = {}) =>
    (await fetch(`http://127.0.0.1:${port}/me`, { headers })).status;

  emulator.fail('fetchTokenVerificationMetadata', { status: 401 });
  assert.equal(await call(), 500);
  assert.equal(failures.length, 1);
  emulator.reset();
  assert.equal(await call(), 401);
  assert.equal(await call({ Authorization: await issuer.authorization(alice) }), 200);
  assert.equal(failures.length, 1);
});

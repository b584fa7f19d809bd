import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createEmulator, type Emulator } from 'propelauth-emulator';
import { smokeTest } from './smoke-test.js';
import { startBuild } from './start-build.js';

const entry = join(import.meta.dirname, 'main.js');
const alice = { email: 'alice@example.com' };

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

test('a build notices a rotated key, and rejects tokens of another issuer', async (context) => {
  const emulator = await createEmulator();
  const { issuer } = emulator;
  const propelAuth = await emulator.listen();
  context.after(() => emulator.close());
  const build = startBuild(entry, {
    PROPELAUTH_AUTH_URL: issuer.authUrl,
    PROPELAUTH_API_KEY: issuer.apiKey,
    PROPELAUTH_API_URL: propelAuth.url,
  });
  context.after(() => build.stop());
  const statusFor = async (by: Emulator) => {
    const headers = { Authorization: await by.issuer.authorization(alice) };
    return (await fetch(`${await build.url}/me`, { headers })).status;
  };
  assert.equal(await statusFor(emulator), 200);
  assert.equal(await statusFor(await createEmulator()), 401);
  await emulator.rotateKey();
  assert.equal(await statusFor(emulator), 200);
});

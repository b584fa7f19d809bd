import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { readUntil } from '../package/output.mjs';
import { environmentFor, npm, run } from './command.mjs';

/** What an application must do on each version of Node.js, by name; each rejects where it does not. */
export const checks = {
  suite: runSuite,
  start: startAndStop,
  'one copy': loadOneCopy,
};

/** What starts later than this, in milliseconds, hangs. */
const DEADLINE = 60_000;

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

async function runSuite(cwd, nodeDirectory) {
  await npm(['run', 'test:e2e'], { cwd, nodeDirectory });
}

async function startAndStop(cwd, nodeDirectory) {
  const child = start(cwd, nodeDirectory);
  const exited = once(child, 'exit');
  try {
    const [, url] = /Listening at (\S+)/.exec(await readUntil(child, 'Listening at '));
    assert.equal((await fetch(`${url}/account`)).status, 401);
    assert.equal((await fetch(`${url}/health`)).status, 200);
  } finally {
    child.kill('SIGTERM');
  }
  assert.equal((await exited)[1], 'SIGTERM');
}

function start(cwd, nodeDirectory) {
  return spawn(join(nodeDirectory, 'node'), ['dist/main.js'], {
    cwd,
    env: {
      ...environmentFor(nodeDirectory),
      PORT: '0',
      PROPELAUTH_AUTH_URL: 'https://auth.example.com',
      PROPELAUTH_API_KEY: 'an-api-key',
      PROPELAUTH_VERIFIER_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: DEADLINE,
    killSignal: 'SIGKILL',
  });
}

/** Whether require() and import() get the same, for each entry point. */
async function loadOneCopy(cwd, nodeDirectory) {
  await run(
    join(nodeDirectory, 'node'),
    ['--input-type=commonjs', '--eval', `(${requireAndImport.toString()})()`],
    { cwd, nodeDirectory },
  );
}

/** Runs in the application, and sees nothing of this file. */
async function requireAndImport() {
  const { ok, strictEqual } = require('node:assert');
  const { exports: entryPoints } = require('nestjs-propelauth/package.json');
  for (const [path, target] of Object.entries(entryPoints)) {
    if (typeof target === 'string') continue;
    const name = path.replace('.', 'nestjs-propelauth');
    const required = require(name);
    ok(Object.keys(required).length > 0);
    for (const [key, value] of Object.entries(await import(name))) {
      strictEqual(required[key], value, `There are two copies of ${key}`);
    }
  }
}

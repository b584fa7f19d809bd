import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TestIssuer } from 'nestjs-propelauth/testing';

let accessTokenOf: (email: string) => Promise<string>;
let propelAuth: ChildProcess;
let services: string[];
const children: ChildProcess[] = [];
const orgId = (await TestIssuer.create()).orgId('Acme Inc');

/** Starts a file of the recipe in a process of its own, and waits for what it prints last. */
async function start(
  file: string,
  env: Record<string, string>,
  last: RegExp,
): Promise<{ child: ChildProcess; output: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (last.test(output)) resolve();
    });
    child.once('exit', () => reject(new Error(`${file} ended:\n${output}`)));
  });
  return { child, output };
}

async function startService(variables: Record<string, string>): Promise<string> {
  const env = { ...variables, NODE_ENV: 'production' };
  const { output } = await start('service.js', env, /running on: \S+\n/);
  const [url = ''] = /http:\S+(?=\n)/.exec(output) ?? [];
  return url;
}

before(async () => {
  const { child, output } = await start('propelauth.js', {}, /^PROPELAUTH_API_URL=.*\n/m);
  propelAuth = child;
  const variables = Object.fromEntries(
    [...output.matchAll(/^(PROPELAUTH_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  ) as Record<string, string>;
  assert.deepEqual(Object.keys(variables), [
    'PROPELAUTH_AUTH_URL',
    'PROPELAUTH_API_KEY',
    'PROPELAUTH_API_URL',
  ]);
  Object.assign(process.env, variables);
  ({ accessTokenOf } = await import('./access-token.js'));
  services = await Promise.all([startService(variables), startService(variables)]);
});

after(async () => {
  const running = children.filter(({ exitCode, signalCode }) => (exitCode ?? signalCode) === null);
  for (const child of running) {
    child.kill();
    await once(child, 'exit');
  }
});

async function statusesWith(token: string): Promise<number[]> {
  const headers = { Authorization: `Bearer ${token}` };
  return Promise.all(
    services.map(async (url) => (await fetch(`${url}/orgs/${orgId}/reports`, { headers })).status),
  );
}

test('all services accept the token of an admin', async () => {
  assert.deepEqual(await statusesWith(await accessTokenOf('alice@example.com')), [200, 200]);
});

test('all services reject a member, a token of another issuer and no token', async () => {
  assert.deepEqual(await statusesWith(await accessTokenOf('carol@example.com')), [403, 403]);
  const stranger = await TestIssuer.create();
  const forged = await stranger.accessToken({ orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] });
  assert.deepEqual(await statusesWith(forged), [401, 401]);
  assert.deepEqual(await statusesWith(''), [401, 401]);
});

test('there is no token for an unknown user', async () => {
  await assert.rejects(accessTokenOf('nobody@example.com'), /user\/email.*: 404/);
});

test('services keep accepting tokens after the process has ended', async () => {
  const token = await accessTokenOf('alice@example.com');
  propelAuth.kill();
  await once(propelAuth, 'exit');
  assert.deepEqual(await statusesWith(token), [200, 200]);
});

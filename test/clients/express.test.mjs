/*
 * @propelauth/express and @propelauth/node, which know one address of PropelAuth only, under `propelauth-emulator exec`.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import { findFreePort } from '../package/free-port.mjs';
import { startUnderEmulator } from './under-emulator.mjs';

const APPLICATION = fileURLToPath(new URL('express-app.mjs', import.meta.url));

let stop;
let authUrl;
let url;

before(async () => {
  const [port, appPort] = [await findFreePort(), await findFreePort()];
  authUrl = `http://localhost:${port}`;
  url = `http://127.0.0.1:${appPort}`;
  stop = await startUnderEmulator([process.execPath, APPLICATION], {
    port,
    cwd: import.meta.dirname,
    env: { PORT: String(appPort) },
    ready: /The application is ready/,
  });
});

after(() => stop?.());

async function tokenOf(user) {
  const response = await fetch(`${authUrl}/__emulator/token?user=${user}`);
  return response.text();
}

test('requireUser accepts a token of the emulator, and no other', async () => {
  const headers = { authorization: `Bearer ${await tokenOf('erin')}` };
  const response = await fetch(`${url}/me`, { headers });
  assert.deepEqual(await response.json(), { email: 'erin@example.com' });
  assert.equal((await fetch(`${url}/me`)).status, 401);
});

test('the token has the organizations of the user', async () => {
  const token = await tokenOf('erin');
  const [orgId] = Object.keys(decodeJwt(token).org_id_to_org_member_info);
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/orgs/${orgId}`, { headers });
  assert.deepEqual(await response.json(), { orgName: 'Acme Inc' });
});

test('users are created and fetched', async () => {
  const response = await fetch(`${url}/users`, { method: 'POST' });
  assert.deepEqual(await response.json(), { email: 'new@example.com' });
});

test('API keys are created and validated', async () => {
  const { user_id: userId } = decodeJwt(await tokenOf('erin'));
  const created = await fetch(`${url}/keys/${userId}`, { method: 'POST' });
  const { apiKeyToken } = await created.json();
  const response = await fetch(`${url}/key`, { headers: { 'x-api-key': apiKeyToken } });
  assert.deepEqual(await response.json(), { email: 'erin@example.com' });
  const unknown = await fetch(`${url}/key`, { headers: { 'x-api-key': 'unknown' } });
  assert.equal(unknown.status, 401);
});

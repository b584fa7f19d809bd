/*
 * @propelauth/nextjs in a small Next.js application, in a real browser, under `propelauth-emulator exec`.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../browser/chromium.mjs';
import { findFreePort } from '../package/free-port.mjs';
import { startUnderEmulator } from './under-emulator.mjs';

const cwd = fileURLToPath(new URL('next-app', import.meta.url));
const next = fileURLToPath(new URL('node_modules/next/dist/bin/next', import.meta.url));
const SEED = fileURLToPath(new URL('propelauth.emulator.json', import.meta.url));

/** The cookies of @propelauth/nextjs. */
const ACCESS_TOKEN = '__pa_at';
const REFRESH_TOKEN = '__pa_rt';

let stop;
let browser;
let page;
let context;
let origin;

before(async () => {
  const [port, nextPort] = [await findFreePort(), await findFreePort()];
  origin = `http://localhost:${nextPort}`;
  stop = await startUnderEmulator([process.execPath, next, 'dev', '--port', String(nextPort)], {
    port,
    flags: ['--seed', SEED],
    cwd,
    env: {
      PROPELAUTH_REDIRECT_URI: `${origin}/api/auth/callback`,
      NEXT_TELEMETRY_DISABLED: '1',
    },
    ready: /Ready in/,
  });
  browser = await launchChromium();
  context = await browser.newContext();
  page = await context.newPage();
});

after(async () => {
  await browser?.close();
  await stop?.();
});

async function signInAs(name) {
  await page.goto(origin);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name }).click();
  await page.waitForURL(`${origin}/`);
}

test('a server component and the browser see the user who signed in', async () => {
  await signInAs('erin');
  await page.getByText('The server sees erin@example.com, in no organization.').waitFor();
  await page.getByText('The browser sees erin@example.com.').waitFor();
});

test('the server refreshes the access token, with a refresh token that rotates', async () => {
  const first = await cookies();
  await context.clearCookies({ name: ACCESS_TOKEN });
  await page.reload();
  await page.getByText('The server sees erin@example.com').waitFor();
  const second = await cookies();
  assert.ok(second[ACCESS_TOKEN]);
  assert.notEqual(second[REFRESH_TOKEN], first[REFRESH_TOKEN]);
});

test('switching the organization changes the token', async () => {
  await page.getByRole('button', { name: 'Switch to Globex' }).click();
  await page.getByText('The server sees erin@example.com, Member of Globex.').waitFor();
  await page.getByRole('button', { name: 'Switch to Acme Inc' }).click();
  await page.getByText('The server sees erin@example.com, Owner of Acme Inc.').waitFor();
});

test('signing out ends the session', async () => {
  const { [REFRESH_TOKEN]: refreshToken } = await cookies();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Loading').waitFor();
  await page.reload();
  await page.getByText('Nobody is signed in.').waitFor();
  // The refresh token of before is of no use any more.
  await context.addCookies([{ name: REFRESH_TOKEN, value: refreshToken, url: origin }]);
  await page.reload();
  await page.getByText('Nobody is signed in.').waitFor();
});

async function cookies() {
  return Object.fromEntries((await context.cookies()).map(({ name, value }) => [name, value]));
}

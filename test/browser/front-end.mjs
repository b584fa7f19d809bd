/*
 * A front end on another port that uses PropelAuth's client for browsers as it is, in a real browser, with the emulator as its authUrl.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { decodeJwt, importSPKI, jwtVerify } from 'jose';
import { findFreePort } from '../package/free-port.mjs';
import { launchChromium } from './chromium.mjs';
import { startEmulator } from './emulator.mjs';
import { startFrontEnd } from './front-end/start-front-end.mjs';

const browser = await launchChromium();
after(() => browser.close());

const SEED = {
  orgs: [{ name: 'Acme Inc' }],
  users: [
    { name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Owner' }] },
    { name: 'bob', orgs: [{ org: 'Acme Inc', role: 'Admin' }] },
    { name: 'carol', orgs: [{ org: 'Acme Inc', role: 'Member' }] },
    { name: 'dave' },
  ],
};

describe('A front end with the emulator', () => {
  let running;
  let authUrl;
  let frontEnd;
  let context;
  let page;

  before(async () => {
    running = await startEmulator({ seed: SEED });
    authUrl = running.origin;
    const port = await findFreePort();
    frontEnd = {
      origin: `http://localhost:${port}`,
      server: await startFrontEnd(port, authUrl),
    };
  });

  after(async () => {
    frontEnd.server.close();
    await running.close();
  });

  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(`${frontEnd.origin}/reports?page=2`);
  });

  afterEach(() => context.close());

  /** Has the front end's client redirect the browser, and waits for the page. */
  async function redirect(method, ...parameters) {
    const arrival = page.waitForEvent('load');
    await page.evaluate(([name, args]) => window.client[name](...args), [method, parameters]);
    await arrival;
  }

  async function signInAs(firstName) {
    await redirect('redirectToLoginPage', { postLoginRedirectUrl: page.url() });
    await page.getByRole('button', { name: firstName }).click();
    await page.waitForURL(`${frontEnd.origin}/**`);
  }

  function authentication() {
    return page.evaluate(() => window.client.getAuthenticationInfoOrNull(true));
  }

  function tokenFor(orgId) {
    return page.evaluate((id) => window.client.getAccessTokenForOrg(id), orgId);
  }

  test('signs in, gets a token that applications accept, and signs out', async () => {
    assert.equal(await authentication(), null);
    await signInAs('alice');
    assert.equal(page.url(), `${frontEnd.origin}/reports?page=2`);

    const { accessToken, user, orgHelper, expiresAtSeconds } = await authentication();
    assert.equal(user.email, 'alice@example.com');
    assert.equal(typeof orgHelper, 'object');
    assert.ok(expiresAtSeconds > Date.now() / 1000);
    const key = await importSPKI(running.emulator.issuer.verifierKey, 'RS256');
    const { payload } = await jwtVerify(accessToken, key, { issuer: authUrl });
    assert.equal(payload.username, 'alice');

    await page.evaluate(() => window.client.logout(true));
    await page.waitForURL(`${frontEnd.origin}/`);
    assert.equal(await authentication(), null);
  });

  test('is signed in after a request that sends the form without a click, as the page about Playwright shows', async () => {
    await page.request.post(`${authUrl}/login`, {
      form: { user: 'alice' },
      headers: { Origin: authUrl },
    });
    await page.reload();
    assert.equal((await authentication()).user.username, 'alice');
  });

  test('gets a token for the active organization, and none for another', async () => {
    await signInAs('alice');
    const { accessToken: withoutOrg, orgIdToOrgMemberInfo } = await authentication();
    const [acme] = Object.values(orgIdToOrgMemberInfo);
    assert.equal(acme.orgName, 'Acme Inc');
    assert.equal(acme.userAssignedRole, 'Owner');
    assert.equal(decodeJwt(withoutOrg).org_member_info, undefined);

    const { accessToken } = await tokenFor(acme.orgId);
    assert.equal(decodeJwt(accessToken).org_member_info.org_id, acme.orgId);
    assert.equal((await tokenFor('another')).error, 'user_not_in_org');
  });

  test('is still signed in after a reload, and switches users', async () => {
    await signInAs('alice');
    await page.reload();
    assert.equal((await authentication()).user.username, 'alice');
    await redirect('redirectToAccountPage', { redirectBackToUrl: page.url() });
    await page.getByRole('button', { name: 'Switch to another user' }).click();
    await page.getByRole('button', { name: 'bob' }).click();
    await page.waitForURL(`${frontEnd.origin}/reports?page=2`);
    assert.equal((await authentication()).user.username, 'bob');
  });

  test('signs up with a link that returns to it', async () => {
    await redirect('redirectToSignupPage', {
      postSignupRedirectUrl: `${frontEnd.origin}/welcome`,
      userSignupQueryParameters: { plan: 'pro' },
    });
    await page.getByLabel('Email address').fill('erin@example.com');
    await page.getByLabel('New password').fill('a-password');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('link', { name: '/propelauth/magic_link' }).first().click();
    await page.waitForURL(`${frontEnd.origin}/welcome`);
    assert.equal((await authentication()).user.email, 'erin@example.com');
  });

  test('returns to the front end if it does not say where', async () => {
    await redirect('redirectToLoginPage');
    await page.getByRole('button', { name: 'alice' }).click();
    await page.waitForURL(`${frontEnd.origin}/`);
    assert.equal((await authentication()).user.username, 'alice');
  });

  test('signs in after a page for signed-in users, and returns from there', async () => {
    const redirectBackToUrl = page.url();
    await redirect('redirectToCreateOrgPage', { redirectBackToUrl });
    await page.getByRole('button', { name: 'alice' }).click();
    await page.getByRole('heading', { name: 'Create an organization' }).waitFor();
    await page.getByRole('link', { name: 'Back to the front end' }).click();
    await page.waitForURL(redirectBackToUrl);
  });

  for (const [method, heading, ...parameters] of [
    ['redirectToAccountPage', 'Account'],
    ['redirectToOrgPage', 'Organization', 'some-org'],
    ['redirectToCreateOrgPage', 'Create an organization'],
    ['redirectToSetupSAMLPage', 'Not in the emulator', 'some-org'],
  ]) {
    test(`returns from the page of ${method}()`, async () => {
      await signInAs('carol');
      await redirect(method, ...parameters, { redirectBackToUrl: page.url() });
      await page.getByRole('heading', { name: heading }).waitFor();
      assert.match(await page.locator('main').innerText(), /signed in as carol, Member of Acme/);
      await page.getByRole('link', { name: 'Back to the front end' }).click();
      await page.waitForURL(`${frontEnd.origin}/reports?page=2`);

      await redirect(method, ...parameters, { redirectBackToUrl: page.url() });
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${frontEnd.origin}/reports?page=2`);
      assert.equal(await authentication(), null);
    });
  }

  test('learns within a request that the user was disabled', async () => {
    await signInAs('bob');
    const { project } = running.emulator.core;
    const bob = project.findUserByUsername('bob');
    project.updateUser(bob, { enabled: false });
    assert.equal(await authentication(), null);
    project.updateUser(bob, { enabled: true });
  });

  test('hides sessions from scripts and from pages of other sites', async () => {
    await signInAs('alice');
    assert.equal(await page.evaluate(() => document.cookie), '');
    const cookies = await context.cookies();
    assert.equal(cookies.length, 1);
    assert.ok(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Lax'));

    const evil = await context.newPage();
    await evil.route('http://evil.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>evil</title>' }),
    );
    await evil.goto('http://evil.example/');
    assert.deepEqual(await evil.evaluate(attack, authUrl), ['blocked', 'blocked', 'blocked']);
    assert.equal((await authentication()).user.username, 'alice');

    // Pages of this machine may read what front ends need, and no page what scripts need; and by its other name, they have no session.
    const onOtherName = await context.newPage();
    await onOtherName.goto(`${authUrl.replace('localhost', '127.0.0.1')}/does-not-exist`);
    assert.deepEqual(await onOtherName.evaluate(attack, authUrl), [401, 'blocked', 200]);
    assert.equal((await authentication()).user.username, 'alice');
  });
});

/** What another page gets. It runs in that page. */
async function attack(url) {
  const attempt = (path, options) =>
    fetch(url + path, { credentials: 'include', ...options }).then(
      ({ status }) => status,
      () => 'blocked',
    );
  return [
    await attempt('/api/v1/refresh_token'),
    await attempt('/__emulator/token?user=alice'),
    await attempt('/api/v1/logout', { method: 'POST' }),
  ];
}

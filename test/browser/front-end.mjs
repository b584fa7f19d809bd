/*
 * A front end on another port that uses PropelAuth's client for browsers as it is, in a real browser, with the local
 * PropelAuth as its authUrl. Over each HTTP adapter.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { findFreePort } from '../package/free-port.mjs';
import { launchChromium } from './chromium.mjs';
import { importApi, startFrontEnd } from './front-end/start-front-end.mjs';
import { ADAPTERS, LOCAL_SECRET, WITH_SECRET } from './sample-app.mjs';

const browser = await launchChromium();
after(() => browser.close());
const { startApi } = await importApi();

for (const [adapterName, Adapter] of Object.entries(ADAPTERS)) {
  describe(`A front end with the local PropelAuth over ${adapterName}`, () => {
    let api;
    let authUrl;
    let frontEnd;
    let context;
    let page;

    before(async () => {
      const [apiPort, frontEndPort] = [await findFreePort(), await findFreePort()];
      authUrl = `http://localhost:${apiPort}`;
      const origin = `http://localhost:${frontEndPort}`;
      api = await startApi({
        port: apiPort,
        secret: LOCAL_SECRET,
        frontEnd: origin,
        adapter: new Adapter(),
      });
      frontEnd = { origin, server: await startFrontEnd(frontEndPort, authUrl) };
    });

    after(async () => {
      frontEnd.server.close();
      await api.close();
    });

    beforeEach(async () => {
      context = await browser.newContext();
      page = await context.newPage();
      // The link that the application prints.
      await page.goto(`${authUrl}/propelauth/users?${WITH_SECRET}`);
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

    /** What the API answers to the front end. */
    function callApi(path, accessToken) {
      return page.evaluate(
        async ([url, token]) => {
          const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
          return { status: response.status, body: await response.json() };
        },
        [authUrl + path, accessToken],
      );
    }

    test('signs in, calls the API, and signs out', async () => {
      assert.equal(await authentication(), null);
      await signInAs('alice');
      assert.equal(page.url(), `${frontEnd.origin}/reports?page=2`);

      const { accessToken, user, orgHelper, expiresAtSeconds } = await authentication();
      assert.equal(user.email, 'alice@example.com');
      assert.equal(typeof orgHelper, 'object');
      assert.ok(expiresAtSeconds > Date.now() / 1000);
      assert.deepEqual(await callApi('/me', accessToken), {
        status: 200,
        body: { email: 'alice@example.com' },
      });

      await page.evaluate(() => window.client.logout(true));
      await page.waitForURL(`${frontEnd.origin}/`);
      assert.equal(await authentication(), null);
    });

    test('gets a token for the active organization, and none for another', async () => {
      await signInAs('alice');
      const { accessToken: withoutOrg, orgIdToOrgMemberInfo } = await authentication();
      const [acme] = Object.values(orgIdToOrgMemberInfo);
      assert.equal(acme.orgName, 'Acme Inc');
      assert.equal(acme.userAssignedRole, 'Owner');

      const { accessToken } = await tokenFor(acme.orgId);
      assert.equal((await callApi('/reports', accessToken)).status, 200);
      assert.equal((await callApi('/reports', withoutOrg)).status, 403);
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

    test('signs up by choosing a user', async () => {
      await redirect('redirectToSignupPage', {
        postSignupRedirectUrl: `${frontEnd.origin}/welcome`,
        userSignupQueryParameters: { plan: 'pro' },
      });
      await page.getByRole('button', { name: 'dave' }).click();
      await page.waitForURL(`${frontEnd.origin}/welcome`);
      assert.equal((await authentication()).user.username, 'dave');
    });

    for (const [method, heading, ...parameters] of [
      ['redirectToAccountPage', 'Account'],
      ['redirectToOrgPage', 'Organization', 'some-org'],
      ['redirectToCreateOrgPage', 'Create an organization'],
      ['redirectToSetupSAMLPage', 'Set up SAML', 'some-org'],
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

    test('hides sessions from scripts and from pages of other origins', async () => {
      await signInAs('alice');
      assert.equal(await page.evaluate(() => document.cookie), '');
      const cookies = await context.cookies();
      assert.equal(cookies.length, 2);
      assert.ok(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Lax'));

      // Another port of the same site: the browser sends the cookies, and lets the page read nothing.
      const other = await startFrontEnd(await findFreePort(), authUrl);
      const otherPage = await context.newPage();
      await otherPage.goto(`http://localhost:${other.address().port}/`);
      const attempts = await otherPage.evaluate(async (url) => {
        const attempt = (path, options) =>
          fetch(url + path, { credentials: 'include', ...options }).then(
            ({ status }) => status,
            () => 'blocked',
          );
        return [
          await attempt('/api/v1/refresh_token'),
          await attempt('/api/v1/logout', { method: 'POST' }),
        ];
      }, authUrl);
      other.close();
      assert.deepEqual(attempts, ['blocked', 'blocked']);
      assert.equal((await authentication()).user.username, 'alice');
    });
  });
}

/*
 * Uses the page with the users of the local PropelAuth in a real browser, with JavaScript and without it, over each HTTP adapter. The
 * application is the sample app, and one with long names and HTML in them.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { NestFactory } from '@nestjs/core';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import { findFreePort } from '../package/free-port.mjs';
import { launchChromium } from './chromium.mjs';
import { ADAPTERS, LOCAL_SECRET, startSampleApp, WITH_SECRET } from './sample-app.mjs';
import { submitForm } from './submit-form.mjs';

const USERS = '/propelauth/users';
const ACME = 'acce0000-0000-4000-8000-000000000000';
const ALICE = 'a11ce000-0000-4000-8000-000000000001';
const CAROL = 'ca401000-0000-4000-8000-000000000003';

const browser = await launchChromium();
after(() => browser.close());

/** Opens the page with the users, and keeps what the browser complains about and asks for. */
async function openUsers(origin, options = {}) {
  const context = await browser.newContext({
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  context.setDefaultTimeout(10_000);
  const complaints = [];
  const origins = new Set();
  context.on('console', (message) => complaints.push(message.text()));
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('request', (request) => origins.add(new URL(request.url()).origin));
  const page = await context.newPage();
  await page.goto(`${origin}${USERS}?${WITH_SECRET}`);
  return { context, page, complaints, origins };
}

function cardOf(name, page) {
  return page.getByRole('article', { name });
}

async function backgroundAs(colorScheme, page) {
  await page.emulateMedia({ colorScheme });
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

/** Waits until the page says that the application has received an event. */
function waitForEvent(type, page) {
  return page.getByText(`${type} 204`, { exact: true }).waitFor();
}

function clipboardOf(page) {
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Starts an application that has nothing but these users. */
async function startWithUsers(users, adapter) {
  const port = await findFreePort();
  const origin = `http://localhost:${port}`;
  const local = LocalPropelAuthModule.forRoot({
    enabled: true,
    origin,
    secret: LOCAL_SECRET,
    seed: { users },
  });
  const app = await NestFactory.create(local, new ADAPTERS[adapter](), { logger: false });
  await app.listen(port, '127.0.0.1');
  return { origin, close: () => app.close() };
}

/** Calls a route of the sample app. */
async function call(origin, path, token, headers = {}, method = 'GET') {
  const authorization = { Authorization: `Bearer ${token}` };
  const response = await fetch(origin + path, {
    method,
    headers: { ...authorization, ...headers },
  });
  return { status: response.status, body: await response.json() };
}

for (const adapter of Object.keys(ADAPTERS)) {
  describe(`The users page over ${adapter}`, () => {
    let app;

    before(async () => {
      app = await startSampleApp(adapter);
    });

    after(() => app.close());

    describe('with JavaScript', () => {
      let opened;
      let page;

      beforeEach(async () => {
        opened = await openUsers(app.origin);
        ({ page } = opened);
      });

      afterEach(async () => {
        assert.deepEqual(opened.complaints, []);
        assert.deepEqual([...opened.origins], [app.origin]);
        await opened.context.close();
      });

      /** Presses a button, and waits for the message that something was copied. */
      async function copy(button, name) {
        await button.click();
        await page.getByRole('status').getByText(`Copied: ${name}`, { exact: true }).waitFor();
        return clipboardOf(page);
      }

      test('keeps the secret out of the address', () => {
        assert.equal(page.url(), app.origin + USERS);
      });

      test('has a card for each user, with organization and role', async () => {
        assert.equal(await page.getByRole('article').count(), 4);
        const alice = await cardOf('Alice Archer', page).innerText();
        for (const text of ['alice · alice@example.com', 'Owner of Acme Inc', 'can_view_billing']) {
          assert.ok(alice.includes(text), text);
        }
        assert.match(await cardOf('Dave Draper', page).innerText(), /In no organization/);
      });

      test('copies ids and API keys', async () => {
        const card = cardOf('Alice Archer', page);
        const button = (name) => card.getByRole('button', { name });
        assert.equal(await copy(button('Copy user id'), 'user id of Alice Archer'), ALICE);
        assert.equal(await copy(button('Copy id of Acme Inc'), 'id of Acme Inc'), ACME);
        const key = 'API key of alice';
        assert.equal(await copy(button(`Copy ${key}`), key), 'alices-local-api-key');
      });

      test('copies an access token that is not on the page', async () => {
        const button = cardOf('Bob Baker', page).getByRole('button', { name: 'Copy token' });
        const token = await copy(button, 'token of Bob Baker');
        assert.doesNotMatch(await page.content(), /eyJ/);
        const answer = await call(app.origin, `/api/org/${ACME}/admin_only`, token);
        assert.deepEqual(answer, {
          status: 200,
          body: { message: 'You are an Admin of Acme Inc' },
        });
      });

      test('copies a curl command that calls the application', async () => {
        const button = cardOf('Bob Baker', page).getByRole('button', { name: 'Copy curl command' });
        const command = await copy(button, 'curl command of Bob Baker');
        const [, token, url] = /^curl -H "Authorization: Bearer (\S+)" (\S+)$/.exec(command);
        assert.equal(url, `${app.origin}/`);
        assert.equal((await call(app.origin, '/', token)).status, 200);
      });

      test('creates a step-up grant that is copied and works once', async () => {
        const card = cardOf('Alice Archer', page);
        const button = card.getByRole('button', { name: 'Copy token' });
        const token = await copy(button, 'token of Alice Archer');
        assert.equal(await card.getByLabel('Action').inputValue(), 'WITHDRAW_FUNDS');
        await card.getByRole('button', { name: 'Create step-up grant' }).click();
        await page.getByRole('heading', { name: 'Step-up grant' }).waitFor();
        const grant = await copy(
          page.getByRole('button', { name: 'Copy' }),
          'step-up grant of Alice Archer',
        );
        const withdraw = () =>
          call(app.origin, '/api/withdrawals', token, { 'x-step-up-grant': grant }, 'POST');
        assert.equal((await withdraw()).status, 200);
        assert.equal((await withdraw()).status, 403);
        await page.getByRole('link', { name: 'Back to the users' }).click();
        await cardOf('Alice Archer', page).waitFor();
      });

      test('works with the keyboard', async () => {
        const card = cardOf('Alice Archer', page);
        await page.keyboard.press('Tab');
        const names = [];
        for (let index = 0; index < 9; index++) {
          names.push(await page.evaluate(() => document.activeElement.textContent));
          await page.keyboard.press('Tab');
        }
        assert.deepEqual(names, [
          'Copy id of Acme Inc',
          'Copy user id of Alice Archer',
          'Copy API key of alice',
          'Show access token of Alice Archer',
          'Copy token of Alice Archer',
          'Copy curl command of Alice Archer',
          '', // the input
          'Create step-up grant for Alice Archer',
          'Change Alice Archer',
        ]);
        await card.getByRole('button', { name: 'Copy user id' }).focus();
        await page.keyboard.press('Enter');
        await page.getByText('Copied: user id of Alice Archer').waitFor();
        assert.equal(await clipboardOf(page), ALICE);
      });

      test('fits the width of a phone', async () => {
        await page.setViewportSize({ width: 320, height: 640 });
        for (const path of [USERS, `${USERS}/access-token?user=alice`]) {
          await page.goto(app.origin + path);
          for (const changes of await page.locator('summary').all()) await changes.click();
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
        }
      });

      test('uses the color scheme of the system', async () => {
        assert.notEqual(await backgroundAs('light', page), await backgroundAs('dark', page));
      });

      test('removes a member, who gets 403 on the next call, and adds them again', async () => {
        const check = `/api/org/${ACME}/check`;
        const card = cardOf('Carol Cooper', page);
        const button = card.getByRole('button', { name: 'Copy token' });
        const token = await copy(button, 'token of Carol Cooper');
        assert.equal((await call(app.origin, check, token)).status, 200);
        await card.locator('summary').click();
        await card.getByRole('button', { name: 'Remove' }).click();
        const event = { event_type: 'user.removed_from_org', removed_user_id: CAROL, org_id: ACME };
        await waitForEvent('user.removed_from_org', page);
        const copyEvent = page.getByRole('button', { name: 'Copy event' }).first();
        assert.deepEqual(JSON.parse(await copy(copyEvent, 'event user.removed_from_org')), event);
        assert.equal((await call(app.origin, check, token)).status, 403);
        assert.equal((await call(app.origin, '/', token)).status, 200);
        await card.locator('summary').click();
        assert.equal(await card.getByLabel('Organization').inputValue(), 'Acme Inc');
        await card.getByLabel('Role').selectOption('Member');
        await card.getByRole('button', { name: 'Add' }).click();
        await waitForEvent('user.added_to_org', page);
        assert.match(await card.innerText(), /Member of Acme Inc/);
      });
    });

    test('says what to do when a token cannot be copied', async () => {
      const { context, page } = await openUsers(app.origin);
      await context.clearCookies();
      await cardOf('Bob Baker', page).getByRole('button', { name: 'Copy token' }).click();
      await page
        .getByText('Not copied: token of Bob Baker. Open a link that the application printed')
        .waitFor();
      await context.close();
    });

    test('works without JavaScript', async () => {
      const { context, page, complaints } = await openUsers(app.origin, {
        javaScriptEnabled: false,
      });
      assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0);
      const card = cardOf('Alice Archer', page);
      assert.match(await card.innerText(), /alices-local-api-key/);
      await card.getByRole('link', { name: 'Show access token' }).click();
      const token = await page.locator('#token').innerText();
      assert.equal((await call(app.origin, '/', token)).status, 200);
      assert.ok((await page.locator('#curl').innerText()).startsWith('curl '));
      await page.getByRole('link', { name: 'Back to the users' }).click();
      await card.getByRole('button', { name: 'Create step-up grant' }).click();
      assert.match(await page.locator('main').innerText(), /\b[0-9a-f]{64}\b/);
      await page.getByRole('link', { name: 'Back to the users' }).click();
      await card.locator('summary').click();
      await card.getByRole('button', { name: 'Disable' }).click();
      await waitForEvent('user.disabled', page);
      assert.equal((await call(app.origin, '/', token)).status, 401);
      await card.locator('summary').click();
      await card.getByRole('button', { name: 'Enable' }).click();
      await waitForEvent('user.enabled', page);
      assert.deepEqual(complaints, []);
      await context.close();
    });

    test('gives other sites neither a token nor a step-up grant', async () => {
      const { context, page } = await openUsers(app.origin);
      // The same address by its other name: to the browser, another site.
      await page.goto(app.origin.replace('localhost', '127.0.0.1') + '/docs');
      const token = await page.evaluate(
        readWithCookies,
        `${app.origin}${USERS}/access-token?user=alice`,
      );
      assert.match(token, /TypeError/);
      const action = `${app.origin}${USERS}/step-up-grant`;
      const answer = page.waitForResponse(action);
      await page.evaluate(submitForm, {
        action,
        fields: { user: 'alice', action_type: 'WITHDRAW' },
      });
      assert.equal((await answer).status(), 403);
      await context.close();
    });

    test('escapes names of any length, shows many users, and finds them', async () => {
      const hostile = `<img src=x onerror="document.title='taken'">'"&`;
      const users = [
        { name: hostile, email: 'hostile@example.com' },
        { name: 'w'.repeat(400), email: 'long@example.com' },
        ...Array.from({ length: 198 }, (_, index) => ({ name: `user${index}` })),
      ];
      const large = await startWithUsers(users, adapter);
      const opened = await openUsers(large.origin, { viewport: { width: 375, height: 700 } });
      const { page } = opened;
      assert.equal(await page.getByRole('article').count(), 200);
      assert.equal(await page.title(), 'Users');
      assert.equal(await page.locator('img').count(), 0);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
      await page.getByLabel('Find a user').fill('hostile@');
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByText('The search found 1 of 200 users.').waitFor();
      await cardOf(hostile, page).getByRole('button', { name: 'Copy token' }).click();
      await page.getByText(`Copied: token of ${hostile}`).waitFor();
      assert.match(await clipboardOf(page), /^eyJ/);
      assert.deepEqual(opened.complaints, []);
      await opened.context.close();
      await large.close();
    });

    if (process.env.UPDATE_SCREENSHOT && adapter === 'Express') {
      test('updates the screenshot for the documentation', async () => {
        const unchanged = await startSampleApp(adapter);
        const { context, page } = await openUsers(unchanged.origin, {
          viewport: { width: 1200, height: 730 },
        });
        await page.evaluate((port) => {
          const [text] = document.querySelector('main > p').childNodes;
          text.textContent = text.textContent.replace(port, '3000');
        }, new URL(unchanged.origin).port);
        await cardOf('Alice Archer', page).locator('summary').click();
        await page.screenshot({ path: 'docs/local-users.png' });
        await context.close();
        await unchanged.close();
      });
    }
  });
}

/** Reads a page from another one, which it runs in. Answers why it cannot. */
function readWithCookies(url) {
  return fetch(url, { credentials: 'include' }).then(() => 'read', String);
}

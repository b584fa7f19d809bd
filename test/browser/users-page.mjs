/*
 * Uses the users page of the emulator in a real browser, with JavaScript and without it: with the users of the sample app, and with long
 * names and HTML in them.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { importSPKI, jwtVerify } from 'jose';
import { launchChromium } from './chromium.mjs';
import { startEmulator, startWebhookReceiver } from './emulator.mjs';
import { submitForm } from './submit-form.mjs';

const TOKEN_PATH = '/__emulator/access-token';
const ACME = 'acce0000-0000-4000-8000-000000000000';
const ALICE = 'a11ce000-0000-4000-8000-000000000001';
const CAROL = 'ca401000-0000-4000-8000-000000000003';

const SEED = {
  orgs: [{ name: 'Acme Inc', orgId: ACME }],
  users: [
    {
      name: 'alice',
      userId: ALICE,
      firstName: 'Alice',
      lastName: 'Archer',
      mfaEnabled: true,
      orgs: [{ org: 'Acme Inc', role: 'Owner', permissions: ['can_view_billing'] }],
    },
    {
      name: 'bob',
      firstName: 'Bob',
      lastName: 'Baker',
      orgs: [{ org: 'Acme Inc', role: 'Admin' }],
    },
    {
      name: 'carol',
      userId: CAROL,
      firstName: 'Carol',
      lastName: 'Cooper',
      orgs: [{ org: 'Acme Inc', role: 'Member' }],
    },
    { name: 'dave', firstName: 'Dave', lastName: 'Draper' },
  ],
  apiKeys: [{ key: 'alices-local-api-key', user: 'alice', displayName: 'of alice' }],
};

const browser = await launchChromium();
after(() => browser.close());

/** Opens the users page, and keeps what the browser complains about and asks for. */
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
  await page.goto(origin);
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

/** The claims of an access token, as an application verifies it. */
async function claimsOf(token, { issuer }) {
  const key = await importSPKI(issuer.verifierKey, 'RS256');
  return (await jwtVerify(token, key, { issuer: issuer.authUrl })).payload;
}

/** Asks what an application asks when a user sends a step-up grant. */
async function verifyGrant(origin, { issuer }, grant) {
  const response = await fetch(`${origin}/api/backend/v1/mfa/step-up/verify-grant`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${issuer.apiKey}` },
    body: JSON.stringify({ action_type: 'WITHDRAW_FUNDS', user_id: ALICE, grant }),
  });
  return response.status;
}

describe('The users page of the emulator', () => {
  let emulator;
  let origin;
  let application;
  let running;

  before(async () => {
    application = await startWebhookReceiver();
    running = await startEmulator({ seed: SEED, webhooks: application.url });
    ({ emulator, origin } = running);
  });

  after(async () => {
    await running.close();
    application.close();
  });

  beforeEach(() => emulator.reset());

  describe('with JavaScript', () => {
    let opened;
    let page;

    beforeEach(async () => {
      opened = await openUsers(origin);
      ({ page } = opened);
    });

    afterEach(async () => {
      assert.deepEqual(opened.complaints, []);
      assert.deepEqual([...opened.origins], [origin]);
      await opened.context.close();
    });

    /** Presses a button, and waits for the message that something was copied. */
    async function copy(button, name) {
      await button.click();
      await page.getByRole('status').getByText(`Copied: ${name}`, { exact: true }).waitFor();
      return clipboardOf(page);
    }

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
      const claims = await claimsOf(token, emulator);
      assert.equal(claims.org_id_to_org_member_info[ACME].user_role, 'Admin');
    });

    test('copies a curl command', async () => {
      const button = cardOf('Bob Baker', page).getByRole('button', { name: 'Copy curl command' });
      const command = await copy(button, 'curl command of Bob Baker');
      const [, token, url] = /^curl -H "Authorization: Bearer (\S+)" (\S+)$/.exec(command);
      assert.equal(url, 'http://localhost:3000/');
      assert.equal((await claimsOf(token, emulator)).username, 'bob');
    });

    test('creates a step-up grant that is copied and works once', async () => {
      const card = cardOf('Alice Archer', page);
      await card.getByLabel('Action').fill('WITHDRAW_FUNDS');
      await card.getByRole('button', { name: 'Create step-up grant' }).click();
      await page.getByRole('heading', { name: 'Step-up grant' }).waitFor();
      const grant = await copy(
        page.getByRole('button', { name: 'Copy' }),
        'step-up grant of Alice Archer',
      );
      assert.equal(await verifyGrant(origin, emulator, grant), 200);
      assert.equal(await verifyGrant(origin, emulator, grant), 400);
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
      for (const path of ['/', `${TOKEN_PATH}?user=alice`]) {
        await page.goto(origin + path);
        for (const changes of await page.locator('summary').all()) await changes.click();
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      }
    });

    test('uses the color scheme of the system', async () => {
      assert.notEqual(await backgroundAs('light', page), await backgroundAs('dark', page));
    });

    test('removes a member, of which the application hears, and adds them again', async () => {
      const sent = application.events.length;
      const card = cardOf('Carol Cooper', page);
      await card.locator('summary').click();
      await card.getByRole('button', { name: 'Remove' }).click();
      const event = { event_type: 'user.removed_from_org', removed_user_id: CAROL, org_id: ACME };
      await waitForEvent('user.removed_from_org', page);
      const copyEvent = page.getByRole('button', { name: 'Copy event' }).first();
      assert.deepEqual(JSON.parse(await copy(copyEvent, 'event user.removed_from_org')), event);
      assert.deepEqual(application.events.slice(sent), [event]);
      assert.match(await card.innerText(), /In no organization/);
      await card.locator('summary').click();
      assert.equal(await card.getByLabel('Organization').inputValue(), 'Acme Inc');
      await card.getByLabel('Role').selectOption('Member');
      await card.getByRole('button', { name: 'Add' }).click();
      await waitForEvent('user.added_to_org', page);
      assert.match(await card.innerText(), /Member of Acme Inc/);
    });

    test('deletes an organization', async () => {
      await page.getByRole('button', { name: 'Delete Acme Inc' }).click();
      await waitForEvent('org.deleted', page);
      assert.match(await cardOf('Alice Archer', page).innerText(), /In no organization/);
    });
  });

  test('says what to do when a token cannot be copied', async () => {
    const { context, page } = await openUsers(origin);
    await context.route(`**${TOKEN_PATH}*`, (route) => route.abort());
    await cardOf('Bob Baker', page).getByRole('button', { name: 'Copy token' }).click();
    await page
      .getByText('Not copied: token of Bob Baker. The emulator does not respond.')
      .waitFor();
    await context.close();
  });

  test('works without JavaScript', async () => {
    const { context, page, complaints } = await openUsers(origin, { javaScriptEnabled: false });
    assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0);
    const card = cardOf('Alice Archer', page);
    assert.match(await card.innerText(), /alices-local-api-key/);
    await card.getByRole('link', { name: 'Show access token' }).click();
    const token = await page.locator('#token').innerText();
    assert.equal((await claimsOf(token, emulator)).username, 'alice');
    assert.ok((await page.locator('#curl').innerText()).startsWith('curl '));
    await page.getByRole('link', { name: 'Back to the users' }).click();
    await card.getByLabel('Action').fill('WITHDRAW_FUNDS');
    await card.getByRole('button', { name: 'Create step-up grant' }).click();
    assert.match(await page.locator('main').innerText(), /\b[0-9a-f]{64}\b/);
    await page.getByRole('link', { name: 'Back to the users' }).click();
    await card.locator('summary').click();
    await card.getByRole('button', { name: 'Disable' }).click();
    await waitForEvent('user.disabled', page);
    assert.equal(await card.getByRole('link', { name: 'Show access token' }).count(), 0);
    await card.locator('summary').click();
    await card.getByRole('button', { name: 'Enable' }).click();
    await waitForEvent('user.enabled', page);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('gives other pages of this machine neither a token, nor a step-up grant, nor a frame', async () => {
    const other = await startEmulator({ seed: SEED });
    // Another port, which is the same site, and the same port by its other name, which is another site.
    for (const foreign of [other.origin, origin.replace('localhost', '127.0.0.1')]) {
      const { context, page } = await openUsers(foreign);
      await page.goto(`${foreign}/does-not-exist`);
      assert.match(
        await page.evaluate(readWithCookies, `${origin}${TOKEN_PATH}?user=alice`),
        /TypeError/,
      );
      assert.match(await page.evaluate(readWithCookies, `${origin}/`), /TypeError/);
      assert.match(await frameIn(page, `${origin}/`), /frame-ancestors|X-Frame-Options/i);
      for (const [path, fields] of [
        ['/__emulator/step-up-grant', { user: 'alice', action_type: 'WITHDRAW_FUNDS' }],
        ['/__emulator/change', { change: 'user.deleted', user_id: ALICE }],
        ['/login', { user: 'alice' }],
      ]) {
        await page.goto(`${foreign}/does-not-exist`);
        const answer = page.waitForResponse(origin + path);
        await page.evaluate(submitForm, { action: origin + path, fields });
        assert.equal((await answer).status(), 403);
        await page.waitForURL(origin + path);
      }
      assert.deepEqual(await context.cookies(), []);
      await context.close();
    }
    assert.ok(emulator.core.project.users.has(ALICE));
    await other.close();
  });

  test('escapes names of any length, shows many users, and finds them', async () => {
    const hostile = `<img src=x onerror="document.title='taken'">'"&`;
    const users = [
      { name: hostile, email: 'hostile@example.com' },
      { name: 'w'.repeat(400), email: 'long@example.com' },
      ...Array.from({ length: 198 }, (_, index) => ({ name: `user${index}` })),
    ];
    const large = await startEmulator({ seed: { users } });
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

  if (process.env.UPDATE_SCREENSHOT) {
    test('updates the screenshot for the documentation', async () => {
      const { context, page } = await openUsers(origin, { viewport: { width: 1200, height: 730 } });
      await page.evaluate((port) => {
        const [text] = document.querySelector('main > p').childNodes;
        text.textContent = text.textContent.replace(port, '4000');
      }, new URL(origin).port);
      await cardOf('Alice Archer', page).locator('summary').click();
      await page.screenshot({ path: process.env.UPDATE_SCREENSHOT });
      await context.close();
    });
  }
});

/** Reads a page from another one, which it runs in. Answers why it cannot. */
function readWithCookies(url) {
  return fetch(url, { credentials: 'include' }).then(() => 'read', String);
}

/** Frames a page in another one, and returns what the browser says about it. */
async function frameIn(page, url) {
  const complaint = page.waitForEvent('console');
  await page.evaluate((src) => {
    document.body.append(Object.assign(document.createElement('iframe'), { src }));
  }, url);
  return (await complaint).text();
}

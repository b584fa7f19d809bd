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

const REQUESTS_PATH = '/__emulator/requests';
const OUTBOX_PATH = '/__emulator/outbox';
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

/** Opens a form, or the question before something that cannot be undone. */
function openIn(card, text) {
  return card.locator('summary', { hasText: text }).last().click();
}

/** Sends a form that is open. */
function press(card, text) {
  return card.getByRole('button', { name: text }).first().click();
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

    test('has a card for each user and organization, with organization and role', async () => {
      assert.equal(await page.getByRole('article').count(), 5);
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
      const name = 'access token of Bob Baker';
      const token = await copy(page.getByRole('button', { name: `Copy ${name}` }), name);
      assert.doesNotMatch(await page.content(), /eyJ/);
      const claims = await claimsOf(token, emulator);
      assert.equal(claims.org_id_to_org_member_info[ACME].user_role, 'Admin');
    });

    test('copies commands that call the application', async () => {
      const card = cardOf('Bob Baker', page);
      await card.getByText('Call with curl…').click();
      const commands = await copy(
        card.getByRole('button', { name: 'Copy curl command' }),
        'curl command',
      );
      const port = new URL(origin).port;
      assert.equal(
        commands,
        `TOKEN=$(npx propelauth-emulator token bob --port ${port})\ncurl -H "Authorization: Bearer $TOKEN" http://localhost:3000/`,
      );
    });

    test('creates a step-up grant that is copied and works once', async () => {
      const card = cardOf('Alice Archer', page);
      await openIn(card, 'Create step-up grant');
      await card.getByLabel('Action').fill('WITHDRAW_FUNDS');
      await press(card, 'Create step-up grant');
      const name = 'step-up grant WITHDRAW_FUNDS';
      const grant = await copy(card.getByRole('button', { name: `Copy ${name}` }), name);
      assert.equal(await verifyGrant(origin, emulator, grant), 200);
      assert.equal(await verifyGrant(origin, emulator, grant), 400);
      await card.getByText('Step-up grant WITHDRAW_FUNDS').first().waitFor({ state: 'detached' });
    });

    test('works with the keyboard', async () => {
      const names = [];
      for (let index = 0; index < 14; index++) {
        await page.keyboard.press('Tab');
        names.push(await page.evaluate(() => document.activeElement.textContent.trim()));
      }
      assert.deepEqual(names.slice(4), [
        'Add user …',
        'Add organization …',
        'Copy id of Acme Inc',
        'Change role of Alice Archer in Acme Inc…',
        'Create API key of Alice Archer in Acme Inc…',
        'Remove of Alice Archer in Acme Inc…',
        'Copy user id of Alice Archer',
        'Copy API key of alice',
        'Delete API key of alice…',
        'Show access token of Alice Archer',
      ]);
      const card = cardOf('Alice Archer', page);
      await card.locator('summary', { hasText: 'Change role' }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.press('M');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await card.getByText('Member of Acme Inc').waitFor();
      const focused = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
      assert.equal(focused, 'Alice Archer');
    });

    test('fits the width of a phone', async () => {
      await page.setViewportSize({ width: 320, height: 640 });
      for (const path of ['/', REQUESTS_PATH, OUTBOX_PATH, '/login', '/signup', '/account']) {
        await page.goto(origin + path);
        for (const panel of await page.locator('summary').all()) await panel.click();
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      }
    });

    test('breaks no id in two', async () => {
      for (const width of [360, 390, 1280]) {
        await page.setViewportSize({ width, height: 700 });
        for (const id of await page.getByText(ALICE, { exact: true }).all()) {
          assert.ok((await id.boundingBox()).height < 32, `at ${width}`);
        }
      }
    });

    test('uses the color scheme of the system', async () => {
      assert.notEqual(await backgroundAs('light', page), await backgroundAs('dark', page));
    });

    test('removes a member, of which the application hears, and adds them again', async () => {
      const sent = application.events.length;
      const card = cardOf('Carol Cooper', page);
      await openIn(card, 'Remove');
      await press(card, 'Remove');
      const event = { event_type: 'user.removed_from_org', removed_user_id: CAROL, org_id: ACME };
      await waitForEvent('user.removed_from_org', page);
      const copyEvent = page.getByRole('button', { name: 'Copy event' }).first();
      assert.deepEqual(JSON.parse(await copy(copyEvent, 'event user.removed_from_org')), event);
      assert.deepEqual(application.events.slice(sent), [event]);
      assert.match(await card.innerText(), /In no organization/);
      await openIn(card, 'Add to organization');
      await card.getByLabel('Organization').fill('Acme Inc');
      await card.getByLabel('Role').selectOption('Member');
      await press(card, 'Add to organization');
      await waitForEvent('user.added_to_org', page);
      assert.match(await card.innerText(), /Member of Acme Inc/);
    });

    test('changes a card in its place, marks it, and leaves what is open and typed elsewhere', async () => {
      await page.setViewportSize({ width: 600, height: 500 });
      await openIn(cardOf('Alice Archer', page), 'Create API key');
      await cardOf('Alice Archer', page).getByLabel('Name of the key').last().fill('typed');
      const card = cardOf('Carol Cooper', page);
      await openIn(card, 'Change role');
      await card.getByLabel('Role').selectOption('Admin');
      const button = card.getByRole('button', { name: 'Change role' });
      await button.scrollIntoViewIfNeeded();
      const place = await button.boundingBox();
      await button.click();
      await card.getByText('Admin of Acme Inc').waitFor();
      assert.deepEqual(await button.boundingBox(), place);
      assert.equal(await page.locator('.changed').getAttribute('aria-label'), 'Carol Cooper');
      const typed = cardOf('Alice Archer', page).getByLabel('Name of the key').last();
      assert.equal(await typed.inputValue(), 'typed');
      assert.ok(await typed.isVisible());
      assert.match(page.url(), /changed=user%3Aca401000/);
    });

    test('adds a user, an organization, an invitation and an API key', async () => {
      const additions = page.locator('#additions');
      await openIn(additions, 'Add user');
      for (const email of ['erin@example.com', 'frank@example.com']) {
        await additions.getByLabel('Email address').fill(email);
        await press(additions, 'Add user');
        await cardOf(email, page).waitFor();
        assert.equal(await page.locator('.changed').getAttribute('aria-label'), email);
        assert.equal(await additions.getByLabel('Email address').inputValue(), '');
      }
      await openIn(additions, 'Add organization');
      await additions.getByLabel('Name', { exact: true }).fill('Beta');
      await press(additions, 'Add organization');
      const beta = cardOf('Beta', page);
      await openIn(beta, 'Invite');
      await beta.getByLabel('Email address').fill('grace@example.com');
      await press(beta, 'Invite');
      await beta.getByText('grace@example.com invited as Member').waitFor();
      await openIn(beta, 'Create API key');
      await beta.getByLabel('Name of the key').fill('nightly');
      await press(beta, 'Create API key');
      await beta.getByText('API key nightly of the organization').waitFor();
    });

    test('says why nothing was changed', async () => {
      const additions = page.locator('#additions');
      await openIn(additions, 'Add user');
      await additions.getByLabel('Email address').fill('alice@example.com');
      await press(additions, 'Add user');
      await page.getByText('Nothing was changed. email: Is taken by another user.').waitFor();
      assert.equal(await additions.getByLabel('Email address').inputValue(), 'alice@example.com');
      // What the browser says of a status like 400.
      assert.match(opened.complaints.pop(), /400 \(Bad Request\)/);
    });

    test('asks before it deletes', async () => {
      const acme = cardOf('Acme Inc', page);
      assert.equal(await acme.getByRole('button', { name: 'Delete' }).count(), 0);
      await openIn(acme, 'Delete');
      await acme.getByText('This also deletes its invitations and API keys.').waitFor();
      await press(acme, 'Delete');
      await waitForEvent('org.deleted', page);
      assert.match(await cardOf('Alice Archer', page).innerText(), /In no organization/);
    });

    test('sends an event again', async () => {
      await press(cardOf('Dave Draper', page), 'Disable');
      await waitForEvent('user.disabled', page);
      const sent = application.events.length;
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.locator('aside .changed').waitFor();
      const event = {
        event_type: 'user.disabled',
        user_id: emulator.issuer.userId({ username: 'dave' }),
      };
      assert.deepEqual(application.events.slice(sent), [event]);
    });

    test('shows what others change, but not while someone types', async () => {
      await page.clock.install();
      await page.reload();
      emulator.addUser({ email: 'erin@example.com' });
      await page.clock.runFor(2_000);
      await cardOf('erin@example.com', page).waitFor();
      const additions = page.locator('#additions');
      await openIn(additions, 'Add user');
      const email = additions.getByLabel('Email address');
      await email.fill('half an addr');
      emulator.addUser({ email: 'frank@example.com' });
      const requests = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.clock.runFor(10_000);
      assert.deepEqual(requests, []);
      await email.blur();
      await page.clock.runFor(2_000);
      await cardOf('frank@example.com', page).waitFor();
      assert.equal(await email.inputValue(), 'half an addr');
    });

    test('shows messages as they come, and their links sign in once', async () => {
      await page.getByRole('link', { name: 'Outbox' }).click();
      await page.getByText('There are none yet.').waitFor();
      await fetch(`${origin}/api/backend/v1/invite_user`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${emulator.issuer.apiKey}` },
        body: JSON.stringify({ email: 'erin@example.com', org_id: ACME, role: 'Member' }),
      });
      await page.getByRole('heading', { name: 'Join Acme Inc as Member' }).waitFor();
      const link = page.getByRole('link', { name: '/propelauth/magic_link' });
      const address = await link.getAttribute('href');
      await link.click();
      await page.waitForURL(`${origin}/account`);
      await page.getByText('You are signed in as erin@example.com, Member of Acme Inc.').waitFor();
      await page.goto(origin + address);
      await page.getByRole('heading', { name: 'This link does not work' }).waitFor();
      assert.match(opened.complaints.pop(), /400 \(Bad Request\)/);
    });

    test('shows requests as they come', async () => {
      await page.getByRole('link', { name: 'Requests' }).click();
      await page.getByRole('heading', { name: 'Requests' }).waitFor();
      await fetch(`${origin}/api/backend/v1/scim?secret`, {
        headers: { Authorization: `Bearer ${emulator.issuer.apiKey}` },
      });
      await page.getByRole('row', { name: 'GET /api/backend/v1/* 501 application' }).waitFor();
    });
  });

  test('says what to do when a token cannot be copied', async () => {
    const { context, page } = await openUsers(origin);
    await context.route('**/__emulator/token?*', (route) => route.abort());
    await page.getByRole('button', { name: 'Copy access token of Bob Baker' }).click();
    await page
      .getByText('Not copied: access token of Bob Baker. The emulator does not respond.')
      .waitFor();
    await context.close();
  });

  test('works without JavaScript', async () => {
    const { context, page, complaints } = await openUsers(origin, { javaScriptEnabled: false });
    assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0);
    const card = cardOf('Alice Archer', page);
    assert.match(await card.innerText(), /alices-local-api-key/);
    await card.getByRole('link', { name: 'Show access token' }).click();
    const token = await page.locator('body').innerText();
    assert.equal((await claimsOf(token, emulator)).username, 'alice');
    await page.goBack();
    await openIn(card, 'Create step-up grant');
    await card.getByLabel('Action').fill('WITHDRAW_FUNDS');
    await press(card, 'Create step-up grant');
    assert.match(await card.innerText(), /\b[0-9a-f]{64}\b/);
    await press(card, 'Disable');
    await waitForEvent('user.disabled', page);
    assert.equal(await card.getByRole('link', { name: 'Show access token' }).count(), 0);
    await press(card, 'Enable');
    await waitForEvent('user.enabled', page);
    await page.setViewportSize({ width: 600, height: 500 });
    const carol = cardOf('Carol Cooper', page);
    await openIn(carol, 'Change role');
    await carol.getByLabel('Role').selectOption('Admin');
    await press(carol, 'Change role');
    await carol.getByText('Admin of Acme Inc').waitFor();
    assert.ok((await page.evaluate(() => window.scrollY)) > 300);
    assert.equal(await page.locator('.changed').getAttribute('aria-label'), 'Carol Cooper');
    assert.ok(await carol.getByLabel('Role').isVisible());
    await openIn(carol, 'Delete');
    await press(carol, 'Delete');
    await waitForEvent('user.deleted', page);
    assert.equal(await carol.count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  for (const javaScriptEnabled of [true, false]) {
    test(`lets users sign up, create an organization and choose a new password, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const { context, page, complaints } = await openUsers(`${origin}/login`, {
        javaScriptEnabled,
      });
      await page.getByText('Sign in with a password or a link, or sign up').click();
      await page.getByRole('link', { name: 'Sign up' }).click();
      await page.getByLabel('Email address').fill('erin@example.com');
      await page.getByLabel('New password').fill('a-password');
      await page.getByRole('button', { name: 'Sign up' }).click();
      await page.getByRole('heading', { name: 'Confirm your email address' }).waitFor();
      await page.getByRole('link', { name: '/propelauth/magic_link' }).click();
      await page.getByText('You are signed in as erin@example.com').waitFor();
      await page.getByLabel('First name').fill('Erin');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('You are signed in as Erin').waitFor();
      await page.getByRole('link', { name: 'Create an organization' }).click();
      await page.getByLabel('Name').fill('Beta');
      await page.getByRole('button', { name: 'Create' }).click();
      await page.getByText('Erin, Owner', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.goto(`${origin}/login`);
      await page.getByText('Sign in with a password or a link, or sign up').click();
      await page.getByLabel('Email address').fill('erin@example.com');
      await page.getByRole('button', { name: 'Forgotten password' }).click();
      await page.getByRole('link', { name: '/propelauth/magic_link' }).first().click();
      await page.getByLabel('New password').fill('another-password');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: 'Switch to another user' }).click();
      await page.getByText('Sign in with a password or a link, or sign up').click();
      await page.getByLabel('Email address').fill('erin@example.com');
      await page.getByLabel('Password').fill('another-password');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByText('You are signed in as Erin, Owner of Beta.').waitFor();
      assert.deepEqual(
        complaints.filter((each) => !each.includes('username fields')),
        [],
      );
      await context.close();
    });
  }

  test('gives other pages of this machine neither a token, nor a step-up grant, nor a frame', async () => {
    const other = await startEmulator({ seed: SEED });
    // Another port, which is the same site, and the same port by its other name, which is another site.
    for (const foreign of [other.origin, origin.replace('localhost', '127.0.0.1')]) {
      const { context, page } = await openUsers(foreign);
      await page.goto(`${foreign}/does-not-exist`);
      for (const path of ['/__emulator/token?user=alice', '/', REQUESTS_PATH, OUTBOX_PATH]) {
        assert.match(await page.evaluate(readWithCookies, origin + path), /TypeError/);
      }
      for (const path of ['/', REQUESTS_PATH, OUTBOX_PATH, '/signup', '/account']) {
        assert.match(await frameIn(page, origin + path), /frame-ancestors|X-Frame-Options/i);
        assert.equal(await page.evaluate(readAsScript, origin + path), 'not loaded');
      }
      for (const [path, fields] of [
        ['/__emulator/change', { change: 'deleteUser', user_id: ALICE }],
        ['/__emulator/change', { change: 'createUser', email: 'mallory@example.com' }],
        ['/__emulator/change', { change: 'createApiKey', user_id: ALICE }],
        ['/login', { user: 'alice' }],
        ['/signup', { email: 'mallory@example.com', new_password: 'a-password' }],
        ['/forgot_password', { email: 'alice@example.com' }],
        ['/account/security', { new_password: 'a-password' }],
        ['/create_org', { name: 'Evil Inc' }],
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
    const { users, orgs, apiKeys, outbox } = emulator.core.project;
    assert.deepEqual(outbox.messages, []);
    assert.equal(orgs.size, SEED.orgs.length);
    assert.ok(users.has(ALICE));
    assert.equal(users.size, SEED.users.length);
    assert.equal(apiKeys.size, SEED.apiKeys.length);
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
    assert.equal(await page.title(), 'Users · Your project');
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
    await page.getByLabel('Find a user').fill('hostile@');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('The search found 1 of 200 users.').waitFor();
    await cardOf(hostile, page).getByRole('button', { name: 'Copy access token' }).click();
    await page.getByText(`Copied: access token of ${hostile}`).waitFor();
    assert.match(await clipboardOf(page), /^eyJ/);
    assert.deepEqual(opened.complaints, []);
    await opened.context.close();
    await large.close();
  });

  if (process.env.UPDATE_SCREENSHOT) {
    test('updates the screenshot for the documentation', async () => {
      const { context, page } = await openUsers(origin, { viewport: { width: 1200, height: 730 } });
      await page.evaluate((port) => {
        const text = document.querySelector('.top .quiet');
        text.textContent = text.textContent.replace(port, '4000');
      }, new URL(origin).port);
      await page.screenshot({ path: 'docs/emulator-users.png' });
      await context.close();
    });
  }
});

/** Reads a page from another one, which it runs in. Answers why it cannot. */
function readWithCookies(url) {
  return fetch(url, { credentials: 'include' }).then(() => 'read', String);
}

/** Loads a page as a script of another one, which it runs in. */
function readAsScript(src) {
  return new Promise((resolve) => {
    const script = Object.assign(document.createElement('script'), {
      src,
      onload: () => resolve('loaded'),
      onerror: () => resolve('not loaded'),
    });
    document.head.append(script);
  });
}

/** Frames a page in another one, and returns what the browser says about it. */
async function frameIn(page, url) {
  const complaint = page.waitForEvent('console');
  await page.evaluate((src) => {
    document.body.append(Object.assign(document.createElement('iframe'), { src }));
  }, url);
  return (await complaint).text();
}

/*
 * Uses the sample app's Swagger UI as a user does, in a real browser: pastes a token, signs in at the emulator, calls operations. Over
 * each HTTP adapter, since each serves the page in its own way.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { launchChromium } from './chromium.mjs';
import { startEmulator } from './emulator.mjs';
import { ADAPTERS, SEED, startSampleApp } from './sample-app.mjs';
import { submitForm } from './submit-form.mjs';
import { SwaggerUi } from './swagger-ui.mjs';

const ACME = 'acce0000-0000-4000-8000-000000000000';
const CAROL = 'ca401000-0000-4000-8000-000000000003';

const ORG = '/api/org/{orgId}';
const REQUIRED = [
  '/',
  '/api/withdrawals',
  '/api/account/closing',
  ...['check', 'admin_only', 'admin_or_owner', 'billing', 'report'].map(inOrg),
];
const FOR_SCRIPTS = '/api/script';
const OPTIONAL = '/api/whoami_optional';
const UNLOCKED = ['/api/health'];

function inOrg(name) {
  return `${ORG}/${name}`;
}

const browser = await launchChromium();
const { emulator, origin: authUrl, close } = await startEmulator({ seed: SEED });
after(() => Promise.all([browser.close(), close()]));

function tokenOf(user) {
  return emulator.issuer.sign(emulator.user(user));
}

for (const adapter of Object.keys(ADAPTERS)) {
  describe(`Swagger UI of the sample app over ${adapter}`, () => {
    let app;
    let context;
    let requests;
    let swaggerUi;

    before(async () => {
      app = await startSampleApp(adapter, emulator);
    });

    after(() => app.close());

    beforeEach(async () => {
      requests = [];
      context = await browser.newContext({ viewport: { width: 1200, height: 856 } });
      context.on('request', (request) => requests.push(request));
      swaggerUi = new SwaggerUi(await context.newPage(), app.origin);
      await swaggerUi.open();
    });

    afterEach(() => context.close());

    test('shows an open lock on routes that require or take a token, and none on routes that ignore it', async () => {
      const locks = await swaggerUi.locks();
      for (const path of REQUIRED) assert.equal(locks[path], 'open', path);
      for (const path of UNLOCKED) assert.equal(locks[path], 'none', path);
      assert.equal(locks[FOR_SCRIPTS], 'open');
      assert.equal(locks[OPTIONAL], 'open');
      assert.equal(Object.keys(locks).length, REQUIRED.length + UNLOCKED.length + 2);
    });

    test('opens Authorize at the sign-in, with its button in view', async () => {
      const dialog = await swaggerUi.openAuthorizeDialog();
      assert.match(await dialog.locator('h4').first().innerText(), /^oauth2 /);
      const { top, bottom } = await boundsOf(dialog.locator('.modal-ux-content'));
      const button = await boundsOf(dialog.getByLabel('Apply given OAuth2 credentials'));
      assert.ok(button.top >= top && button.bottom <= bottom);
    });

    test('calls admin_only as bob with his pasted token, and without a caller after he logs out', async () => {
      await swaggerUi.pasteToken(await tokenOf('bob'));
      const locks = await swaggerUi.locks();
      for (const path of [...REQUIRED, OPTIONAL]) assert.equal(locks[path], 'closed', path);
      for (const path of UNLOCKED) assert.equal(locks[path], 'none', path);
      assert.equal(locks[FOR_SCRIPTS], 'open');
      assert.deepEqual(await swaggerUi.execute(inOrg('admin_only'), { orgId: ACME }), {
        status: 200,
        body: { message: 'You are an Admin of Acme Inc' },
      });

      await swaggerUi.logOut();
      const rejected = await swaggerUi.execute(inOrg('admin_only'), { orgId: ACME });
      assert.equal(rejected.status, 401);
      assert.equal(rejected.body.reason, 'token_missing');
      assert.equal((await swaggerUi.locks())[inOrg('admin_only')], 'open');
    });

    test('signs in as carol, who stays signed in after a reload', async () => {
      await swaggerUi.signInAs('Carol');
      const rejected = await swaggerUi.execute(inOrg('admin_or_owner'), { orgId: ACME });
      assert.equal(rejected.status, 403);
      assert.equal(rejected.body.reason, 'role_missing');

      await swaggerUi.reload();
      assert.equal((await swaggerUi.locks())[inOrg('check')], 'closed');
      assert.deepEqual(await swaggerUi.execute(inOrg('check'), { orgId: ACME }), {
        status: 200,
        body: { message: 'You are in Acme Inc' },
      });
    });

    test('shows the caller of a route with an optional token, and calls it without a token', async () => {
      assert.deepEqual(await swaggerUi.execute(OPTIONAL), { status: 200, body: {} });
      await swaggerUi.signInAs('Carol');
      assert.deepEqual(await swaggerUi.execute(OPTIONAL), {
        status: 200,
        body: { user_id: CAROL },
      });
    });

    test('proves with PKCE that it began the sign-in, without a secret', async () => {
      await swaggerUi.signInAs('Carol');
      const [asked] = requests.map((request) => new URL(request.url())).filter(isForAuthorization);
      const [exchange] = requests.filter((request) => isForToken(new URL(request.url())));
      const form = new URLSearchParams(exchange.postData());
      assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');
      assert.equal(form.get('code_verifier').length, 43);
      assert.equal(form.get('client_id'), asked.searchParams.get('client_id'));
      assert.equal(form.has('client_secret'), false);
      assert.equal(exchange.headers().authorization, undefined);
    });

    test('contacts no origin but its own and that of PropelAuth', async () => {
      await swaggerUi.signInAs('Carol');
      await swaggerUi.execute(inOrg('check'), { orgId: ACME });
      const origins = new Set(requests.map((request) => new URL(request.url()).origin));
      assert.deepEqual(origins, new Set([app.origin, authUrl]));
    });

    test('does not help another site to get a code', async () => {
      const origin = app.origin.replace('localhost', '127.0.0.1');
      const window = await swaggerUi.startSignIn();
      await window.getByRole('button', { name: 'Carol' }).waitFor();
      const fields = Object.fromEntries(new URL(window.url()).searchParams);
      const action = `${authUrl}/propelauth/oauth/authorize`;

      // To the browser, another site than localhost.
      const otherSite = await context.newPage();
      await otherSite.goto(`${origin}/docs`);
      const answer = otherSite.waitForResponse(action);
      await otherSite.evaluate(submitForm, { action, fields: { ...fields, user: 'carol' } });
      assert.equal((await answer).status(), 403);
    });

    if (process.env.UPDATE_SCREENSHOT && adapter === 'Express') {
      test('updates the screenshot for the README', async () => {
        await swaggerUi.signInAs('Carol');
        await swaggerUi.page.screenshot({ path: 'docs/swagger-ui.png' });
      });
    }
  });
}

/** Where an element is on the page, in pixels. */
async function boundsOf(element) {
  const { y, height } = await element.boundingBox();
  return { top: y, bottom: y + height };
}

function isForAuthorization({ pathname }) {
  return pathname === '/propelauth/oauth/authorize';
}

function isForToken({ pathname }) {
  return pathname === '/propelauth/oauth/token';
}

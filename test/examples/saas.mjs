/*
 * examples/saas as its README says. Its tests run on PostgreSQL, as in production. Then its one command starts everything, with the database
 * that it brings along, and users work with it in Chromium.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { launchChromium } from '../browser/chromium.mjs';
import { findFreePort } from '../package/free-port.mjs';
import { Example } from './example.mjs';
import { McpAssistant } from './mcp-client.mjs';
import { startPostgres } from './postgres.mjs';

const example = new Example('examples/saas');

/** In milliseconds: the development server compiles each page when it is first opened. */
const PAGE_TIMEOUT = 120_000;

/** @propelauth/nextjs asks who is signed in. React complains when a page is left before all of it has arrived. */
const OF_STRANGERS = /401 \(Unauthorized\)|Connection closed/;

/** The narrowest of today's phones, in pixels. */
const PHONE = { width: 360, height: 780 };

before(async () => {
  for (const name of ['.database', 'api/dist', 'web/.next']) {
    rmSync(join(example.folder, name), { recursive: true, force: true });
  }
  await example.install();
});

describe('The tests of examples/saas', () => {
  const { env } = example;
  let postgres;

  before(async () => {
    postgres = await startPostgres();
    await example.npm('run', 'build', '-w', 'api');
  });
  after(async () => {
    example.env = env;
    await postgres.stop();
  });

  const databases = (user) => ({
    ...env,
    MIGRATIONS_URL: postgres.url('postgres'),
    TEST_DATABASE_URL: postgres.url(user),
  });

  const run = (statements) =>
    execFileSync('psql', ['-X', '-q', '-c', statements, postgres.url('postgres')]);

  test('pass on PostgreSQL, after the migrations', async () => {
    example.env = databases('saas_app');
    await example.npm('run', 'migrate');
    await example.npm('run', 'migrate');
    await example.npm('test');
  });

  test('fail for a role that policies do not apply to', async () => {
    example.env = databases('postgres');
    await assert.rejects(example.npm('test'), /Policies do not apply to the role postgres/);
  });

  test('fail with a table that has no policy, if the application can change it', async () => {
    example.env = databases('saas_app');
    run('create table invoices (org_id text); grant select on invoices to saas_app');
    await example.npm('test');
    run('grant update (org_id) on invoices to saas_app');
    await assert.rejects(example.npm('test'), /Policies do not apply to the table invoices/);
    run('drop table invoices');
  });

  test('are followed by a start for production, which rejects an emulator', async () => {
    example.env = {
      ...env,
      DATABASE_URL: postgres.url('saas_app'),
      PROPELAUTH_AUTH_URL: 'http://localhost:4000',
      PROPELAUTH_API_KEY: 'key',
      PROPELAUTH_WEBHOOK_SECRET: 'whsec_c2VjcmV0',
      PROPELAUTH_INTROSPECTION_CLIENT_ID: 'id',
      PROPELAUTH_INTROSPECTION_CLIENT_SECRET: 'secret',
    };
    const message = /is an address of this machine, with NODE_ENV=production/;
    await assert.rejects(example.npm('start', '-w', 'api'), message);
  });
});

describe('examples/saas', () => {
  let application;
  let browser;
  let context;
  let page;
  let problems;

  before(async () => {
    application = await start();
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await application?.stop();
  });

  beforeEach(() => signIn('alice'));

  afterEach(async ({ passed }) => {
    await context.close();
    // What the servers said, for a failure that happens once.
    if (!passed) console.error(application.printed());
    assert.deepEqual(problems, []);
  });

  /** Opens a browser of its own in which a user signs in. */
  async function signIn(name) {
    await open();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('button', { name }).click();
    await page.getByRole('heading', { name: 'Organizations' }).waitFor();
    await waitUntilSignedIn(page);
    ignoreProblems(OF_STRANGERS);
  }

  function ignoreProblems(expected) {
    problems = problems.filter((problem) => !expected.test(problem));
  }

  /** Opens a browser of its own, in which nobody is signed in. */
  async function open() {
    await context?.close();
    context = await browser.newContext();
    context.setDefaultTimeout(PAGE_TIMEOUT);
    page = await context.newPage();
    problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        problems.push(`${message.text()} ${message.location().url}`);
      }
    });
    await page.goto(application.web);
  }

  async function openProjects(org = 'Acme Inc') {
    await page.getByRole('link', { name: org }).click();
    await page.getByRole('heading', { name: `Projects of ${org}` }).waitFor();
  }

  async function create(label, text, button) {
    await page.getByLabel(label).fill(text);
    await page.getByRole('button', { name: button }).click();
  }

  const createProject = (name) => create('Name of the project', name, 'Create project');

  async function openProject(name) {
    await page.getByRole('link', { name }).click();
    await page.getByRole('button', { name: 'Add task' }).waitFor();
    await page.getByRole('heading', { name }).waitFor();
  }

  const archiveButtonOf = (project, of = page) =>
    of.getByRole('listitem').filter({ hasText: project }).getByRole('button', { name: 'Archive' });

  test('lets an Owner create a project and a task, take the task, and do it', async () => {
    await openProjects();
    await createProject('Launch');
    await openProject('Launch');
    await create('Title of the task', 'Write the announcement', 'Add task');
    await page.getByRole('button', { name: 'Take' }).click();
    await page.getByText('yours').waitFor();
    const checkbox = page.getByRole('checkbox', { name: 'Write the announcement' });
    await checkbox.click();
    await page.locator('input:checked').waitFor();
    await page.reload();
    assert.equal(await checkbox.isChecked(), true);
  });

  test('shows the tasks of the CI of the organization', async () => {
    await openProjects();
    await createProject('Operations');
    await openProject('Operations');
    const { pathname } = new URL(page.url());
    const response = await fetch(`${application.api}${pathname}/tasks`, {
      method: 'POST',
      headers: { 'X-API-Key': 'acme-ci', 'Content-Type': 'application/json' },
      body: JSON.stringify({ title: 'Fix the build' }),
    });
    assert.equal(response.status, 201);
    await page.reload();
    await page.getByText('Fix the build').waitFor();
  });

  test('shows each user the actions that are allowed: to Members, Admins, Owners, and on the free plan', async () => {
    await openProjects();
    await createProject('Next year');
    await archiveButtonOf('Next year').waitFor();
    await signIn('carol');
    await openProjects();
    await page.getByRole('link', { name: 'Next year' }).waitFor();
    assert.equal(await page.getByRole('main').getByRole('button').count(), 0);
    await signIn('bob');
    await openProjects();
    await createProject('Hiring');
    await archiveButtonOf('Hiring').click();
    await page.getByText('archived').waitFor();
    assert.equal(await archiveButtonOf('Next year').count(), 0);
    await signIn('dave');
    await openProjects('Globex');
    await createProject('Expansion');
    await page.getByRole('link', { name: 'Expansion' }).waitFor();
    assert.equal(await archiveButtonOf('Expansion').count(), 0);
  });

  test('says why a task is not saved: its project is archived, or the browser is offline', async () => {
    await openProjects();
    await createProject('Last year');
    await openProject('Last year');
    await create('Title of the task', 'Celebrate', 'Add task');
    const take = page.getByRole('button', { name: 'Take' });
    await take.waitFor();
    await context.setOffline(true);
    await take.click();
    await page.getByText('Not saved (offline).').waitFor();
    await context.setOffline(false);
    const [projects, other] = [await context.newPage(), await context.newPage()];
    const url = page.url().replace(/\/projects\/.*/, '');
    for (const opened of [projects, other]) {
      await opened.goto(url);
      await waitUntilSignedIn(opened);
    }
    await archiveButtonOf('Last year', projects).click();
    await projects.getByRole('listitem').filter({ hasText: 'archived' }).waitFor();
    await archiveButtonOf('Last year', other).click();
    await other.getByText('This project is archived.').waitFor();
    await take.click();
    await page.getByText('Not saved (409).').waitFor();
    await page.getByRole('heading', { name: 'archived' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Add task' }).count(), 0);
    ignoreProblems(/409 \(Conflict\)|INTERNET_DISCONNECTED/);
  });

  test('hides the projects of an organization from another one', async () => {
    await openProjects();
    await createProject('Secret');
    await page.getByRole('link', { name: 'Organizations' }).click();
    await openProjects('Globex');
    assert.equal(await page.getByRole('link', { name: 'Secret' }).count(), 0);
  });

  test('takes access from a Member who is removed, with the token that she has', async () => {
    await signIn('carol');
    await openProjects();
    const admin = await context.newPage();
    await admin.goto(application.emulator);
    const card = admin.getByRole('article', { name: 'carol' });
    await card.locator('summary', { hasText: /^Remove/ }).click();
    await card.getByRole('button', { name: /^Remove/ }).click();
    const event = admin.locator('dt', { hasText: 'user.removed_from_org' });
    await event.getByText('204').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: /No access/ }).waitFor();
    ignoreProblems(/403 \(Forbidden\)/);
  });

  test('lets an assistant of a member list the open tasks of the organization that she chooses', async () => {
    await openProjects();
    await createProject('Assistants');
    await openProject('Assistants');
    await create('Title of the task', 'Answer the assistant', 'Add task');
    await page.getByText('Answer the assistant').waitFor();
    const assistant = new McpAssistant(`${application.api}/mcp`, async (url, redirectUrl) => {
      const consent = await context.newPage();
      await consent.goto(url);
      const user = consent.getByRole('button', { name: 'alice' });
      if (await user.isVisible()) await user.click();
      await consent.getByLabel('Organization').selectOption('Acme Inc (Owner)');
      await consent.getByRole('button', { name: 'Allow' }).click();
      await consent.waitForURL(`${redirectUrl}?**`);
      return consent.url();
    });
    await assistant.start();
    const { content } = await assistant.callTool('list_tasks').finally(() => assistant.stop());
    assert.match(content[0].text, /Answer the assistant/);
  });

  test('leads a signed-out user back to the page after the sign-in', async () => {
    await openProjects();
    const url = page.url();
    await context.clearCookies();
    await page.goto(url);
    await page.getByRole('button', { name: 'alice' }).click();
    await page.getByRole('heading', { name: 'Projects of Acme Inc' }).waitFor();
    assert.equal(page.url(), url);
    ignoreProblems(OF_STRANGERS);
  });

  test('welcomes a stranger, who can sign up', async () => {
    await open();
    await page.getByRole('link', { name: 'Sign up' }).click();
    assert.equal(new URL(page.url()).origin, application.emulator);
    ignoreProblems(OF_STRANGERS);
  });

  test('lets a user without an organization create one', async () => {
    await signIn('erin');
    await page.getByText('You are in no organization.').waitFor();
    await page.getByRole('button', { name: 'Create an organization' }).click();
    await page.waitForURL(`${application.emulator}/create_org?**`);
  });

  test('says that there is no such project, and leads back', async () => {
    await openProjects();
    await page.goto(`${page.url()}/projects/${randomUUID()}`);
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await page.getByRole('link', { name: 'Choose an organization' }).click();
    await page.getByRole('heading', { name: 'Organizations' }).waitFor();
    ignoreProblems(/404 \(Not Found\)/);
  });

  test('fits a phone, and is dark where the system is', async () => {
    await page.setViewportSize(PHONE);
    await openProjects();
    await createProject('Translate the terms of service, and ask whether they cover all customers');
    await archiveButtonOf('Translate').waitFor();
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.notEqual(await background(), light);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);
  });

  test('has an icon where browsers ask for one before they have read the page', async () => {
    const { status, headers } = await fetch(`${application.web}/favicon.ico`);
    assert.deepEqual([status, headers.get('content-type')], [200, 'image/x-icon']);
  });

  test('documents its routes in Swagger UI', async () => {
    await page.goto(`${application.api}/docs`);
    await page.getByText('/orgs/{orgId}/projects', { exact: true }).first().waitFor();
  });
});

/** Nest says that it has started before it listens: the port can be taken. */
async function untilHealthy(url, printed) {
  const deadline = Date.now() + PAGE_TIMEOUT;
  for (;;) {
    const { ok } = await fetch(`${url}/health`).catch(() => ({ ok: false }));
    if (ok) return;
    if (Date.now() > deadline) throw new Error(`The API does not listen: ${printed()}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Its one command, on free ports, until both servers listen. */
async function start() {
  const [web, api, emulator] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const env = {
    DATABASE_URL: 'postgres://production.invalid/', // not used
    DEV_DATABASE_URL: undefined,
    PORT: String(web),
    API_PORT: String(api),
    API_URL: `http://localhost:${api}`,
    PROPELAUTH_REDIRECT_URI: `http://localhost:${web}/api/auth/callback`,
  };
  const script = example.startScript(emulator).replace('3001', String(api));
  const { stop, printed } = await example.launch(script, env, ['Ready in']);
  const [webUrl, apiUrl, emulatorUrl] = [web, api, emulator].map(
    (port) => `http://localhost:${port}`,
  );
  await untilHealthy(apiUrl, printed).catch(async (error) => {
    await stop();
    throw error;
  });
  return { web: webUrl, api: apiUrl, emulator: emulatorUrl, printed, stop };
}

/** The page's script runs, and has asked who is signed in. After that, it renders nothing anew by itself. */
async function waitUntilSignedIn(opened) {
  await opened.getByRole('button', { name: 'Sign out' }).waitFor();
}

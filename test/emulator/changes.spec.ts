import type { ServerResponse } from 'node:http';
import { decodeJwt } from 'jose';
import { createEmulator, createSecrets, type Seed } from 'propelauth-emulator';
import { registerCleanup } from '../support/clean-up.js';
import { onlyFakeTimeouts, until } from '../support/fake-timers.js';
import { Application } from './application.js';
import { Browser, ORIGIN } from './browser.js';

const PATH = '/__emulator/change';
const ACME = 'acce0000-0000-4000-8000-000000000000';
const BETA = 'be4a0000-0000-4000-8000-000000000000';
const ALICE = 'a11ce000-0000-4000-8000-000000000001';
const DAVE = 'da4e0000-0000-4000-8000-000000000004';
// Making keys takes longer than a test.
const SECRETS = await createSecrets();

const SEED: Seed = {
  roles: ['Owner', 'Admin', { name: 'Member', permissions: ['can_view'] }],
  orgs: [
    { name: 'Acme Inc', orgId: ACME },
    { name: 'Beta', orgId: BETA },
  ],
  users: [
    {
      name: 'alice',
      userId: ALICE,
      orgs: [
        { org: 'Acme Inc', role: 'Admin' },
        { org: 'Beta', role: 'Member' },
      ],
    },
    { name: 'dave', userId: DAVE },
  ],
};

/** Each change: the form and its event. */
const CHANGES = {
  disable: {
    form: { change: 'user.disabled', user_id: ALICE },
    event: { event_type: 'user.disabled', user_id: ALICE },
  },
  delete: {
    form: { change: 'user.deleted', user_id: ALICE },
    event: { event_type: 'user.deleted', user_id: ALICE },
  },
  add: {
    form: { change: 'user.added_to_org', user_id: DAVE, org: 'Beta', role: 'Admin' },
    event: { event_type: 'user.added_to_org', user_id: DAVE, org_id: BETA, role: 'Admin' },
  },
  demote: {
    form: { change: 'user.role_changed_within_org', user_id: ALICE, org: ACME, role: 'Member' },
    event: {
      event_type: 'user.role_changed_within_org',
      user_id: ALICE,
      org_id: ACME,
      new_role: 'Member',
    },
  },
  remove: {
    form: { change: 'user.removed_from_org', user_id: ALICE, org: ACME },
    event: { event_type: 'user.removed_from_org', removed_user_id: ALICE, org_id: ACME },
  },
  deleteOrg: {
    form: { change: 'org.deleted', org: ACME },
    event: { event_type: 'org.deleted', org_id: ACME },
  },
};
const ENABLE = { change: 'user.enabled', user_id: ALICE };

interface Started {
  readonly browser: Browser;
  readonly application: Application;
}

async function start(
  seed: Seed = SEED,
  respond?: (response: ServerResponse) => void,
): Promise<Started> {
  const application = new Application(respond);
  const webhooks = await application.listen();
  const emulator = await createEmulator({ seed, webhooks, authUrl: ORIGIN, secrets: SECRETS });
  registerCleanup(() => emulator.close());
  return { browser: new Browser(emulator), application };
}

async function change({ browser }: Started, form: Record<string, string>): Promise<Response> {
  const response = await browser.post(PATH, form);
  expect(response.status).toBe(303);
  return response;
}

async function pageOf({ browser }: Started): Promise<string> {
  const response = await browser.get('/');
  expect(response.status).toBe(200);
  return response.text();
}

/** The status of each event on the page, newest first. */
async function statusesOf(started: Started): Promise<string[]> {
  const [, events = ''] = (await pageOf(started)).split('Latest events');
  const [section = ''] = events.split('</section>');
  const rows = section.matchAll(/<strong>(.*?)<\/strong>\s*<span class="badge">(.*?)<\/span>/g);
  return [...rows].map(([, type, status]) => `${type}: ${status}`);
}

function askForToken({ browser }: Started, user: string): Promise<Response> {
  return browser.get(`/__emulator/token?user=${user}`);
}

async function membershipsOf(started: Started, user: string): Promise<unknown> {
  const response = await askForToken(started, user);
  return decodeJwt(await response.text())['org_id_to_org_member_info'];
}

async function afterSeconds(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

describe('A change on the users page of the emulator', () => {
  it.each(Object.entries(CHANGES))(
    'is sent to the application before the page is shown again: %s',
    async (_name, { form, event }) => {
      const started = await start();
      const { headers } = await change(started, form);
      expect(headers.get('location')).toBe('/');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(started.application.events).toEqual([event]);
      expect(await statusesOf(started)).toEqual([`${event.event_type}: 204`]);
      expect(await pageOf(started)).toContain(JSON.stringify(event).replaceAll('"', '&quot;'));
    },
  );

  it('gives new tokens the new role and its permissions', async () => {
    const started = await start();
    await change(started, CHANGES.demote.form);
    expect(await membershipsOf(started, 'alice')).toMatchObject({
      [ACME]: { user_role: 'Member', user_permissions: ['can_view'] },
    });
    await change(started, CHANGES.remove.form);
    await change(started, { change: 'org.deleted', org: BETA });
    expect(await membershipsOf(started, 'alice')).toEqual({});
    await change(started, { ...CHANGES.add.form, org: ACME });
    expect(await membershipsOf(started, 'dave')).toMatchObject({ [ACME]: { user_role: 'Admin' } });
  });

  it('keeps additional roles', async () => {
    const started = await start({
      roles: ['Admin', 'Billing', 'Member'],
      orgs: [{ name: 'Acme Inc', orgId: ACME }],
      users: [
        {
          name: 'alice',
          userId: ALICE,
          orgs: [{ org: 'Acme Inc', role: 'Admin', additionalRoles: ['Billing', 'Member'] }],
        },
      ],
    });
    await change(started, CHANGES.demote.form);
    expect(await pageOf(started)).toContain('<strong>Member and Billing</strong>');
  });

  it('keeps a disabled user on the page, who cannot sign in until enabled again', async () => {
    const started = await start();
    const { browser, application } = started;
    await change(started, CHANGES.disable.form);
    expect((await askForToken(started, 'alice')).status).toBe(400);
    const page = await pageOf(started);
    expect(page).toContain('<span class="badge">Disabled</span>');
    expect(page).not.toContain('/__emulator/access-token?user=alice');
    expect((await browser.get('/__emulator/access-token?user=alice')).status).toBe(404);
    const grant = { user: 'alice', action_type: 'PAY' };
    expect((await browser.post('/__emulator/step-up-grant', grant)).status).toBe(400);
    expect(await (await browser.get('/login')).text()).not.toContain('alice');
    expect((await browser.signIn('alice')).status).toBe(400);
    await change(started, ENABLE);
    expect((await askForToken(started, 'alice')).status).toBe(200);
    expect(application.events.at(-1)).toEqual({ event_type: 'user.enabled', user_id: ALICE });
  });

  it('is no change if someone else has made it', async () => {
    const started = await start();
    await change(started, ENABLE);
    expect(await statusesOf(started)).toEqual([]);
  });

  it('returns to the search results', async () => {
    const form = { ...CHANGES.disable.form, search: 'a&b' };
    const { headers } = await change(await start(), form);
    expect(headers.get('location')).toBe('/?search=a%26b');
  });

  it.each<[string, Record<string, string>]>([
    ['an unknown change', { change: 'user.updated', user_id: ALICE }],
    ['a change named like a property of every object', { change: 'constructor', user_id: ALICE }],
    ['no change', { user_id: ALICE }],
    ['no user', { change: 'user.disabled' }],
    ['an unknown user', { change: 'user.deleted', user_id: 'mallory' }],
    ['an unknown organization', { ...CHANGES.add.form, org: 'Gamma' }],
    ['an unknown role', { ...CHANGES.demote.form, role: 'Emperor' }],
    ['an unknown role of a new member', { ...CHANGES.add.form, role: 'Emperor' }],
    ['a user who is already a member', { ...CHANGES.add.form, user_id: ALICE }],
    ['a user who is not a member', { ...CHANGES.remove.form, user_id: DAVE }],
    ['the role of a user who is not a member', { ...CHANGES.demote.form, user_id: DAVE }],
  ])('is rejected for %s', async (_case, form) => {
    const started = await start();
    const before = await pageOf(started);
    const response = await started.browser.post(PATH, form);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Nothing was changed');
    expect(await pageOf(started)).toBe(before);
    expect(started.application.events).toEqual([]);
  });

  it.each([
    'https://evil.example',
    'http://localhost:9999',
    'http://127.0.0.1:4000',
    'https://localhost:4000',
    'null',
    undefined,
  ])('is rejected from a page of %s, also with the cookie of a user', async (origin) => {
    const started = await start();
    const { browser, application } = started;
    await browser.signIn('alice');
    await until(() => application.received.length === 1);
    const before = browser.emulator.core.webhooks.latest;
    const headers: Record<string, string> = origin === undefined ? {} : { origin };
    for (const { form } of Object.values(CHANGES)) {
      const response = await browser.post(PATH, form, headers);
      expect(response.status).toBe(403);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
    }
    expect(browser.emulator.core.webhooks.latest).toBe(before);
  });

  it('is never made by a GET request', async () => {
    const started = await start();
    const query = new URLSearchParams(CHANGES.delete.form).toString();
    const response = await started.browser.get(`${PATH}?${query}`, { origin: ORIGIN });
    expect(response.status).toBe(404);
    expect((await askForToken(started, 'alice')).status).toBe(200);
  });

  it('is not made by a form larger than 16 KiB', async () => {
    const started = await start();
    const form = { ...CHANGES.delete.form, search: 'x'.repeat(17_000) };
    expect((await started.browser.post(PATH, form)).status).toBe(413);
    expect((await askForToken(started, 'alice')).status).toBe(200);
  });
});

describe('The webhooks on the users page of the emulator', () => {
  it('say whether they are sent again', async () => {
    const started = await start(SEED, (response) => response.writeHead(500).end());
    await change(started, CHANGES.disable.form);
    expect(await statusesOf(started)).toEqual(['user.disabled: 500, sent again after 5 seconds']);
  });

  it('keep the page waiting for two seconds', async () => {
    const started = await start(SEED, () => {});
    onlyFakeTimeouts();
    const changing = change(started, CHANGES.disable.form);
    await until(() => started.application.received.length === 1);
    await afterSeconds(2);
    await changing;
    expect(await statusesOf(started)).toEqual(['user.disabled: no response yet']);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('are the latest three', async () => {
    const started = await start();
    for (const { form } of [CHANGES.disable, { form: ENABLE }, CHANGES.demote, CHANGES.remove]) {
      await change(started, form);
    }
    expect(await statusesOf(started)).toEqual([
      'user.removed_from_org: 204',
      'user.role_changed_within_org: 204',
      'user.enabled: 204',
    ]);
  });

  it('are not sent without the option, as the page says', async () => {
    const emulator = await createEmulator({ seed: SEED, authUrl: ORIGIN, secrets: SECRETS });
    const browser = new Browser(emulator);
    expect((await browser.post(PATH, CHANGES.disable.form)).status).toBe(303);
    const text = await (await browser.get('/')).text();
    expect(text).toContain('To receive them as webhooks, start it with <code>--webhooks</code>');
    expect(text).toContain('<span class="badge">Disabled</span>');
    expect(text).not.toContain('Latest events');
  });
});

import type { ServerResponse } from 'node:http';
import { decodeJwt } from 'jose';
import type { Seed } from 'propelauth-emulator';
import { ACTIONS } from '../../emulator/src/users-page/actions.js';
import type { Delivery } from '../../emulator/src/webhooks/delivery.js';
import { registerCleanup } from '../support/clean-up.js';
import { onlyFakeTimeouts, until } from '../support/fake-timers.js';
import { Application } from './application.js';
import { ACME, ALICE, BETA, Browser } from './browser.js';

const PATH = '/__emulator/change';
const DAVE = 'da4e0000-0000-4000-8000-000000000004';

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

/** Each change that is an event: the form and the event. */
const CHANGES = {
  createUser: {
    form: { change: 'createUser', email: 'erin@example.com', username: 'erin', last_name: '' },
    event: {
      event_type: 'user.created',
      user_id: expect.any(String),
      email: 'erin@example.com',
      email_confirmed: true,
      username: 'erin',
    },
  },
  createOrg: {
    form: { change: 'createOrg', name: 'Gamma' },
    event: { event_type: 'org.created', org_id: expect.any(String), name: 'Gamma' },
  },
  invite: {
    form: { change: 'inviteUserToOrg', org_id: BETA, email: 'dave@example.com', role: 'Admin' },
    event: {
      event_type: 'user.invited_to_org',
      org_id: BETA,
      email: 'dave@example.com',
      role: 'Admin',
    },
  },
  disable: {
    form: { change: 'disableUser', user_id: ALICE },
    event: { event_type: 'user.disabled', user_id: ALICE },
  },
  delete: {
    form: { change: 'deleteUser', user_id: ALICE },
    event: { event_type: 'user.deleted', user_id: ALICE },
  },
  add: {
    form: { change: 'addUserToOrg', user_id: DAVE, org: 'Beta', role: 'Admin' },
    event: { event_type: 'user.added_to_org', user_id: DAVE, org_id: BETA, role: 'Admin' },
  },
  demote: {
    form: { change: 'changeUserRoleInOrg', user_id: ALICE, org_id: ACME, role: 'Member' },
    event: {
      event_type: 'user.role_changed_within_org',
      user_id: ALICE,
      org_id: ACME,
      new_role: 'Member',
    },
  },
  remove: {
    form: { change: 'removeUserFromOrg', user_id: ALICE, org_id: ACME },
    event: { event_type: 'user.removed_from_org', removed_user_id: ALICE, org_id: ACME },
  },
  deleteOrg: {
    form: { change: 'deleteOrg', org_id: ACME },
    event: { event_type: 'org.deleted', org_id: ACME },
  },
};
const ENABLE = { change: 'enableUser', user_id: ALICE };

/** Changes that are no events of PropelAuth, or need something that the seed does not have. */
const OTHERS = {
  createApiKey: { change: 'createApiKey', user_id: ALICE, display_name: 'laptop' },
  deleteApiKey: { change: 'deleteApiKey', user_id: ALICE, api_key_id: 'a key' },
  revoke: { change: 'revokePendingOrgInvite', org_id: ACME, invitee_email: 'erin@example.com' },
  sendAgain: { change: 'sendWebhookAgain', message_id: 'an event' },
  grant: { change: 'createStepUpGrant', user_id: ALICE, action_type: 'PAY' },
  enable: ENABLE,
};

let browser: Browser;
let application: Application;

async function start(
  seed: Seed = SEED,
  respond?: (response: ServerResponse, count: number) => void,
): Promise<void> {
  application = new Application(respond);
  browser = await Browser.open({ seed, webhooks: await application.listen() });
  registerCleanup(() => browser.emulator.close());
}

async function change(form: Record<string, string>): Promise<Response> {
  const response = await browser.post(PATH, form);
  expect(response.status).toBe(303);
  return response;
}

const pageOf = () => browser.textOf('/');

/** The status of each event on the page, newest first. */
async function statusesOf(): Promise<string[]> {
  const [, events = ''] = (await pageOf()).split('Latest events');
  const [section = ''] = events.split('</aside>');
  const rows = section.matchAll(/<strong>(.*?)<\/strong>\s*<span class="badge \w+">(.*?)<\/span>/g);
  return [...rows].map(([, type, status]) => `${type}: ${status}`);
}

function askForToken(user: string): Promise<Response> {
  return browser.get(`/__emulator/token?user=${user}`);
}

async function membershipsOf(user: string): Promise<unknown> {
  const response = await askForToken(user);
  return decodeJwt(await response.text())['org_id_to_org_member_info'];
}

async function afterSeconds(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

beforeEach(() => start());

describe('A change on the users page of the emulator', () => {
  it.each(Object.entries(CHANGES))(
    'is sent to the application before the page is shown again: %s',
    async (_name, { form, event }) => {
      const { headers } = await change(form);
      expect(headers.get('location')).toMatch(
        /^\/\?changed=(user|org)%3A[\w-]+&panel=\w+%3A.*#(user|org):[\w-]+$/,
      );
      expect(headers.get('cache-control')).toBe('no-store');
      const [sent, ...others] = application.events;
      expect(sent).toEqual(event);
      expect(others).toEqual([]);
      expect(await statusesOf()).toEqual([`${event.event_type}: 204`]);
      expect(await pageOf()).toContain(JSON.stringify(sent).replaceAll('"', '&quot;'));
    },
  );

  it('gives new tokens the new role and its permissions', async () => {
    await change(CHANGES.demote.form);
    expect(await membershipsOf('alice')).toMatchObject({
      [ACME]: { user_role: 'Member', user_permissions: ['can_view'] },
    });
    await change(CHANGES.remove.form);
    await change({ change: 'deleteOrg', org_id: BETA });
    expect(await membershipsOf('alice')).toEqual({});
    await change({ ...CHANGES.add.form, org: ACME });
    expect(await membershipsOf('dave')).toMatchObject({ [ACME]: { user_role: 'Admin' } });
  });

  it('keeps additional roles', async () => {
    await start({
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
    await change(CHANGES.demote.form);
    expect(await pageOf()).toContain('<strong>Member and Billing</strong>');
  });

  it('keeps a disabled user on the page, who cannot sign in until enabled again', async () => {
    await change(CHANGES.disable.form);
    expect((await askForToken('alice')).status).toBe(400);
    const page = await pageOf();
    expect(page).toContain('<span class="badge bad">Disabled</span>');
    expect(page).not.toContain(`/__emulator/token?user=${ALICE}`);
    expect((await browser.post(PATH, OTHERS.grant)).status).toBe(400);
    expect(await browser.textOf('/login')).toMatch(
      /<button name="user" value="alice" disabled>\s*<strong>alice<\/strong> <span>disabled<\/span>/,
    );
    expect((await browser.signIn('alice')).status).toBe(400);
    await change(ENABLE);
    expect((await askForToken('alice')).status).toBe(200);
    expect(application.events.at(-1)).toEqual({ event_type: 'user.enabled', user_id: ALICE });
  });

  it('returns to the search results', async () => {
    const form = { ...CHANGES.disable.form, search: 'a&b' };
    const { headers } = await change(form);
    expect(headers.get('location')).toMatch(/^\/\?search=a%26b&changed=/);
  });

  it.each([
    ['the card of a user', CHANGES.demote.form, `user:${ALICE}`, 'changeUserRoleInOrg'],
    ['the card of an organization', CHANGES.invite.form, `org:${BETA}`, 'inviteUserToOrg'],
  ])('marks %s, and leaves the form open', async (_case, form, id, action) => {
    const address = (await change(form)).headers.get('location') as string;
    const page = await browser.textOf(address);
    expect(page.match(/class="card kept changed" id="[^"]+"/g)).toEqual([
      `class="card kept changed" id="${id}"`,
    ]);
    const open = [...page.matchAll(/<details class="panel" id="([^"]+)" open>/g)];
    expect(open.map(([, panel]) => panel)).toEqual([expect.stringContaining(`${action}:`)]);
  });

  it.each<[string, Record<string, string>]>([
    ['a user', { user_id: ALICE }],
    ['an organization', { org_id: ACME }],
    ['a user in an organization', { user_id: ALICE, org_id: ACME }],
  ])('creates and deletes API keys of %s', async (_owner, owner) => {
    await change({ change: 'createApiKey', display_name: 'laptop', ...owner });
    const [key] = browser.project.apiKeys.values();
    const { id = '', token = '' } = key ?? {};
    expect(await pageOf()).toContain(`<code>${token}</code>`);
    const validate = () =>
      browser.call('POST', '/end_user_api_keys/validate', { api_key_token: token });
    expect((await validate()).status).toBe(200);
    expect(key).toMatchObject({ displayName: 'laptop' });
    expect([key?.userId, key?.orgId]).toEqual([owner['user_id'], owner['org_id']]);
    await change({ change: 'deleteApiKey', api_key_id: id, ...owner });
    expect(await pageOf()).not.toContain(token);
    expect((await validate()).status).toBe(400);
  });

  it('shows an invitation until it is revoked', async () => {
    await change(CHANGES.invite.form);
    expect(await pageOf()).toMatch(/dave@example\.com <span class="badge ">invited as Admin</);
    await change({
      change: 'revokePendingOrgInvite',
      org_id: BETA,
      invitee_email: 'dave@example.com',
    });
    expect(await pageOf()).not.toContain('invited as');
  });

  it('is no call of the application, and no planned failure hits it', async () => {
    const { emulator } = browser;
    emulator.fail('createUser', { status: 503 });
    await change(CHANGES.createUser.form);
    expect(emulator.calls).toEqual([]);
  });

  it.each([
    'deleteUser',
    'deleteOrg',
    'removeUserFromOrg',
    'deleteApiKey',
    'revokePendingOrgInvite',
  ])('asks before: %s', async (action) => {
    await change(OTHERS.createApiKey);
    await change(CHANGES.invite.form);
    const panels = (await pageOf()).split('<details').slice(1);
    const panel = panels.find((each) => each.includes(`value="${action}"`));
    expect(panel).toMatch(
      /^ class="panel" id="[^"]+" >\s*<summary class="small danger">.*?…<\/summary>\s*<form .*?<p>[^<]+<\/p>\s*<button class="small danger">/s,
    );
    const [form = ''] = (panel as string).split('</form>');
    expect(form).toContain('name="change"');
  });

  it.each<[string, Record<string, string>]>([
    ['an unknown change', { change: 'updateUserPassword', user_id: ALICE, password: 'secret' }],
    ['a change named like a property of every object', { change: 'constructor', user_id: ALICE }],
    ['no change', { user_id: ALICE }],
    ['no user', { change: 'disableUser' }],
    ['an unknown user', { change: 'deleteUser', user_id: 'mallory' }],
    ['a user without an email address', { change: 'createUser', username: 'erin' }],
    [
      'a user with the email address of another',
      { change: 'createUser', email: 'Alice@example.com' },
    ],
    ['an organization without a name', { change: 'createOrg', name: ' ' }],
    ['the invitation of a member', { ...CHANGES.invite.form, email: 'alice@example.com' }],
    ['an invitation with an unknown role', { ...CHANGES.invite.form, role: 'Emperor' }],
    ['an API key of an unknown user', { change: 'createApiKey', user_id: 'mallory' }],
    [
      'an API key of a user in another organization',
      { change: 'createApiKey', user_id: DAVE, org_id: ACME },
    ],
    ['an unknown API key', OTHERS.deleteApiKey],
    ['an unknown invitation', OTHERS.revoke],
    ['an unknown event', OTHERS.sendAgain],
    ['a step-up grant of an unknown user', { ...OTHERS.grant, user_id: 'mallory' }],
    ['a step-up grant of no user', { ...OTHERS.grant, user_id: '' }],
    ['a step-up grant for no action', { ...OTHERS.grant, action_type: '' }],
    ['an unknown organization', { ...CHANGES.add.form, org: 'Gamma' }],
    ['an unknown role', { ...CHANGES.demote.form, role: 'Emperor' }],
    ['an unknown role of a new member', { ...CHANGES.add.form, role: 'Emperor' }],
    ['a user who is already a member', { ...CHANGES.add.form, user_id: ALICE }],
    ['a user who is not a member', { ...CHANGES.remove.form, user_id: DAVE }],
    ['the role of a user who is not a member', { ...CHANGES.demote.form, user_id: DAVE }],
  ])('is rejected for %s', async (_case, form) => {
    const before = await pageOf();
    expect(await browser.rejected(PATH, form)).toContain('Nothing was changed');
    expect(await pageOf()).toBe(before);
    expect(application.events).toEqual([]);
    expect(browser.project.grants.size).toBe(0);
  });

  it.each(Object.entries(ACTIONS).filter(([, action]) => 'adds' in action))(
    'has the limit of all pages if it adds something: %s',
    async (name) => {
      const { project } = browser;
      const [form] = [
        ...Object.values(CHANGES).map((each) => each.form),
        ...Object.values(OTHERS),
      ].filter((each) => each.change === name);
      project.counts.set('addedByPages', 1_000);
      const before = await pageOf();
      const text = await browser.rejected(PATH, form as Record<string, string>);
      expect(text).toContain('asked to add something 1000 times');
      expect(await pageOf()).toBe(before);
      project.counts.set('addedByPages', 999);
      await change(form as Record<string, string>);
      expect(project.counts.get('addedByPages')).toBe(1_000);
      await change(CHANGES.delete.form);
    },
  );
});

describe('The webhooks on the users page of the emulator', () => {
  it('say whether they are sent again', async () => {
    await start(SEED, (response) => response.writeHead(500).end());
    await change(CHANGES.disable.form);
    expect(await statusesOf()).toEqual(['user.disabled: 500, sent again after 5 seconds']);
  });

  it('keep the page waiting for two seconds', async () => {
    await start(SEED, () => {});
    onlyFakeTimeouts();
    const changing = change(CHANGES.disable.form);
    await until(() => application.received.length === 1);
    await afterSeconds(2);
    await changing;
    expect(await statusesOf()).toEqual(['user.disabled: no response yet']);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('are sent again, with the same id', async () => {
    await start(SEED, (response, count) => response.writeHead(count === 1 ? 500 : 204).end());
    onlyFakeTimeouts();
    await change(CHANGES.disable.form);
    const [{ messageId }] = browser.emulator.core.webhooks.latest as [Delivery];
    const form = { change: 'sendWebhookAgain', message_id: messageId };
    const { headers } = await change(form);
    expect(headers.get('location')).toMatch(
      new RegExp(`\\?changed=${messageId}&panel=.*#${messageId}$`),
    );
    expect(await statusesOf()).toEqual(['user.disabled: 204']);
    const ids = application.received.map((each) => each.headers['svix-id']);
    expect(ids).toEqual([messageId, messageId]);
    // It was to be sent again anyway, which is no longer needed.
    await afterSeconds(5);
    expect(application.received).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are not sent without the option, as the page says', async () => {
    browser = await Browser.open({ seed: SEED });
    await change(CHANGES.disable.form);
    const text = await pageOf();
    expect(text).toContain('as webhooks, start the emulator with <code>--webhooks</code>');
    expect(text).toContain('<span class="badge bad">Disabled</span>');
    expect((await browser.post(PATH, OTHERS.sendAgain)).status).toBe(400);
  });
});

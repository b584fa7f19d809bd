import type { Emulator, Seed } from 'propelauth-emulator';
import { registerCleanup } from '../support/clean-up.js';
import { onlyFakeTimeouts, stopClock, until } from '../support/fake-timers.js';
import { Application } from './application.js';
import { AUTHORIZATION, Browser, ORIGIN, SECRETS } from './browser.js';

const KEY = 'the-key-of-alice';

const ENDPOINTS = [
  ['GET', 'health'],
  ['POST', 'reset'],
  ['GET', 'state'],
  ['GET', 'events'],
  ['GET', 'calls'],
  ['POST', 'faults'],
  ['DELETE', 'faults'],
];

const SEED: Seed = {
  orgs: [{ name: 'Acme Inc' }],
  users: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Owner' }] }],
  apiKeys: [{ key: KEY, user: 'alice', org: 'Acme Inc' }],
};

let browser: Browser;
let emulator: Emulator;

async function start(webhooks?: string, seed = SEED): Promise<void> {
  browser = await Browser.open({ seed, webhooks });
  ({ emulator } = browser);
  registerCleanup(() => emulator.close());
}

function ask(
  method: string | undefined,
  name: string | undefined,
  headers: Record<string, string> = AUTHORIZATION,
): Promise<Response> {
  return emulator.fetch(`${ORIGIN}/__emulator/${name}`, { method, headers });
}

async function read(name: string): Promise<Record<string, object[]>> {
  const response = await ask('GET', name);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, object[]>;
}

beforeEach(() => start());

describe('What tests in any language ask the emulator', () => {
  it.each(ENDPOINTS)('is not for those without the API key: %s %s', async (method, name) => {
    emulator.addUser({ email: 'bob@example.com' });
    const { apiKey } = SECRETS;
    for (const authorization of ['', 'Bearer', 'Bearer wrong', apiKey, `Basic ${apiKey}`]) {
      const response = await ask(method, name, { authorization });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ error: expect.any(String) });
    }
    expect((await read('state'))['users']).toHaveLength(2);
  });

  it('says that the emulator runs', async () => {
    expect(await read('health')).toEqual({ status: 'ok' });
  });

  it('shows users, organizations, members, invitations and keys', async () => {
    const { user_id: alice } = browser.project.findUserByEmail('alice@example.com')!;
    const acme = emulator.issuer.orgId('Acme Inc');
    const email = 'bob@example.com';
    await browser.call('POST', '/invite_user', { email, org_id: acme, role: 'Member' });
    const state = await read('state');
    expect(Object.keys(state)).toEqual(['users', 'orgs', 'members', 'invites', 'api_keys']);
    expect(state).toMatchObject({
      users: [{ user_id: alice, email: 'alice@example.com', enabled: true, has_password: false }],
      orgs: [{ org_id: acme, name: 'Acme Inc' }],
      members: [{ user_id: alice, org_id: acme, role: 'Owner', additional_roles: [] }],
      invites: [{ invitee_email: email, org_id: acme, role_in_org: 'Member' }],
      api_keys: [{ user_id: alice, org_id: acme, is_archived: false }],
    });
  });

  it('shows all that a seed sets', async () => {
    stopClock(Date.UTC(2030, 0, 1));
    await start(undefined, {
      roles: ['Owner', 'Member'],
      roleMappings: [{ name: 'Paid' }],
      orgs: [
        {
          name: 'Acme Inc',
          metadata: { plan: 'pro' },
          domain: 'acme.com',
          domainAutojoin: true,
          maxUsers: 5,
          legacyOrgId: 'old-acme',
          roleMapping: 'Paid',
        },
      ],
      users: [
        {
          name: 'alice',
          firstName: 'Alice',
          metadata: { note: 1 },
          properties: { seats: 3 },
          legacyUserId: 'old-alice',
          pictureUrl: 'https://acme.com/alice.png',
          enabled: false,
          emailConfirmed: false,
          canCreateOrgs: true,
          mfaEnabled: true,
        },
        { name: 'bob' },
      ],
      apiKeys: [{ key: KEY, displayName: 'laptop', metadata: { a: 1 }, expiresInSeconds: 60 }],
      invites: [
        { email: 'carol@acme.com', org: 'Acme Inc', role: 'Owner', additionalRoles: ['Member'] },
      ],
    });
    expect(await read('state')).toMatchObject({
      orgs: [
        {
          name: 'Acme Inc',
          metadata: { plan: 'pro' },
          domain: 'acme.com',
          domain_autojoin: true,
          max_users: 5,
          legacy_org_id: 'old-acme',
          custom_role_mapping_name: 'Paid',
        },
      ],
      users: [
        {
          username: 'alice',
          first_name: 'Alice',
          metadata: { note: 1 },
          properties: { seats: 3 },
          legacy_user_id: 'old-alice',
          picture_url: 'https://acme.com/alice.png',
          enabled: false,
          email_confirmed: false,
          can_create_orgs: true,
          mfa_enabled: true,
        },
        {
          username: 'bob',
          enabled: true,
          email_confirmed: true,
          can_create_orgs: false,
          mfa_enabled: false,
        },
      ],
      api_keys: [{ display_name: 'laptop', metadata: { a: 1 }, expires_at_seconds: 1_893_456_060 }],
      invites: [
        {
          invitee_email: 'carol@acme.com',
          org_name: 'Acme Inc',
          role_in_org: 'Owner',
          additional_roles_in_org: ['Member'],
          expires_at: 1_894_665_600,
        },
      ],
    });
  });

  it('has no key, token or secret', async () => {
    const { body } = await browser.call('POST', '/end_user_api_keys', {});
    const { api_key_token: token = '' } = body;
    await browser.call('POST', '/end_user_api_keys/validate', { api_key_token: token });
    for (const name of ['health', 'state', 'events', 'calls']) {
      const text = JSON.stringify(await read(name));
      for (const secret of [KEY, token, SECRETS.apiKey, SECRETS.webhookSecret]) {
        expect(text).not.toContain(secret);
      }
    }
  });

  it('shows the latest 1,000 of each', async () => {
    for (let count = 1; count <= 1_100; count++) {
      emulator.addUser({
        email: `${count}@example.com`,
        orgs: [{ orgName: `Org ${count}`, role: 'Member' }],
      });
      emulator.createApiKey({ displayName: `Key ${count}` });
    }
    const { invites: _invites, ...state } = await read('state');
    const { events } = await read('events');
    for (const list of [...Object.values(state), events]) expect(list).toHaveLength(1_000);
    expect(state['users']?.at(-1)).toHaveProperty('email', '1100@example.com');
    expect(state['orgs']?.at(-1)).toHaveProperty('name', 'Org 1100');
    expect(state['members']?.at(-1)).toHaveProperty('org_id', emulator.issuer.orgId('Org 1100'));
    expect(state['api_keys']?.at(-1)).toHaveProperty('display_name', 'Key 1100');
    expect(events?.at(-1)).toHaveProperty('event.org_id', emulator.issuer.orgId('Org 1100'));
  });

  it('shows the calls of the backend API', async () => {
    await browser.call('GET', '/user/nobody');
    await browser.call('GET', '/custom_role_mappings');
    await emulator.fetch(`${ORIGIN}/login`);
    expect(await read('calls')).toEqual({
      calls: [
        { name: 'fetchUserMetadataByUserId', status: 404 },
        { name: 'fetchCustomRoleMappings', status: 200 },
      ],
    });
  });

  it('shows events, and what became of each', async () => {
    const application = new Application((response, count) =>
      response.writeHead(count === 1 ? 204 : 500).end(),
    );
    await start(await application.listen());
    const userId = emulator.addUser({ email: 'bob@example.com' });
    await browser.call('POST', `/user/${userId}/disable`);
    await emulator.core.webhooks.sentWithin(5_000);
    expect(await read('events')).toEqual({
      events: [
        { event: expect.objectContaining({ event_type: 'user.created' }), status: '204' },
        {
          event: { event_type: 'user.disabled', user_id: userId },
          status: '500, sent again after 5 seconds',
        },
      ],
    });
  });

  it('shows events that are sent nowhere', async () => {
    const userId = emulator.addUser({ email: 'bob@example.com' });
    await browser.call('DELETE', `/user/${userId}`);
    const status = 'not sent, without a URL for webhooks';
    expect((await read('events'))['events']).toEqual([
      { event: expect.objectContaining({ event_type: 'user.created' }), status },
      { event: { event_type: 'user.deleted', user_id: userId }, status },
    ]);
  });

  it('goes back to the seed, without calls, events and faults', async () => {
    const before = await read('state');
    const userId = emulator.addUser({ email: 'bob@example.com' });
    await browser.call('DELETE', `/user/${emulator.user('alice').userId}`);
    emulator.fail('fetchOrg');
    expect((await ask('POST', 'reset')).status).toBe(204);
    const { api_keys: keys, ...state } = await read('state');
    expect(state).toEqual({ ...before, api_keys: undefined });
    expect(keys).toHaveLength(1);
    expect(await read('events')).toEqual({ events: [] });
    expect(await read('calls')).toEqual({ calls: [] });
    expect((await browser.call('GET', `/user/${userId}`)).status).toBe(404);
    const org = await browser.call('GET', `/org/${emulator.issuer.orgId('Acme Inc')}`);
    expect(org.status).toBe(200);
  });
});

describe('Resets in the middle of other requests', () => {
  it('leave nothing of before, and lose nothing of after', async () => {
    const application = new Application();
    await start(await application.listen());
    const before = await read('state');
    const { url } = await emulator.listen();
    const post = (path: string, body?: object) => {
      const headers = { ...AUTHORIZATION, 'x-propelauth-url': 'localhost' };
      return fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    };
    const addUser = (name: string) =>
      post('/api/backend/v1/user/', { email: `${name}@example.com` });
    const requests = Array.from({ length: 300 }, (_, count) =>
      count % 10 === 9 ? post('/__emulator/reset') : addUser(`before-${count}`),
    );
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 204]));
    await post('/__emulator/reset');
    expect(await read('state')).toEqual({
      ...before,
      users: before['users']?.map((user) => ({
        ...user,
        created_at: expect.any(Number),
        last_active_at: expect.any(Number),
      })),
      api_keys: [expect.objectContaining({ is_archived: false })],
    });
    await addUser('after');
    await until(() => application.received.at(-1)?.body.includes('after@example.com') === true);
    expect((await read('events'))['events']).toHaveLength(1);
  });
});

describe('A fault for the order of webhooks', () => {
  it('holds events back, and sends the newest first', async () => {
    onlyFakeTimeouts();
    const application = new Application();
    await start(await application.listen());
    emulator.fail('webhookOrder', { times: 2 });
    const userId = emulator.addUser({ email: 'bob@example.com' });
    await browser.call('POST', `/user/${userId}/disable`);
    await browser.call('POST', `/user/${userId}/enable`);
    await until(() => application.received.length === 1);
    await jest.advanceTimersByTimeAsync(1_000);
    await until(() => application.received.length === 3);
    expect(application.events.map(({ event_type: type }) => type)).toEqual([
      'user.enabled',
      'user.disabled',
      'user.created',
    ]);
  });
});

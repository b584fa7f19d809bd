import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test, type TestContext } from 'node:test';
import type { INestApplication } from '@nestjs/common';
import { PropelAuthApi } from 'nestjs-propelauth';
import {
  createEmulator,
  type TestEmulator,
  type TestIssuer,
  type TestUser,
} from 'nestjs-propelauth/testing';
import { AccountsPool } from '../src/accounts/accounts-pool.js';
import { deliver, startAccounts } from './accounts-application.js';
import { type AccountsDatabase, createAccountsDatabase } from './accounts-database.js';
import { ACCOUNTS_URL, APP_URL } from './database.js';

let emulator: TestEmulator;
let issuer: TestIssuer;
let database: AccountsDatabase;
let api: PropelAuthApi;
let app: INestApplication;

before(async () => {
  emulator = await createEmulator();
  issuer = emulator.issuer;
  database = await createAccountsDatabase('events');
});

after(() => database.drop());

beforeEach(async () => {
  await database.query('truncate memberships, users, organizations');
  emulator.reset();
  app = await startAccounts(emulator, database.url);
  api = app.get(PropelAuthApi);
});

afterEach(() => app.close());

const acme = { orgName: 'Acme Inc', role: 'Admin' };
const globex = { orgName: 'Globex', role: 'Member' };
const alice: TestUser = { email: 'alice@example.com', firstName: 'Alice', orgs: [acme, globex] };
const bob: TestUser = { email: 'bob@example.com', orgs: [acme] };

const send = (event: object, messageId?: string) => deliver(app, issuer, event, messageId);

/** An event about a user, handled. */
async function handle(type: string, userId: string, orgId?: string): Promise<void> {
  assert.equal(await send({ event_type: type, user_id: userId, org_id: orgId }), 204);
}

interface UserRow {
  readonly id: string;
  readonly user_id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly enabled: boolean;
  readonly deleted: boolean;
}

/** Lets something happen between PropelAuth's next answer about a user and its arrival. */
function beforeNextAnswer({ mock }: TestContext, happens: () => Promise<void>): void {
  const fetchUser = api.fetchUserMetadataByUserId;
  mock.method(api, 'fetchUserMetadataByUserId', async (...words: Parameters<typeof fetchUser>) => {
    const old = await fetchUser(...words);
    mock.restoreAll();
    await happens();
    return old;
  });
}

function users(): Promise<UserRow[]> {
  return database.query(`
    select id, user_id, email, name, enabled, deleted_at is not null as deleted from users order by user_id`);
}

async function emails(): Promise<(string | null)[]> {
  return (await users()).map(({ email }) => email);
}

/** As `alice@example.com: Acme Inc, Admin`. */
async function memberships(): Promise<string[]> {
  const rows = await database.query<{ text: string }>(`
    select format('%s: %s, %s', email, o.name, array_to_string(roles, ' and ')) as text
    from memberships join users using (user_id) join organizations o using (org_id) order by 1`);
  return rows.map(({ text }) => text);
}

describe('An event', () => {
  test('about a user adds the user, the organizations and the memberships', async () => {
    const userId = emulator.addUser(alice);
    await handle('user.created', userId);
    const [user] = await users();
    assert.deepEqual(
      { ...user, id: undefined },
      {
        id: undefined,
        user_id: userId,
        email: 'alice@example.com',
        name: 'Alice',
        enabled: true,
        deleted: false,
      },
    );
    assert.deepEqual(await memberships(), [
      'alice@example.com: Acme Inc, Admin',
      'alice@example.com: Globex, Member',
    ]);
  });

  test('that is repeated, even with another id, changes nothing and keeps our id', async () => {
    const userId = emulator.addUser(alice);
    const event = { event_type: 'user.updated', user_id: userId };
    await send(event, 'msg_1');
    const first = await users();
    await send(event, 'msg_1');
    await send(event, 'msg_2');
    assert.deepEqual(await users(), first);
  });

  test('of a role change, a new membership or a removal updates the memberships', async () => {
    const userId = emulator.addUser(bob);
    await handle('user.created', userId);
    const orgId = issuer.orgId('Acme Inc');
    await api.changeUserRoleInOrg({ orgId, userId, role: 'Member' });
    await handle('user.role_changed_within_org', userId, orgId);
    assert.deepEqual(await memberships(), ['bob@example.com: Acme Inc, Member']);
    const other = await api.createOrg({ name: 'Initech' });
    await api.addUserToOrg({ orgId: other.orgId, userId, role: 'Owner' });
    await handle('user.added_to_org', userId, other.orgId);
    assert.deepEqual(await memberships(), [
      'bob@example.com: Acme Inc, Member',
      'bob@example.com: Initech, Owner',
    ]);
    await api.removeUserFromOrg({ orgId, userId });
    const removal = {
      event_type: 'user.removed_from_org',
      removed_user_id: userId,
      org_id: orgId,
    };
    assert.equal(await send(removal), 204);
    assert.deepEqual(await memberships(), ['bob@example.com: Initech, Owner']);
  });

  test('that arrives before an earlier one leaves the later state', async () => {
    const userId = emulator.addUser(bob);
    await api.updateUserEmail(userId, {
      newEmail: 'robert@example.com',
      requireEmailConfirmation: false,
    });
    await api.disableUser(userId);
    await handle('user.disabled', userId);
    await handle('user.updated', userId);
    await handle('user.created', userId);
    const [user] = await users();
    assert.equal(user?.email, 'robert@example.com');
    assert.equal(user?.enabled, false);
  });

  test('whose request to PropelAuth returns after that of a later event leaves the later state', async (context) => {
    const userId = emulator.addUser(bob);
    beforeNextAnswer(context, async () => {
      await api.updateUserEmail(userId, {
        newEmail: 'robert@example.com',
        requireEmailConfirmation: false,
      });
      await handle('user.updated', userId);
    });
    await handle('user.created', userId);
    assert.deepEqual(await emails(), ['robert@example.com']);
  });

  test('about a deleted user keeps the row and our id, without personal data', async () => {
    const userId = emulator.addUser(alice);
    await handle('user.created', userId);
    const [original] = await users();
    await api.deleteUser(userId);
    await handle('user.deleted', userId);
    assert.deepEqual(await users(), [
      { ...original, email: null, name: null, enabled: false, deleted: true },
    ]);
    assert.deepEqual(await memberships(), []);
    await handle('user.created', userId);
    assert.equal((await users())[0]?.deleted, true);
  });

  test('about a deleted user is final, even while the creation event waits for PropelAuth', async (context) => {
    const userId = emulator.addUser(bob);
    beforeNextAnswer(context, async () => {
      await api.deleteUser(userId);
      await handle('user.deleted', userId);
    });
    await handle('user.created', userId);
    assert.deepEqual(await emails(), [null]);
    assert.deepEqual(await memberships(), []);
  });

  test('about an organization renames or closes it', async () => {
    const userId = emulator.addUser(alice);
    await handle('user.created', userId);
    const orgId = issuer.orgId('Acme Inc');
    await api.updateOrg({ orgId, name: 'Acme Ltd' });
    assert.equal(await send({ event_type: 'org.updated', org_id: orgId }), 204);
    assert.match((await memberships()).join(), /Acme Ltd, Admin/);
    await api.deleteOrg(orgId);
    assert.equal(await send({ event_type: 'org.deleted', org_id: orgId }), 204);
    assert.deepEqual(await memberships(), ['alice@example.com: Globex, Member']);
    const [org] = await database.query<{ name: string; deleted_at: Date | null }>(
      'select name, deleted_at from organizations where org_id = $1',
      [orgId],
    );
    assert.equal(org?.name, 'Acme Ltd');
    assert.ok(org.deleted_at);
  });

  test('of another or an unknown kind changes nothing', async () => {
    const userId = emulator.addUser(alice);
    for (const type of ['user.login', 'user.logged_out', 'user.invented']) {
      assert.equal(await send({ event_type: type, user_id: userId }), 204);
    }
    assert.deepEqual(await users(), []);
  });

  test('without a valid signature changes nothing', async () => {
    const response = await fetch(`${await app.getUrl()}/webhooks/propelauth`, {
      method: 'POST',
      body: JSON.stringify({ event_type: 'user.created', user_id: emulator.addUser(alice) }),
    });
    assert.equal(response.status, 400);
    assert.deepEqual(await users(), []);
  });

  test('gets 500 if PropelAuth cannot be reached, so that it is sent again', async () => {
    app.useLogger(false);
    const userId = emulator.addUser(bob);
    emulator.fail('fetchUserMetadataByUserId');
    const event = { event_type: 'user.created', user_id: userId };
    assert.equal(await send(event, 'msg_1'), 500);
    emulator.reset();
    emulator.addUser(bob);
    assert.equal(await send(event, 'msg_1'), 204);
    assert.deepEqual(await emails(), ['bob@example.com']);
  });
});

interface Linked {
  readonly userId: string | null;
  readonly orgId: string | null;
}

async function get(path: string, user: TestUser): Promise<{ status: number; body: Linked }> {
  const headers = { authorization: await issuer.authorization(user) };
  const response = await fetch(`${await app.getUrl()}${path}`, { headers });
  return { status: response.status, body: (await response.json()) as Linked };
}

/** Our ids, as the tables have them. */
async function ids(user: TestUser, orgName?: string): Promise<Linked> {
  const [row] = await database.query<Linked>(
    `select (select id from users where user_id = $1) as "userId",
      (select id from organizations where org_id = $2) as "orgId"`,
    [issuer.userId(user), orgName === undefined ? null : issuer.orgId(orgName)],
  );
  return row;
}

const acmePath = (path: string) => `/orgs/${issuer.orgId('Acme Inc')}/${path}`;

describe('LinkedAccounts', () => {
  test('returns our ids of the user and the organization', async () => {
    await handle('user.created', emulator.addUser(alice));
    assert.deepEqual((await get('/me', alice)).body, await ids(alice));
    const { body } = await get(acmePath('me'), alice);
    assert.deepEqual(body, await ids(alice, 'Acme Inc'));
    assert.ok(body.userId && body.orgId);
  });

  test('makes one query per request, however often it is called, and another in the next request', async (context) => {
    await handle('user.created', emulator.addUser(alice));
    const query = context.mock.method(app.get(AccountsPool, { strict: false }), 'query');
    assert.deepEqual((await get(acmePath('often'), alice)).body, await ids(alice, 'Acme Inc'));
    assert.equal(query.mock.callCount(), 1);
    await get(acmePath('often'), alice);
    assert.equal(query.mock.callCount(), 2);
  });

  test('never returns the account of another concurrent request', async () => {
    const callers = [alice, bob];
    for (const user of callers) await handle('user.created', emulator.addUser(user));
    const expected = await Promise.all(callers.map((user) => ids(user, 'Acme Inc')));
    const requests = Array.from({ length: 100 }, (_, index) => callers[index % 2]);
    const answers = await Promise.all(requests.map((user) => get(acmePath('often'), user)));
    answers.forEach(({ body }, index) => assert.deepEqual(body, expected[index % 2]));
  });

  test('distinguishes two organizations in one request', async () => {
    await handle('user.created', emulator.addUser(alice));
    const { body } = await get('/both', alice);
    assert.deepEqual(body, {
      one: await ids(alice, 'Acme Inc'),
      other: await ids(alice, 'Globex'),
    });
  });

  test('creates a user who signs in before their event, once, even for concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => get(acmePath('me'), alice)));
    const expected = await ids(alice, 'Acme Inc');
    for (const { status, body } of answers) {
      assert.equal(status, 200);
      assert.deepEqual(body, expected);
    }
    assert.ok(expected.userId && expected.orgId);
    assert.deepEqual(await memberships(), ['alice@example.com: Acme Inc, Admin']);
  });

  test('a later event replaces the data from the token', async () => {
    await get(acmePath('me'), alice);
    const { userId } = await ids(alice);
    await handle(
      'user.created',
      emulator.addUser({ ...alice, firstName: 'Alicia', orgs: [globex] }),
    );
    const [user] = await users();
    assert.equal(user?.id, userId);
    assert.equal(user?.name, 'Alicia');
    assert.deepEqual(await memberships(), ['alice@example.com: Globex, Member']);
  });

  test('a token issued before a removal from an organization does not undo it', async () => {
    await handle('user.created', emulator.addUser({ ...alice, orgs: [globex] }));
    assert.equal((await get(acmePath('me'), alice)).status, 200);
    assert.deepEqual(await memberships(), ['alice@example.com: Globex, Member']);
  });

  test('rejects the token of a deleted user or organization with 403, and creates nothing', async () => {
    const userId = emulator.addUser(alice);
    await handle('user.created', userId);
    await handle('user.created', emulator.addUser(bob));
    await handle('user.deleted', userId);
    assert.equal((await get('/me', alice)).status, 403);
    assert.equal((await get(acmePath('me'), bob)).status, 200);
    const orgId = issuer.orgId('Acme Inc');
    assert.equal(await send({ event_type: 'org.deleted', org_id: orgId }), 204);
    assert.equal((await get(acmePath('me'), bob)).status, 403);
    assert.deepEqual(await memberships(), []);
  });

  test('finds the organization of a job, and creates none from an unverified id', async () => {
    app.useLogger(false);
    await handle('user.created', emulator.addUser(bob));
    const { orgId } = await ids(bob, 'Acme Inc');
    const known = await get(`/jobs/${issuer.orgId('Acme Inc')}`, bob);
    assert.deepEqual(known, { status: 200, body: { userId: null, orgId } });
    assert.equal((await get('/jobs/typo', bob)).status, 500);
    assert.equal((await database.query('select from organizations')).length, 1);
  });

  test('has an organization and no user for an organization’s API key', async () => {
    await handle('user.created', emulator.addUser(alice));
    const { apiKeyToken } = await api.createApiKey({ orgId: issuer.orgId('Acme Inc') });
    const headers = { 'x-api-key': apiKeyToken };
    const response = await fetch(`${await app.getUrl()}${acmePath('export')}`, { headers });
    const { orgId } = await ids(alice, 'Acme Inc');
    assert.deepEqual(await response.json(), { userId: null, orgId });
  });
});

const count = (table: string) => `select count(*)::integer as count from ${table}`;

/** How many organizations, users and memberships the application sees. */
function seen(orgId: string | null): Promise<(number | undefined)[]> {
  return Promise.all(
    ['organizations', 'users', 'memberships'].map(async (table) => {
      const [row] = await database.queryAs<{ count: number }>(APP_URL, orgId, count(table));
      return row?.count;
    }),
  );
}

describe('The tables', () => {
  beforeEach(async () => {
    await handle('user.created', emulator.addUser(alice));
    await handle('user.created', emulator.addUser({ email: 'carol@example.com', orgs: [globex] }));
    await handle('user.created', emulator.addUser(bob));
  });

  test('show the application the rows of its tenant, and no rows outside of a tenant', async () => {
    assert.deepEqual(await seen(issuer.orgId('Acme Inc')), [1, 2, 2]);
    assert.deepEqual(await seen(issuer.orgId('Globex')), [1, 2, 2]);
    assert.deepEqual(await seen(issuer.orgId('Initech')), [0, 0, 0]);
    assert.deepEqual(await seen(null), [0, 0, 0]);
  });

  for (const statement of [
    `insert into memberships (org_id, user_id, roles) select org_id, user_id, '{Owner}' from memberships`,
    `update memberships set roles = '{Owner}'`,
    `update users set email = 'mallory@example.com'`,
    `update organizations set name = 'Mallory'`,
    'delete from memberships',
    'delete from users',
    "select nextval('account_reads')",
  ]) {
    test(`are read-only for the application: ${statement}`, async () => {
      const tenant = issuer.orgId('Acme Inc');
      await assert.rejects(database.queryAs(APP_URL, tenant, statement), { code: '42501' });
    });
  }

  for (const statement of [
    count('invoices'),
    count('invoice_lines'),
    count('invoice_totals'),
    'delete from users',
    'delete from organizations',
  ]) {
    test(`tenancy_accounts may not: ${statement}`, async () => {
      const tenant = issuer.orgId('Acme Inc');
      await assert.rejects(database.queryAs(ACCOUNTS_URL, tenant, statement), { code: '42501' });
    });
  }
});

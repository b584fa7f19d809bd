import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type PropelAuthApi, PropelAuthApiError } from 'nestjs-propelauth';
import { createEmulator, type TestEmulator } from 'nestjs-propelauth/testing';
import { Accounts } from '../src/accounts/accounts.js';
import { AccountsPool } from '../src/accounts/accounts-pool.js';
import { backfill, type BackfillOptions, TooManyMissingError } from '../src/accounts/backfill.js';
import { type AccountsDatabase, createAccountsDatabase } from './accounts-database.js';
import { apiOf, deliver, startAccounts } from './accounts-application.js';

const USERS = 2_000;
const ORGS = 150;
/** Of 100 each. */
const PAGES = { users: 20, orgs: 2 };

let emulator: TestEmulator;
let database: AccountsDatabase;
let pool: AccountsPool;
let api: PropelAuthApi;

before(async () => {
  emulator = await createEmulator();
  database = await createAccountsDatabase('backfill');
  pool = new AccountsPool(database.url);
});

after(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  await database.query('truncate memberships, users, organizations');
  emulator.reset();
  api = await apiOf(emulator);
});

/** Adds users, each of them in two organizations. Returns their ids, in the order in which PropelAuth lists them. */
function addProject(users: number, orgs: number): string[] {
  const orgName = (index: number) => `Organization ${index % orgs}`;
  return Array.from({ length: users }, (_, index) =>
    emulator.addUser({
      email: `user-${index}@example.com`,
      firstName: 'User',
      lastName: String(index),
      orgs: [
        { orgName: orgName(index), role: 'Member' },
        { orgName: orgName(index + 1), role: 'Admin' },
      ],
    }),
  );
}

function run(options: Partial<BackfillOptions> = {}) {
  return backfill({
    api,
    accounts: new Accounts(pool, api),
    log: () => undefined,
    ...options,
  });
}

/** All rows, apart from the numbers of the questions, which each run makes anew. */
async function rows(): Promise<unknown> {
  const [all] = await database.query(`
    select
      (select json_agg(to_jsonb(u) - 'read_number' order by user_id) from users u) as users,
      (select json_agg(to_jsonb(o) - 'read_number' order by org_id) from organizations o) as organizations,
      (select json_agg(m order by org_id, user_id) from memberships m) as memberships`);
  return all;
}

/** How many users, organizations and memberships there are that are not deleted. */
async function counts(): Promise<number[]> {
  const [row] = await database.query<{ counts: number[] }>(`
    select array[
      (select count(*) from users where deleted_at is null),
      (select count(*) from organizations where deleted_at is null),
      (select count(*) from memberships)]::integer[] as counts`);
  return row.counts;
}

async function emailOf(userId: string): Promise<string | null | undefined> {
  const [user] = await database.query<{ email: string | null }>(
    'select email from users where user_id = $1',
    [userId],
  );
  return user?.email;
}

const newEmail = (address: string) => ({ newEmail: address, requireEmailConfirmation: false });

/** Calls a function once, when PropelAuth has answered the question for a page of users and before the answer arrives. */
function whenPageIsRead(page: number, act: () => Promise<unknown>): void {
  const fetchPage = api.fetchUsersByQuery;
  api.fetchUsersByQuery = async (query) => {
    const answer = await fetchPage(query);
    if (query.pageNumber === page) {
      api.fetchUsersByQuery = fetchPage;
      await act();
    }
    return answer;
  };
}

describe('The backfill of 2,000 users in 150 organizations', () => {
  test('writes all of them, and a second run changes nothing, each with 22 page requests', async (context) => {
    addProject(USERS, ORGS);
    const users = context.mock.method(api, 'fetchUsersByQuery');
    const orgs = context.mock.method(api, 'fetchOrgByQuery');
    const single = [
      context.mock.method(api, 'fetchUserMetadataByUserId'),
      context.mock.method(api, 'fetchOrg'),
    ];
    const lines: string[] = [];
    const first = await run({ log: (line) => lines.push(line) });
    const changes = USERS + ORGS + USERS * 2;
    assert.deepEqual(first, { users: USERS, organizations: ORGS, changes });
    assert.deepEqual(await counts(), [USERS, ORGS, USERS * 2]);
    assert.deepEqual(lines.slice(0, 3), [
      'Organizations: 100 of 150',
      'Organizations: 150 of 150',
      'Users: 100 of 2000',
    ]);
    assert.equal(lines.at(-1), 'Users: 2000 of 2000');
    const written = await rows();

    assert.deepEqual(await run(), { ...first, changes: 0 });
    assert.deepEqual(await rows(), written);
    assert.equal(users.mock.callCount(), 2 * PAGES.users);
    assert.equal(orgs.mock.callCount(), 2 * PAGES.orgs);
    assert.deepEqual(
      single.map(({ mock }) => mock.callCount()),
      [0, 0],
    );
  });
});

describe('The backfill', () => {
  let userIds: string[];

  beforeEach(() => {
    userIds = addProject(250, 10);
  });

  test('never keeps more than one page of 100 in memory', async (context) => {
    const pages = context.mock.method(Accounts.prototype, 'saveUsers');
    await run();
    assert.deepEqual(
      pages.mock.calls.map((call) => (call.arguments[0] as unknown[]).length),
      [100, 100, 50],
    );
  });

  test('marks no account as deleted if it ends early, and completes on the next run', async () => {
    await run();
    await api.deleteUser(userIds[0]);
    await api.updateUserEmail(userIds[120], newEmail('renamed@example.com'));
    await api.updateUserEmail(userIds[240], newEmail('other@example.com'));
    whenPageIsRead(2, () => Promise.reject(new Error('The end')));
    await assert.rejects(run(), /The end/);
    assert.equal(await emailOf(userIds[120]), 'renamed@example.com');
    assert.notEqual(await emailOf(userIds[240]), 'other@example.com');
    assert.notEqual(await emailOf(userIds[0]), null);

    await run();
    assert.equal(await emailOf(userIds[240]), 'other@example.com');
    assert.equal(await emailOf(userIds[0]), null);
    assert.equal((await run()).changes, 0);
  });

  test('marks users and organizations that PropelAuth no longer has as deleted', async () => {
    await run();
    const [, orgs, memberships] = await counts();
    const { orgs: all } = await api.fetchOrgByQuery({ pageSize: 1 });
    const { totalUsers: members } = await api.fetchUsersInOrg({ orgId: all[0].orgId });
    await api.deleteOrg(all[0].orgId);
    await api.deleteUser((await api.createUser({ email: 'short@example.com' })).userId);
    const { userId } = await api.createUser({ email: 'gone@example.com' });
    await run();
    await api.deleteUser(userId);
    await run();
    assert.equal(await emailOf(userId), null);
    assert.deepEqual(await counts(), [250, orgs - 1, memberships - members]);
  });

  test('keeps the changes of an event that arrived after the page was requested', async () => {
    const app = await startAccounts(emulator, database.url);
    whenPageIsRead(1, async () => {
      await api.updateUserEmail(userIds[150], newEmail('event@example.com'));
      await api.deleteUser(userIds[160]);
      const updated = { event_type: 'user.updated', user_id: userIds[150] };
      assert.equal(await deliver(app, emulator.issuer, updated), 204);
      const deleted = { event_type: 'user.deleted', user_id: userIds[160] };
      assert.equal(await deliver(app, emulator.issuer, deleted), 204);
    });
    await run();
    assert.equal(await emailOf(userIds[150]), 'event@example.com');
    assert.equal(await emailOf(userIds[160]), null);
    assert.equal((await counts())[0], 249);
    await app.close();
  });

  test('misses no user if others are deleted in the meantime', async () => {
    whenPageIsRead(1, () => Promise.all(userIds.slice(0, 5).map((id) => api.deleteUser(id))));
    await run();
    for (const userId of userIds.slice(5)) assert.ok(await emailOf(userId), userId);
    // Those were there when their page was read: their events tell, or the next run.
    await run();
    assert.equal((await counts())[0], 245);
  });

  test('fails instead of marking most accounts as deleted, unless that is allowed', async () => {
    await run();
    emulator.reset();
    await assert.rejects(run(), TooManyMissingError);
    assert.equal((await counts())[0], 250);
    await run({ deleteMany: true });
    assert.deepEqual(await counts(), [0, 0, 0]);
  });

  test('restores an account marked as deleted that PropelAuth lists', async () => {
    await run();
    const original = await rows();
    const elsewhere = await apiOf(await createEmulator());
    await run({ api: elsewhere, accounts: new Accounts(pool, elsewhere), deleteMany: true });
    await run();
    assert.deepEqual(await rows(), original);
  });

  test('logs its wait when it is rate limited: the Retry-After of PropelAuth, or longer each time without one', async () => {
    const fetchPage = api.fetchUsersByQuery;
    const limits = [
      new PropelAuthApiError('rate_limited', 'fetchUsersByQuery', { retryAfterSeconds: 7 }),
      new PropelAuthApiError('rate_limited', 'fetchUsersByQuery'),
      new PropelAuthApiError('rate_limited', 'fetchUsersByQuery'),
    ];
    api.fetchUsersByQuery = (query) => {
      const limit = limits.shift();
      return limit === undefined ? fetchPage(query) : Promise.reject(limit);
    };
    const waits: number[] = [];
    const lines: string[] = [];
    const report = await run({
      log: (line) => lines.push(line),
      wait: async (seconds) => waits.push(seconds),
    });
    assert.deepEqual(waits, [7, 4, 8]);
    assert.ok(lines.includes('PropelAuth limits the requests; waiting 7 s'));
    assert.equal(report.users, 250);
  });

  test('gives up on a permanent rate limit, and at once on any other error', async (context) => {
    const limit = new PropelAuthApiError('rate_limited', 'fetchUsersByQuery');
    const limited = context.mock.method(api, 'fetchUsersByQuery', () => Promise.reject(limit));
    await assert.rejects(run({ wait: async () => undefined }), limit);
    assert.equal(limited.mock.callCount(), 8);
    const outage = new PropelAuthApiError('unreachable', 'fetchUsersByQuery');
    const failing = context.mock.method(api, 'fetchUsersByQuery', () => Promise.reject(outage));
    await assert.rejects(run(), outage);
    assert.equal(failing.mock.callCount(), 1);
  });
});

const variables = {
  PROPELAUTH_AUTH_URL: 'https://auth.example.com',
  PROPELAUTH_API_KEY: 'k3y',
  ACCOUNTS_URL: 'postgres://somebody:s3cret@127.0.0.1:1/nowhere',
};

/** Runs the program. PropelAuth gives each of its requests the answer. */
function runProgram(env: Record<string, string>, answer: object, status = 200, ...words: string[]) {
  const code = `globalThis.fetch=async()=>Response.json(${JSON.stringify(answer)},{status:${status}})`;
  const stub = `data:text/javascript,${encodeURIComponent(code)}`;
  const program = join(import.meta.dirname, '../src/accounts/backfill.main.js');
  return promisify(execFile)(process.execPath, [`--import=${stub}`, program, ...words], {
    env: { ...process.env, ...variables, ...env },
  });
}

const EMPTY = { orgs: [], users: [], total_orgs: 0, total_users: 0, has_more_results: false };

describe('npm run backfill', () => {
  test('writes what it has done, and exits with 0', async () => {
    const { stdout, stderr } = await runProgram({ ACCOUNTS_URL: database.url }, EMPTY);
    assert.equal(stdout, 'Complete: 0 organizations and 0 users read, 0 rows changed.\n');
    assert.equal(stderr, 'Organizations: 0 of 0\nUsers: 0 of 0\n');
  });

  const failures: Readonly<Record<string, [said: RegExp, ...Parameters<typeof runProgram>]>> = {
    'a missing variable': [/Set PROPELAUTH_API_KEY\.$/, { PROPELAUTH_API_KEY: '' }, EMPTY],
    'an unknown argument': [/Unknown option '--delete-mny'/, {}, EMPTY, 200, '--delete-mny'],
    'an unreachable database': [/ECONNREFUSED/, {}, EMPTY],
    'an invalid option': [/authUrl/, { PROPELAUTH_AUTH_URL: 'nonsense' }, EMPTY],
    'an API key that PropelAuth rejects': [/apiKey/, {}, {}, 401],
  };
  for (const [what, [said, ...words]] of Object.entries(failures)) {
    test(`exits with 1 for ${what}, with one line, no stack and no secret`, async () => {
      const { code, stdout, stderr } = await runProgram(...words).then(
        () => assert.fail('It has not failed.'),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
      assert.equal(code, 1);
      assert.equal(stdout, '');
      const [line, ...others] = stderr.trimEnd().split('\n');
      assert.match(line, /^The backfill failed: /);
      assert.match(line, said);
      assert.deepEqual(others, []);
      assert.doesNotMatch(line, /k3y|s3cret/);
    });
  }
});

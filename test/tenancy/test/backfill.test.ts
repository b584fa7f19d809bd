import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { PropelAuthApiError } from 'nestjs-propelauth';
import { FakePropelAuthApi, TestIssuer } from 'nestjs-propelauth/testing';
import { Accounts } from '../src/accounts/accounts.js';
import { AccountsPool } from '../src/accounts/accounts-pool.js';
import { backfill, type BackfillOptions, TooManyMissingError } from '../src/accounts/backfill.js';
import { reportFailure } from '../src/accounts/run-backfill.js';
import { type AccountsDatabase, createAccountsDatabase } from './accounts-database.js';
import { deliver, startAccounts } from './accounts-application.js';
import { addProject } from './large-project.js';

const USERS = 2_000;
const ORGS = 150;
/** Of 100 each. */
const PAGES = { users: 20, orgs: 2 };

let issuer: TestIssuer;
let database: AccountsDatabase;
let pool: AccountsPool;
let api: FakePropelAuthApi;

before(async () => {
  issuer = await TestIssuer.create();
  database = await createAccountsDatabase('backfill');
  pool = new AccountsPool(database.url);
});

after(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  await database.query('truncate memberships, users, organizations');
  api = new FakePropelAuthApi({ issuer });
});

function run(options: Partial<BackfillOptions> = {}) {
  return backfill({
    api,
    accounts: new Accounts(pool, api),
    progress: { show: () => undefined, note: () => undefined, end: () => undefined },
    signal: new AbortController().signal,
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
    addProject(api, USERS, ORGS);
    const users = context.mock.method(api, 'fetchUsersByQuery');
    const orgs = context.mock.method(api, 'fetchOrgByQuery');
    const single = [
      context.mock.method(api, 'fetchUserMetadataByUserId'),
      context.mock.method(api, 'fetchOrg'),
    ];
    const shown: string[] = [];
    const progress = {
      show: (what: string, done: number, total: number) => shown.push(`${what} ${done}/${total}`),
      note: () => assert.fail('It has nothing to note.'),
      end: () => shown.push('end'),
    };
    const first = await run({ progress });
    assert.deepEqual(
      { ...first, changes: 0 },
      {
        isComplete: true,
        users: USERS,
        organizations: ORGS,
        changes: 0,
      },
    );
    assert.equal(first.changes, USERS + ORGS + USERS * 2);
    assert.deepEqual(await counts(), [USERS, ORGS, USERS * 2]);
    assert.deepEqual(shown.slice(0, 3), [
      'Organizations 100/150',
      'Organizations 150/150',
      'Users 100/2000',
    ]);
    assert.deepEqual(shown.slice(-2), ['Users 2000/2000', 'end']);
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
    userIds = addProject(api, 250, 10);
  });

  test('never keeps more than one page of 100 in memory', async (context) => {
    const pages = context.mock.method(Accounts.prototype, 'saveUsers');
    await run();
    assert.deepEqual(
      pages.mock.calls.map((call) => (call.arguments[0] as unknown[]).length),
      [100, 100, 50],
    );
  });

  test('finishes its page when it is stopped, marks no account as deleted, and completes on the next run', async () => {
    await run();
    await api.deleteUser(userIds[0]);
    await api.updateUserEmail(userIds[120], newEmail('renamed@example.com'));
    await api.updateUserEmail(userIds[240], newEmail('other@example.com'));
    const stop = new AbortController();
    whenPageIsRead(1, async () => stop.abort());
    const stopped = await run({ signal: stop.signal });
    assert.deepEqual([stopped.isComplete, stopped.users, stopped.changes], [false, 200, 1]);
    assert.equal(await emailOf(userIds[120]), 'renamed@example.com');
    assert.notEqual(await emailOf(userIds[240]), 'other@example.com');
    assert.notEqual(await emailOf(userIds[0]), null);

    const second = await run();
    assert.equal(second.isComplete, true);
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
    const app = await startAccounts(issuer, api, database.url);
    whenPageIsRead(1, async () => {
      await api.updateUserEmail(userIds[150], newEmail('event@example.com'));
      await api.deleteUser(userIds[160]);
      const updated = { event_type: 'user.updated', user_id: userIds[150] };
      assert.equal(await deliver(app, issuer, updated), 204);
      const deleted = { event_type: 'user.deleted', user_id: userIds[160] };
      assert.equal(await deliver(app, issuer, deleted), 204);
    });
    assert.equal((await run()).isComplete, true);
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
    api = new FakePropelAuthApi({ issuer });
    await assert.rejects(run(), TooManyMissingError);
    assert.equal((await counts())[0], 250);
    await run({ deleteMany: true });
    assert.deepEqual(await counts(), [0, 0, 0]);
  });

  test('restores an account marked as deleted that PropelAuth lists', async () => {
    await run();
    const original = await rows();
    const elsewhere = new FakePropelAuthApi({ issuer });
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
    const notes: string[] = [];
    const report = await run({
      progress: { show: () => undefined, note: (line) => notes.push(line), end: () => undefined },
      wait: async (seconds) => waits.push(seconds),
    });
    assert.deepEqual(waits, [7, 4, 8]);
    assert.equal(notes.length, 3);
    assert.equal(notes[0], 'PropelAuth limits the requests; waiting 7 s');
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

  test('stops waiting when it is stopped', async () => {
    const limit = new PropelAuthApiError('rate_limited', 'fetchUsersByQuery', {
      retryAfterSeconds: 3_600,
    });
    const stop = new AbortController();
    api.fetchUsersByQuery = () => {
      setImmediate(() => stop.abort());
      return Promise.reject(limit);
    };
    assert.equal((await run({ signal: stop.signal })).isComplete, false);
  });
});

const program = (file: string) => join(import.meta.dirname, file);

/** Runs the program, which has to fail with 1, and without a stack or a secret. Returns its errors. */
async function fail(env: Record<string, string>, ...words: string[]): Promise<string> {
  const backfillMain = program('../src/accounts/backfill.main.js');
  const attempt = promisify(execFile)(process.execPath, [backfillMain, ...words], {
    env: { ...process.env, ...env },
  });
  const { code, stdout, stderr } = await attempt.then(
    () => assert.fail('It has not failed.'),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.doesNotMatch(stderr, /k3y|s3cret|^ +at /m);
  return stderr;
}

const variables = {
  PROPELAUTH_AUTH_URL: 'https://auth.example.com',
  PROPELAUTH_API_KEY: 'k3y',
  ACCOUNTS_URL: 'postgres://somebody:s3cret@127.0.0.1:1/nowhere',
};

describe('npm run backfill', () => {
  test('logs a line per page, exits with 130 on SIGINT with instructions to continue, and then completes with 0', async () => {
    const child = spawn(process.execPath, [program('backfill-program.js')], {
      env: { ...process.env, ACCOUNTS_URL: database.url, USERS: '1000' },
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    let isStopped = false;
    child.stderr.on('data', (chunk) => {
      errors += chunk;
      if (isStopped || !errors.includes('Users 100 of 1000\n')) return;
      isStopped = true;
      child.kill('SIGINT');
    });
    assert.deepEqual(await once(child, 'close'), [130, null]);
    assert.match(errors, /^Organizations 10 of 10\nUsers 100 of 1000\n/);
    assert.match(errors, /Stopping after this page\./);
    assert.match(output, /^Stopped: .* Run it again to continue/);
    assert.ok((await counts())[0] < 1_000);

    const again = await promisify(execFile)(process.execPath, [program('backfill-program.js')], {
      env: { ...process.env, ACCOUNTS_URL: database.url, USERS: '1000' },
    });
    assert.match(
      again.stdout,
      /^Complete: 10 organizations and 1000 users read, \d+ rows changed\.\n$/,
    );
    assert.equal((await counts())[0], 1_000);
  });

  test('names the missing variables', async () => {
    assert.equal(
      await fail({ ...variables, ACCOUNTS_URL: '', PROPELAUTH_API_KEY: '' }),
      'The backfill failed: Set PROPELAUTH_API_KEY, ACCOUNTS_URL.\n',
    );
  });

  test('rejects unknown arguments, with its usage', async () => {
    for (const word of ['--delete-mny', '--help', 'delete-many']) {
      const usage = /^The backfill failed: .+\. Usage: npm run backfill \[-- --delete-many\]\n$/;
      assert.match(await fail(variables, word), usage);
    }
  });

  test('does not suggest another run if the database is unreachable or the options are wrong', async () => {
    assert.match(await fail(variables), /^The backfill failed: .*ECONNREFUSED.*\n$/);
    const PROPELAUTH_AUTH_URL = 'nonsense';
    const wrong = await fail({ ...variables, PROPELAUTH_AUTH_URL });
    assert.match(wrong, /^The backfill failed: .*authUrl/);
    assert.doesNotMatch(wrong, /Run it again/);
  });

  test('suggests another run only if PropelAuth fails temporarily', (context) => {
    const written = context.mock.method(process.stderr, 'write', () => true);
    const asks = (error: Error) => {
      written.mock.resetCalls();
      assert.equal(reportFailure(error), 1);
      return written.mock.calls.some(({ arguments: [line] }) => /Run it again/.test(String(line)));
    };
    for (const code of ['unreachable', 'timeout', 'rate_limited', 'unexpected_response'] as const) {
      assert.equal(asks(new PropelAuthApiError(code, 'fetchOrgByQuery')), true);
    }
    for (const code of ['integration_key_invalid', 'not_enabled', 'forbidden'] as const) {
      assert.equal(asks(new PropelAuthApiError(code, 'fetchOrgByQuery')), false);
    }
    assert.equal(asks(new Error('permission denied for table users')), false);
  });

  test('fails with one line if PropelAuth rejects the API key at startup', async () => {
    // In place of PropelAuth's API, for all requests of the process.
    const wrongKey =
      "data:text/javascript,globalThis.fetch = async () => new Response('', { status: 401 })";
    const errors = await fail({ ...variables, NODE_OPTIONS: `--import="${wrongKey}"` });
    assert.match(errors, /^The backfill failed: .*apiKey.*\n$/);
  });
});

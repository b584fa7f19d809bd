import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmulator } from '../create-emulator.js';
import type { Emulator } from '../emulator.js';
import { createSecrets } from '../issuer/token-issuer.js';
import type { Seed } from '../seed/seed.js';

const secrets = await createSecrets();
const SEED: Seed = { orgs: [{ name: 'Acme Inc' }], users: [{ name: 'alice' }] };
const BACKEND = 'https://auth.example.com/api/backend/v1';

function send(emulator: Emulator, method: string, route: string, body?: object) {
  const headers = { authorization: `Bearer ${emulator.issuer.apiKey}` };
  return emulator.fetch(BACKEND + route, { method, headers, body: body && JSON.stringify(body) });
}

async function call(...request: Parameters<typeof send>): Promise<Record<string, string>> {
  return (await (await send(...request)).json()) as Record<string, string>;
}

const create = (emulator: Emulator, name: string) =>
  call(emulator, 'POST', '/user/', { email: `${name}@example.com`, username: name });

/** What the backend API tells of users, organizations, members, invitations and keys. */
async function known(emulator: Emulator): Promise<unknown> {
  const orgs = (await call(emulator, 'POST', '/org/query', {})) as unknown as {
    orgs: { org_id: string }[];
  };
  const ofOrgs = orgs.orgs.map(({ org_id: orgId }) => [
    `/user/org/${orgId}?include_orgs=true`,
    `/org/${orgId}`,
  ]);
  const routes = ['/user/query', '/pending_org_invites', '/end_user_api_keys', ...ofOrgs.flat()];
  return [orgs, ...(await Promise.all(routes.map((route) => call(emulator, 'GET', route))))];
}

/** How files are appended to. */
async function appendingOf(path: string) {
  const file = await open(path);
  const fileHandles = Object.getPrototypeOf(file) as FileHandle;
  const append: FileHandle['appendFile'] = Reflect.get(fileHandles, 'appendFile');
  await file.close();
  return { fileHandles, append };
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

describe('What an emulator keeps in its file', () => {
  let folder: string;
  let path: string;
  let lines: string[];
  let running: Emulator[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'emulator-state-'));
    path = join(folder, 'state.jsonl');
    lines = [];
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((emulator) => emulator.close()));
    rmSync(folder, { recursive: true });
  });

  /** An emulator that goes on after the one before, which is not closed: it may as well have been killed. */
  async function start({ seed = SEED, isFresh = false } = {}): Promise<Emulator> {
    const emulator = await createEmulator({ seed, secrets });
    await emulator.keepIn({ path, isFresh, say: (line) => void lines.push(line) });
    running.push(emulator);
    return emulator;
  }

  it('is the users, organizations, members, invitations and keys, as they were answered', async () => {
    const first = await start();
    const { user_id: bob } = await create(first, 'bob');
    const { user_id: carol } = await create(first, 'carol');
    const { org_id: beta } = await call(first, 'POST', '/org/', { name: 'Beta' });
    const acme = first.issuer.orgId('Acme Inc');
    for (const orgId of [beta, acme]) {
      await call(first, 'POST', '/org/add_user', { user_id: bob, org_id: orgId, role: 'Admin' });
    }
    await call(first, 'POST', '/invite_user', {
      org_id: beta,
      email: 'e@x.example',
      role: 'Admin',
    });
    const { api_key_token: key } = await call(first, 'POST', '/end_user_api_keys', {
      user_id: bob,
    });
    await call(first, 'PUT', `/org/${acme}`, { metadata: { plan: 'pro' } });
    await call(first, 'PUT', `/user/${bob}`, { first_name: 'Bob' });
    await call(first, 'DELETE', `/user/${carol}`);
    const second = await start();
    expect(await known(second)).toEqual(await known(first));
    const validated = await call(second, 'POST', '/end_user_api_keys/validate', {
      api_key_token: key,
    });
    expect(validated).toMatchObject({ user: { user_id: bob, first_name: 'Bob' } });
    expect(lines).toEqual(['Goes on with the changes since the seed. --fresh starts from it.']);
  });

  it('is in one file that only its owner can read', async () => {
    await create(await start(), 'bob');
    expect(readdirSync(folder)).toEqual(['state.jsonl']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is nothing in tests, and nothing that changes the seed', async () => {
    const emulator = await createEmulator({ seed: SEED, secrets });
    await create(emulator, 'bob');
    expect(existsSync(path)).toBe(false);
  });

  it('is written before the answers, also what changes while something else is being written', async () => {
    const emulator = await start();
    const { fileHandles, append } = await appendingOf(path);
    const answered: string[] = [];
    const writes: (() => void)[] = [];
    const appending = jest.spyOn(fileHandles, 'appendFile').mockImplementation(async function (
      this: FileHandle,
      text,
    ) {
      await new Promise<void>((resolve) => writes.push(resolve));
      await append.call(this, text);
    });
    async function isKept(name: string): Promise<boolean> {
      await send(emulator, 'POST', '/user/', { email: `${name}@example.com` });
      answered.push(name);
      return readFileSync(path, 'utf8').includes(`"${name}@example.com"`);
    }
    const first = isKept('bob');
    while (writes.length < 1) await turn();
    const others = [isKept('carol'), isKept('dave')];
    while (emulator.core.project.users.size < 4) await turn();
    await turn();
    expect(answered).toEqual([]);
    writes[0]?.();
    while (writes.length < 2) await turn();
    expect(answered).toEqual(['bob']);
    writes[1]?.();
    expect(await Promise.all([first, ...others])).toEqual([true, true, true]);
    appending.mockRestore();
  });

  it('is all that changes at once', async () => {
    const first = await start();
    const names = Array.from({ length: 1_000 }, (_, index) => `user${index}`);
    await Promise.all(names.map((name) => create(first, name)));
    expect((await start()).core.project.users.size).toBe(1_001);
  });

  it('grows with the changes and not with the users, and no further than they have grown', async () => {
    const emulator = await start();
    const sizes: number[] = [];
    for (let index = 0; index < 1_000; index++) {
      const before = statSync(path).size;
      await create(emulator, `user${index}`);
      sizes.push(statSync(path).size - before);
    }
    expect(Math.max(...sizes)).toBeLessThan(1_000);
    const { user_id: bob } = await create(emulator, 'bob');
    const change = { metadata: { text: 'x'.repeat(100_000) } };
    for (let index = 0; index < 30; index++) await call(emulator, 'PUT', `/user/${bob}`, change);
    expect(statSync(path).size).toBeLessThan(2_000_000);
    expect((await start()).user('bob')).toEqual(emulator.user('bob'));
  });

  it('are sign-outs, which end the sessions before them', async () => {
    const first = await start();
    const userId = first.core.project.findUserByUsername('alice')?.user_id as string;
    const before = Date.now();
    await call(first, 'POST', `/user/${userId}/logout_all_sessions`);
    expect((await start()).core.project.hasEndedSession(userId, before)).toBe(true);
  });

  it('are the changes before a line that is cut off', async () => {
    await create(await start(), 'bob');
    appendFileSync(path, '[["users","x",{"email":"erin@');
    const { project } = (await start()).core;
    expect([...project.users.values()].map(({ username }) => username)).toEqual(['alice', 'bob']);
    await create(await start(), 'carol');
    expect((await start()).core.project.users.size).toBe(3);
  });

  it('is forgotten when the emulator goes back to the seed', async () => {
    const first = await start();
    await create(first, 'bob');
    first.reset();
    await create(first, 'carol');
    const { users } = (await start()).core.project;
    expect([...users.values()].map(({ username }) => username)).toEqual(['alice', 'carol']);
  });

  const UNREADABLE = 'The state of the emulator cannot be read. It starts from the seed.';
  it.each<[string, () => void, { seed?: Seed; isFresh?: boolean }, string[]]>([
    [
      '--fresh',
      () => {},
      { isFresh: true },
      ['Starts from the seed, without the changes since then.'],
    ],
    [
      'a changed seed',
      () => {},
      { seed: { ...SEED, orgs: [{ name: 'Acme' }] } },
      ['The seed has changed. Starts from it, without the changes since the last one.'],
    ],
    ['a file of another version', () => replace('"version":1', '"version":2'), {}, [UNREADABLE]],
    ['a damaged line', () => replace('[["users"', '[["users'), {}, [UNREADABLE]],
    ['a line that has no changes', () => appendFileSync(path, '[1]\n'), {}, [UNREADABLE]],
    ['a file that is not JSON', () => writeFileSync(path, 'state\n'), {}, [UNREADABLE]],
    ['an empty file', () => writeFileSync(path, ''), {}, [UNREADABLE]],
    ['a file that others can read', () => chmodSync(path, 0o644), {}, [UNREADABLE]],
    [
      'a link',
      () => (renameSync(path, `${path}.old`), symlinkSync(`${path}.old`, path)),
      {},
      [UNREADABLE],
    ],
  ])('is not read with %s, which starts from the seed', async (_case, change, options, said) => {
    await create(await start(), 'bob');
    change();
    const { users } = (await start(options)).core.project;
    expect([...users.values()].map(({ username }) => username)).toEqual(['alice']);
    expect(lines).toEqual(said);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    lines = [];
    await start(options.seed === undefined ? {} : { seed: options.seed });
    expect(lines).toEqual([]);
  });

  function replace(text: string, by: string): void {
    writeFileSync(path, readFileSync(path, 'utf8').replace(text, by));
  }

  it('ends with the emulator if there can be no file, which the terminal says once', async () => {
    chmodSync(folder, 0o777);
    const emulator = await start();
    await create(emulator, 'bob');
    expect(emulator.core.project.users.size).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
    expect(lines).toEqual([
      `The emulator cannot keep its state in ${path} (others can write there): changes end with it.`,
    ]);
  });
});

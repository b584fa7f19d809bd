import {
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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { loadProjectState, projectIdOf } from './project-state.js';

const ID = 'a-project';

describe('loadProjectState()', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-propel-auth-'));
  });

  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  const file = () => join(folder, `${ID}.json`);

  it('returns the same key and secret after a restart', async () => {
    const first = await loadProjectState(ID, folder);
    const second = await loadProjectState(ID, folder);
    expect(second.readSecret()).toBe(first.readSecret());
    expect(second.keys.publicKeyPem).toBe(first.keys.publicKeyPem);
  });

  it('stores them in one file that only its owner can read', async () => {
    await loadProjectState(ID, folder);
    expect(readdirSync(folder)).toEqual([`${ID}.json`]);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('creates the folder', async () => {
    const nested = join(folder, 'a', 'b');
    await loadProjectState(ID, nested);
    expect(statSync(nested).mode & 0o777).toBe(0o700);
  });

  it('returns different ones for another project', async () => {
    const first = await loadProjectState(ID, folder);
    const second = await loadProjectState('another-project', folder);
    expect(second.readSecret()).not.toBe(first.readSecret());
    expect(second.keys.publicKeyPem).not.toBe(first.keys.publicKeyPem);
  });

  it('returns the same for processes that start together', async () => {
    const states = await Promise.all([1, 2, 3].map(() => loadProjectState(ID, folder)));
    expect(new Set(states.map((state) => state.readSecret())).size).toBe(1);
    expect(readdirSync(folder)).toEqual([`${ID}.json`]);
  });

  it.each([
    ['others can read', () => chmodSync(file(), 0o644)],
    ['is empty', () => writeFileSync(file(), '')],
    ['is not JSON', () => writeFileSync(file(), '{')],
    ['is not an object', () => writeFileSync(file(), 'null')],
    ['lacks the key', () => writeFileSync(file(), JSON.stringify({ secret: 'x' }))],
    [
      'has a damaged key',
      () => writeFileSync(file(), readFileSync(file(), 'utf8').replace('BEGIN PRIVATE', 'BEGIN')),
    ],
    [
      'is a link to another file',
      () => {
        renameSync(file(), join(folder, 'elsewhere'));
        symlinkSync(join(folder, 'elsewhere'), file());
      },
    ],
    [
      'has a short secret',
      () =>
        writeFileSync(
          file(),
          readFileSync(file(), 'utf8').replace(/"secret":".*?"/, '"secret":""'),
        ),
    ],
  ])('replaces a file that %s', async (_case, damage) => {
    const before = await loadProjectState(ID, folder);
    damage();
    const after = await loadProjectState(ID, folder);
    expect(after.readSecret()).toMatch(/^[\w-]{43}$/);
    expect(after.readSecret()).not.toBe(before.readSecret());
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('stores nothing in a folder that others can write to', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    chmodSync(folder, 0o777);
    await loadProjectState(ID, folder);
    expect(readdirSync(folder)).toEqual([]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('(others can write there)')]]);
  });

  it('writes nothing to the working directory', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    await loadProjectState(ID, 'a-relative-folder');
    expect(existsSync('a-relative-folder')).toBe(false);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('(a relative path)')]]);
  });

  it('returns an object that prints without its secret', async () => {
    const state = await loadProjectState(ID, folder);
    expect(inspect(state, { showHidden: true, depth: null })).not.toContain(state.readSecret());
  });

  it('warns once and continues if it cannot store anything', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    writeFileSync(join(folder, 'a-file'), '');
    const state = await loadProjectState(ID, join(folder, 'a-file'));
    expect(state.readSecret()).toMatch(/^[\w-]{43}$/);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/cannot keep its signing key in .*a-project\.json \(EEXIST\)/)],
    ]);
  });
});

describe('projectIdOf()', () => {
  it('distinguishes folders and origins', () => {
    const ids = [
      projectIdOf('http://localhost:3000', '/one'),
      projectIdOf('http://localhost:3000', '/two'),
      projectIdOf('http://localhost:4000', '/one'),
    ];
    expect(new Set(ids).size).toBe(3);
    expect(projectIdOf('http://localhost:3000', '/one')).toBe(ids[0]);
  });
});

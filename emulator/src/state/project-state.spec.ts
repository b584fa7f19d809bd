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
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.js';
import { registerCleanup } from '../../../test/support/clean-up.js';
import { loadProjectState, projectIdOf } from './project-state.js';

const ID = 'a-project';

describe('loadProjectState()', () => {
  let folder: string;
  let warnings: string[];
  const warn = (line: string) => void warnings.push(line);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'emulator-state-'));
    warnings = [];
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const file = () => join(folder, `${ID}.json`);

  it('returns the same secrets after a restart', async () => {
    const first = await loadProjectState(ID, warn, folder);
    const { keys, ...second } = await loadProjectState(ID, warn, folder);
    expect(first).toMatchObject(second);
    expect(keys.publicKeyPem).toBe(first.keys.publicKeyPem);
  });

  it('stores them in one file that only its owner can read', async () => {
    await loadProjectState(ID, warn, folder);
    expect(readdirSync(folder)).toEqual([`${ID}.json`]);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('creates the folder', async () => {
    const nested = join(folder, 'a', 'b');
    await loadProjectState(ID, warn, nested);
    expect(statSync(nested).mode & 0o777).toBe(0o700);
  });

  it('returns different ones for another project', async () => {
    const first = await loadProjectState(ID, warn, folder);
    const second = await loadProjectState('another-project', warn, folder);
    expect(second.apiKey).not.toBe(first.apiKey);
    expect(second.keys.publicKeyPem).not.toBe(first.keys.publicKeyPem);
  });

  it('returns the same for processes that start together', async () => {
    const states = await Promise.all([1, 2, 3].map(() => loadProjectState(ID, warn, folder)));
    expect(new Set(states.map((state) => state.apiKey)).size).toBe(1);
    expect(readdirSync(folder)).toEqual([`${ID}.json`]);
  });

  it.each([
    ['others can read', () => chmodSync(file(), 0o644)],
    ['is empty', () => writeFileSync(file(), '')],
    ['is not JSON', () => writeFileSync(file(), '{')],
    ['is not an object', () => writeFileSync(file(), 'null')],
    [
      'lacks the key',
      () => writeFileSync(file(), JSON.stringify({ apiKey: `emulator_${'x'.repeat(43)}` })),
    ],
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
      'has a short key',
      () =>
        writeFileSync(
          file(),
          readFileSync(file(), 'utf8').replace(/"apiKey":".*?"/, '"apiKey":"emulator_"'),
        ),
    ],
  ])('replaces a file that %s', async (_case, damage) => {
    const before = await loadProjectState(ID, warn, folder);
    damage();
    const after = await loadProjectState(ID, warn, folder);
    expect(after.apiKey).toMatch(/^emulator_[\w-]{43}$/);
    expect(after.apiKey).not.toBe(before.apiKey);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('stores nothing in a folder that others can write to', async () => {
    chmodSync(folder, 0o777);
    await loadProjectState(ID, warn, folder);
    expect(readdirSync(folder)).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('(others can write there)')]);
  });

  it('writes nothing to the working directory', async () => {
    await loadProjectState(ID, warn, 'a-relative-folder');
    expect(existsSync('a-relative-folder')).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('(a relative path)')]);
  });

  it('warns once and continues if it cannot store anything', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    const state = await loadProjectState(ID, warn, join(folder, 'a-file'));
    expect(state.apiKey).toMatch(/^emulator_[\w-]{43}$/);
    expect(warnings).toEqual([
      expect.stringMatching(/cannot keep its keys in .*a-project\.json \(EEXIST\)/),
    ]);
  });
});

describe('projectIdOf()', () => {
  it('distinguishes folders', () => {
    expect(projectIdOf('/one')).not.toBe(projectIdOf('/two'));
    expect(projectIdOf('/one')).toBe(projectIdOf('/one'));
    expect(projectIdOf('/one')).not.toBe(projectIdOf('/One'));
  });

  it('takes a folder for the same on Windows, whatever its case', () => {
    const { platform } = process;
    registerCleanup(() => Object.defineProperty(process, 'platform', { value: platform }));
    Object.defineProperty(process, 'platform', { value: 'win32' });
    expect(projectIdOf('c:\\code\\one')).toBe(projectIdOf('C:\\Code\\One'));
  });
});

describe('cacheFolder()', () => {
  it('is that of the operating system', () => {
    const home = homedir();
    expect(cacheFolder('linux', {})).toBe(join(home, '.cache/propelauth-emulator'));
    expect(cacheFolder('linux', { XDG_CACHE_HOME: '/x' })).toBe('/x/propelauth-emulator');
    expect(cacheFolder('darwin', {})).toBe(join(home, 'Library/Caches/propelauth-emulator'));
    expect(cacheFolder('win32', { LOCALAPPDATA: '/a' })).toBe('/a/propelauth-emulator/Cache');
    expect(cacheFolder('win32', {})).toBe(join(home, 'AppData/Local/propelauth-emulator/Cache'));
  });
});

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { registerCleanup } from '../support/clean-up.js';
import { REPOSITORY } from '../../docs/.vitepress/repository.js';

const SCRIPT = resolve('scripts/repository-owner.mjs');
const NAME = 'nestjs-propelauth';
/** In two parts: this file does not name it either. */
const PLACEHOLDER = ['OWNER', 'PLACEHOLDER'].join('_');
const [, CURRENT = ''] = /github\.com\/([^/]+)/.exec(REPOSITORY) ?? [];
/** One file for each place where an owner is named. */
const PLACES = [
  'package.json',
  'README.md',
  'SECURITY.md',
  'CODE_OF_CONDUCT.md',
  'docs/compatibility.md',
  '.github/CODEOWNERS',
  '.github/ISSUE_TEMPLATE/config.yml',
  '.github/workflows/release.yml',
];

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

/** All files of the repository, in a folder where a test may change them. */
function copyRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'repository-owner-'));
  registerCleanup(() => rmSync(folder, { recursive: true }));
  const options = ['--cached', '--others', '--exclude-standard', '-z'];
  for (const file of git('.', 'ls-files', ...options).split('\0')) {
    // Screenshots name nobody.
    if (file === '' || file.endsWith('.png') || !existsSync(file)) continue;
    cpSync(file, join(folder, file));
  }
  git(folder, 'init', '--quiet');
  return folder;
}

/** A folder with what names the owner in each of its ways, which is faster to make. */
function copyPlaces(): string {
  const folder = mkdtempSync(join(tmpdir(), 'repository-owner-'));
  registerCleanup(() => rmSync(folder, { recursive: true }));
  for (const file of PLACES) cpSync(file, join(folder, file));
  git(folder, 'init', '--quiet');
  return folder;
}

function run(folder: string, ...args: string[]): string {
  return execFileSync(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !dirname(file).includes('/.git/') && !dirname(file).endsWith('/.git'));
}

function readAll(folder: string): string {
  return filesIn(folder)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

function filesThatName(owner: string, folder: string): string[] {
  return filesIn(folder)
    .filter((file) => readFileSync(file, 'utf8').includes(owner))
    .map((file) => file.slice(folder.length + 1));
}

describe('npm run set-owner', () => {
  it('replaces the previous owner in every file of the repository', () => {
    const folder = copyRepository();
    expect(filesThatName(CURRENT, folder)).toEqual(expect.arrayContaining(PLACES));
    run(folder, 'acme-inc');
    expect(filesThatName(PLACEHOLDER, folder)).toEqual([]);
    expect(readAll(folder)).not.toContain(`${CURRENT}/${NAME}`);
    expect(filesThatName('acme-inc', folder)).toEqual(expect.arrayContaining(PLACES));
  });

  it('replaces the owner again in the same places', () => {
    const folder = copyPlaces();
    const page = join(folder, 'page.md');
    writeFileSync(page, `https://${CURRENT}.github.io/${NAME}/ for us, not for acme-inc.`);
    const countOf = (owner: string) =>
      readAll(folder).split(new RegExp(`${owner}(?=/${NAME}|\\.github\\.io/${NAME}|\\n)`)).length;
    run(folder, 'acme-inc');
    const count = countOf('acme-inc');
    expect(count).toBeGreaterThan(10);
    run(folder, 'Globex');
    expect(countOf('Globex')).toBe(count);
    expect(readFileSync(page, 'utf8')).toBe(
      `https://Globex.github.io/${NAME}/ for us, not for acme-inc.`,
    );
    expect(filesThatName('acme-inc', folder)).toEqual(['page.md']);
    expect(readFileSync(join(folder, '.github/CODEOWNERS'), 'utf8')).toBe('* @Globex\n');
    expect(() => run(folder)).not.toThrow();
  });

  it.each(['', 'a_b', '-a', 'a--b', 'a/b', 'a'.repeat(40), 'a-'.repeat(20) + 'a', 'a.*', '$&'])(
    'rejects "%s", which is not a GitHub account, and changes nothing',
    (owner) => {
      const folder = copyPlaces();
      const before = readAll(folder);
      expect(() => run(folder, owner)).toThrow('is not the name of a GitHub account');
      expect(readAll(folder)).toBe(before);
    },
  );
});

describe('Publishing', () => {
  it('fails while package.json has no repository owner', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['prepublishOnly']).toBe('node scripts/repository-owner.mjs');
    const folder = copyPlaces();
    const file = join(folder, 'package.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll(`github.com/${CURRENT}`, `github.com/${PLACEHOLDER}`));
    expect(() => run(folder)).toThrow('npm run set-owner');
  });
});

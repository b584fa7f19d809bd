import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { registerCleanup } from '../support/clean-up.js';
import { REPOSITORY } from '../../docs/.vitepress/repository.js';

const SCRIPT = resolve('scripts/repository-owner.mjs');
const [, CURRENT = ''] = /github\.com\/([^/]+)/.exec(REPOSITORY) ?? [];
/** How files name an owner. */
const namesOf = (owner: string) =>
  `github\\.com/${owner}/|${owner}\\.github\\.io|@${owner}\\b|'${owner}/`;
/** In two parts: this file does not name it either. */
const PLACEHOLDER = ['OWNER', 'PLACEHOLDER'].join('_');
const FILES = [
  'package.json',
  '.github/CODEOWNERS',
  '.github/ISSUE_TEMPLATE/bug.yml',
  '.github/ISSUE_TEMPLATE/config.yml',
  '.github/workflows/release.yml',
  'schematics/nest-add/manual-set-up.error.ts',
];

/** The files that name the owner, with the placeholder, where a test may change them. */
function copyFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'repository-owner-'));
  registerCleanup(() => rmSync(folder, { recursive: true }));
  const named = new RegExp(namesOf(CURRENT), 'g');
  for (const file of FILES) {
    cpSync(file, join(folder, file));
    writeFileSync(
      join(folder, file),
      read('.', file).replaceAll(named, (name) => name.replace(CURRENT, PLACEHOLDER)),
    );
  }
  return folder;
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

function run(folder: string, ...args: string[]): string {
  return execFileSync(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

describe('The owner of the repository', () => {
  it('is named only in files that npm run set-owner changes', () => {
    const command = ['grep', '--untracked', '-lE', `${PLACEHOLDER}|${namesOf(CURRENT)}`];
    const files = execFileSync('git', command, { encoding: 'utf8' }).trim().split('\n');
    expect(files.toSorted()).toEqual(FILES.toSorted());
  });
});

describe('npm run set-owner', () => {
  it('replaces the placeholder in all files that have it', () => {
    const folder = copyFiles();
    run(folder, 'acme');
    for (const file of FILES) {
      expect(read(folder, file)).toContain('acme');
      expect(read(folder, file)).not.toContain(PLACEHOLDER);
    }
  });

  it('does not replace an account', () => {
    const folder = copyFiles();
    run(folder, 'acme');
    expect(() => run(folder, 'another')).toThrow('package.json names acme already');
  });

  it.each([
    '',
    'two words',
    '-acme',
    'acme-',
    'a--b',
    'a_b',
    'a'.repeat(40),
    'https://github.com/acme',
  ])('rejects %j', (owner) => {
    const folder = copyFiles();
    expect(() => run(folder, owner)).toThrow('is not the name of a GitHub account');
    expect(read(folder, 'package.json')).toContain(PLACEHOLDER);
  });
});

describe('Publishing', () => {
  it('runs the check first', () => {
    const { scripts } = JSON.parse(read('.', 'package.json')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['prepublishOnly']).toBe('node scripts/repository-owner.mjs');
  });

  it('fails while package.json has the placeholder, and passes afterwards', () => {
    const folder = copyFiles();
    expect(() => run(folder)).toThrow('npm run set-owner');
    run(folder, 'acme');
    expect(run(folder)).toBe('');
  });
});

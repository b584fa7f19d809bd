import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { registerCleanup } from '../support/clean-up.js';
import { REPOSITORY } from '../support/links.js';

const SCRIPT = resolve('scripts/repository-owner.mjs');
const PACKAGED = ['package.json', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'docs'];

/** Where a test may change what the package contains. */
function copyPackage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'repository-owner-'));
  registerCleanup(() => rmSync(folder, { recursive: true }));
  for (const file of PACKAGED) cpSync(file, join(folder, file), { recursive: true });
  return folder;
}

function run(folder: string, ...args: string[]): string {
  return execFileSync(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

function readAll(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.(?:md|json)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

describe('npm run set-owner', () => {
  it('sets the repository owner everywhere, and can be repeated', () => {
    const folder = copyPackage();
    const countOf = (owner: string) => readAll(folder).split(`github.com/${owner}/`).length - 1;
    const [, before = ''] = /github\.com\/([^/]+)/.exec(REPOSITORY) ?? [];
    const count = countOf(before);
    expect(count).toBeGreaterThan(20);
    for (const owner of ['acme-inc', 'Globex']) {
      run(folder, owner);
      expect(countOf(owner)).toBe(count);
    }
    expect(countOf(before) + countOf('acme-inc')).toBe(0);
    expect(() => run(folder)).not.toThrow();
  });

  it.each(['', 'a_b', '-a', 'a--b', 'a/b', 'a'.repeat(40)])(
    'rejects "%s", which is not a GitHub account, and changes nothing',
    (owner) => {
      const folder = copyPackage();
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
    const folder = copyPackage();
    const file = join(folder, 'package.json');
    const placeholder = readFileSync(file, 'utf8').replaceAll(
      /github\.com\/[^/]+/g,
      'github.com/OWNER_PLACEHOLDER',
    );
    writeFileSync(file, placeholder);
    expect(() => run(folder)).toThrow('npm run set-owner');
  });
});

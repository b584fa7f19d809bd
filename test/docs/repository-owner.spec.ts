import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder, writeIn } from '../support/temporary-folder.js';

const SCRIPT = resolve('scripts/repository-owner.mjs');
const CODE_OWNERS = '.github/CODEOWNERS';
const MESSAGES = 'schematics/nest-add/manual-set-up.error.ts';
const PACKAGES = ['package.json', 'emulator/package.json'];

/** The files that name the owner, as they are before the command, where a test may change them. */
function copyFiles(): string {
  const folder = temporaryFolder();
  for (const file of PACKAGES) {
    const { homepage: _, bugs: _bugs, repository: _repository, ...others } = readJson('.', file);
    writeIn(folder, file, JSON.stringify(others));
  }
  writeIn(folder, MESSAGES, read('.', MESSAGES).replace(/DOCS = '.*'/, "DOCS = 'docs'"));
  mkdirSync(join(folder, '.github'));
  return folder;
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

function readJson(folder: string, file: string): Record<string, unknown> {
  return JSON.parse(read(folder, file)) as Record<string, unknown>;
}

function run(folder: string, ...args: string[]): string {
  return execFileSync(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

describe('npm run set-owner', () => {
  it('writes the addresses of the repository into both packages', () => {
    const folder = copyFiles();
    run(folder, 'acme');
    for (const [file, directory] of [
      ['package.json', undefined],
      ['emulator/package.json', 'emulator'],
    ] as const) {
      const { homepage, bugs, repository, ...others } = readJson(folder, file);
      expect({ homepage, bugs, repository }).toEqual({
        homepage: 'https://acme.github.io/nestjs-propelauth/',
        bugs: { url: 'https://github.com/acme/nestjs-propelauth/issues' },
        repository: {
          type: 'git',
          url: 'git+https://github.com/acme/nestjs-propelauth.git',
          directory,
        },
      });
      expect(readJson('.', file)).toMatchObject(others);
    }
  });

  it('lets nest add name the site, and changes belong to the account', () => {
    const folder = copyFiles();
    run(folder, 'acme');
    expect(read(folder, MESSAGES)).toContain("DOCS = 'https://acme.github.io/nestjs-propelauth'");
    expect(read(folder, CODE_OWNERS)).toBe('* @acme\n');
  });

  it('does not replace an account', () => {
    const folder = copyFiles();
    run(folder, 'acme');
    expect(() => run(folder, 'another')).toThrow('package.json names https://acme.github.io');
    expect(read(folder, CODE_OWNERS)).toBe('* @acme\n');
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
    expect(readJson(folder, 'package.json')).not.toHaveProperty('repository');
    expect(existsSync(join(folder, CODE_OWNERS))).toBe(false);
  });
});

describe('Publishing', () => {
  it.each(PACKAGES)('%s runs the check first', (file) => {
    const { scripts } = readJson('.', file) as { scripts: Record<string, string> };
    expect(scripts['prepublishOnly']).toMatch(/^node (?:\.\.\/)?scripts\/repository-owner\.mjs$/);
  });

  it('fails while package.json has no address of the repository, and passes afterwards', () => {
    const folder = copyFiles();
    expect(() => run(folder)).toThrow('npm run set-owner');
    run(folder, 'acme');
    expect(run(folder)).toBe('');
  });
});

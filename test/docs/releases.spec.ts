import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { temporaryFolder } from '../support/temporary-folder.js';

const CHANGESETS = resolve('scripts/node_modules/@changesets/cli/bin.js');

/** What a release reads and writes, with these changesets: each its kind, and its lines. */
function startRelease(changesets: [kind: string, lines: string][]): string {
  const folder = temporaryFolder();
  for (const file of [
    'package.json',
    'emulator/package.json',
    '.changeset',
    'scripts/changelog.mjs',
  ]) {
    cpSync(file, join(folder, file), { recursive: true });
  }
  symlinkSync(resolve('scripts/node_modules'), join(folder, 'scripts/node_modules'));
  for (const [index, [kind, lines]] of changesets.entries()) {
    const text = `---\nnestjs-propelauth: ${kind}\n---\n\n${lines}\n`;
    writeFileSync(join(folder, `.changeset/change-${index}.md`), text);
  }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  git('add', 'package.json');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'Begin');
  return folder;
}

function run(folder: string, ...args: string[]): string {
  // changesets writes colors into a pipe, too, when the variable `CI` is set.
  return stripVTControlCharacters(
    execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }),
  );
}

function versionIn(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string })
    .version;
}

/** Makes the next version of a package that has this version and changelog. */
function release(version: string, changelog: string, changesets: [string, string][]) {
  const folder = startRelease(changesets);
  const file = join(folder, 'package.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/"version": "[^"]+"/, `"version": "${version}"`));
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
  run(folder, 'scripts/changelog.mjs');
  run(folder, CHANGESETS, 'version');
  return {
    version: versionIn(folder),
    changelog: readFileSync(join(folder, 'CHANGELOG.md'), 'utf8').replace(
      /\d{4}-\d\d-\d\d/,
      'today',
    ),
  };
}

describe('A release', () => {
  it('is configured so that changesets finds the next version', () => {
    const folder = startRelease([['minor', 'Adds a decorator.']]);
    expect(run(folder, CHANGESETS, 'status')).toMatch(/bumped at minor:[^:]*- nestjs-propelauth\n/);
  });

  it('adds the lines of the changesets to a section of the changelog, by kind', () => {
    const changesets: [string, string][] = [
      ['patch', 'Rejects an empty key.'],
      ['minor', 'Adds `@RequireTeam()`.\nIt takes a team.'],
      ['minor', 'Adds the option `teams`.'],
    ];
    expect(
      release('1.1.0', '# Changelog\n\nAll changes.\n\n## 1.1.0\n\n- Old.\n', changesets),
    ).toEqual({
      version: '1.2.0',
      changelog: [
        '# Changelog\n\nAll changes.\n',
        '## 1.2.0 (today)\n',
        '### Added and changed\n',
        '- Adds `@RequireTeam()`.\n  It takes a team.',
        '- Adds the option `teams`.\n',
        '### Fixed\n',
        '- Rejects an empty key.\n',
        '## 1.1.0\n\n- Old.\n',
      ].join('\n'),
    });
  });

  it('adds them after the unreleased lines', () => {
    const before = '# Changelog\n\n## Unreleased\n\n- By hand.\n\n## 1.1.0\n\n- Old.\n';
    expect(release('1.1.0', before, [['major', 'Removes an option.']])).toEqual({
      version: '2.0.0',
      changelog:
        '# Changelog\n\n## 2.0.0 (today)\n\n- By hand.\n\n### Breaking changes\n\n- Removes an option.\n\n## 1.1.0\n\n- Old.\n',
    });
  });

  it('puts its chapter above the older ones, also if nothing is listed as unreleased', () => {
    const before = '# Changelog\n\n## Unreleased\n\n## 1.1.0\n\n- Old.\n';
    expect(release('1.1.0', before, [['patch', 'Fixes it.']]).changelog).toBe(
      '# Changelog\n\n## 1.1.1 (today)\n\n### Fixed\n\n- Fixes it.\n\n## 1.1.0\n\n- Old.\n',
    );
  });

  it('begins the chapters of a changelog that has none', () => {
    expect(release('1.1.0', '# Changelog\n', [['patch', 'Fixes `$&`.']]).changelog).toBe(
      '# Changelog\n\n## 1.1.1 (today)\n\n### Fixed\n\n- Fixes `$&`.\n',
    );
  });

  it('keeps the list of a changeset with several changes', () => {
    const changesets: [string, string][] = [['patch', '- Fixes a.\n- Fixes b.']];
    expect(release('1.1.0', '# Changelog\n', changesets).changelog).toMatch(
      /### Fixed\n\n- Fixes a\.\n- Fixes b\.\n$/,
    );
  });

  it('fails for a changeset without lines, and names it', () => {
    expect(() => release('1.1.0', '# Changelog\n', [['patch', '']])).toThrow(
      '.changeset/change-0.md has no lines',
    );
  });

  it('has no chapter for changesets that release nothing', () => {
    const changelog = '# Changelog\n\n## 1.1.0\n\n- Old.\n';
    expect(release('1.1.0', changelog, [['none', 'Renames a test.']])).toEqual({
      version: '1.1.0',
      changelog,
    });
  });

  it('changes nothing without changesets', () => {
    const changelog = '# Changelog\n\n## Unreleased\n\n- By hand.\n';
    expect(release('1.1.0', changelog, [])).toEqual({ version: '1.1.0', changelog });
  });
});

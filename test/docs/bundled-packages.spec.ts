import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.js';

const versionOf = (name: string) =>
  (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string })
    .version;

/** Runs the check with an npm that lists these releases of jose. */
function check(releases: string[]) {
  const npm = `#!/bin/sh\ncase "$2" in jose@^6) echo '${JSON.stringify(releases)}';; esac\n`;
  const folder = temporaryFolder({ npm });
  chmodSync(join(folder, 'npm'), 0o755);
  const { status, stdout } = spawnSync(process.execPath, ['scripts/bundled-packages.mjs'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` },
  });
  return { status, lines: stdout.trim().split('\n') };
}

describe('The check of what is inside the CommonJS build', () => {
  const jose = versionOf('jose');

  it('passes if each copy is the newest release of its major version', () => {
    const { status, lines } = check(['6.0.0', jose, '6.1.9']);
    expect(lines[0]).toBe(`✓ jose ${jose}`);
    expect(lines).toHaveLength(1);
    expect(status).toBe(0);
  });

  it('fails if there is a newer release, and names it', () => {
    const { status, lines } = check(['6.0.0', '6.100.0', '6.99.0', jose]);
    expect(lines[0]).toBe(
      `✗ jose ${jose} is in the CommonJS build, but 6.100.0 is out. Run npm update jose.`,
    );
    expect(status).toBe(1);
  });

  it('runs before each merge and each release', () => {
    expect(readFileSync('.github/workflows/ci.yml', 'utf8')).toContain('- run: npm run bundled');
    expect(readFileSync('.ci/run', 'utf8')).toContain('npm run bundled');
  });
});

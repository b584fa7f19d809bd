/*
 * Installs what only some commands need, as the lockfile of its folder has it: node scripts/install.mjs docs. Does nothing if it is
 * installed already.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const lockfile = readFileSync(join(folder, 'package-lock.json'), 'utf8');
const installed = join(folder, 'node_modules/.installed-package-lock.json');

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lockfile) {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', ...options], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  writeFileSync(installed, lockfile);
}

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { npm } from '../compat/command.mjs';

const root = resolve(import.meta.dirname, '../..');
const QUIET = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];

/**
 * Builds and packs the package, unless that was done and `PACKED_PACKAGE` names the tarball.
 *
 * @param {string} folder where the tarball goes
 * @returns {Promise<string>} the tarball
 */
export async function pack(folder) {
  const { PACKED_PACKAGE: packed } = process.env;
  if (packed !== undefined) return packed;
  return packWith([], folder);
}

/** Builds and packs the emulator, unless that was done and `PACKED_EMULATOR` names the tarball. Like {@link pack}. */
export async function packEmulator(folder) {
  const { PACKED_EMULATOR: packed } = process.env;
  if (packed !== undefined) return packed;
  return packWith(['--workspace', 'propelauth-emulator'], folder);
}

async function packWith(words, folder) {
  const options = ['--silent', '--pack-destination', folder];
  const output = await npm(['pack', ...words, ...options], { cwd: root });
  return join(folder, output.trim().split('\n').at(-1));
}

/** Installs what the lockfile of an application pins, and the packed packages: in one go, which takes npm two thirds of the time. */
export async function installInto(application, tarballs) {
  await npm(['install', '--no-save', ...QUIET, ...tarballs], { cwd: application });
  const pinned = packagesIn(join(application, 'package-lock.json'));
  const installed = packagesIn(join(application, 'node_modules/.package-lock.json'));
  for (const [path, { version }] of Object.entries(installed)) {
    // What only the packed packages depend on is not pinned.
    const expected = pinned[path]?.version ?? version;
    if (version !== expected) throw new Error(`${path} is ${version}, not ${expected} as pinned`);
  }
}

function packagesIn(lockfile) {
  return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
}

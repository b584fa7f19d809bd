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
  const output = await npm(['pack', '--silent', '--pack-destination', folder], { cwd: root });
  return join(folder, output.trim().split('\n').at(-1));
}

/** Installs what the lockfile of an application pins, then the packed package. */
export async function installInto(application, tarball) {
  await npm(['ci', ...QUIET], { cwd: application });
  await npm(['install', '--no-save', ...QUIET, tarball], { cwd: application });
}

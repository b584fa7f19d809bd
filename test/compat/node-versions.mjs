import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { npm } from './command.mjs';

/** The oldest version that the package promises to run on, and the newest of each later line. */
const VERSIONS = ['20.19.0', '22.23.5', '24.22.3', '26.12.1'];

const cache = resolve(import.meta.dirname, '../../node_modules/.cache/node-versions');

/** What the package `node` of the registry brings the binary by, without its install script. */
const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * Installs each version of Node.js, once.
 *
 * @returns {Promise<{ version: string, directory: string }[]>} the folders with the binary `node`
 */
export async function installNodeVersions() {
  const versions = [];
  for (const version of VERSIONS) versions.push(await installNode(version));
  return versions;
}

/** Installs a version, once. */
export async function installNode(version) {
  const folder = join(cache, version);
  mkdirSync(folder, { recursive: true });
  await npm(
    ['install', '--prefix', folder, '--no-audit', '--no-fund', `${packageName}@${version}`],
    { cwd: folder },
  );
  return { version, directory: join(folder, 'node_modules', packageName, 'bin') };
}

import { join } from 'node:path';
import { installNodeVersions } from '../test/compat/node-versions.mjs';

/** The lines of Node.js that the package is tested on, oldest first. */
export const LINES = ['20', '22', '24', '26'];

/**
 * Installs the versions of Node.js that `npm run test:compat` tests.
 *
 * @returns {Promise<{ line: string, version: string, execPath: string }[]>}
 */
export async function installNodes() {
  const installed = await installNodeVersions();
  return installed.map(({ version, directory }) => {
    return { line: version.split('.')[0], version, execPath: join(directory, 'node') };
  });
}

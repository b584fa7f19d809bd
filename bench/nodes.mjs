import { join } from 'node:path';
import { installNodeVersions } from '../test/compat/node-versions.mjs';

/** The lines of Node.js that are measured, oldest first. */
const LINES = ['20', '24'];

/**
 * Installs the versions of Node.js that everything is measured on.
 *
 * @param only the one line to measure; default: all of them
 * @returns {Promise<{ line: string, version: string, execPath: string }[]>}
 */
export async function installNodes(only) {
  if (only !== undefined && !LINES.includes(only)) {
    throw new Error(`--node takes one of: ${LINES.join(', ')}`);
  }
  const installed = await installNodeVersions();
  return (only === undefined ? LINES : [only]).map((line) => {
    const { version, directory } = installed.find((node) => node.version.startsWith(`${line}.`));
    return { line, version, execPath: join(directory, 'node') };
  });
}

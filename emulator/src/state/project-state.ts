import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { cacheFolder } from './cache-folder.js';
import { codeOf, isPrivateFile, preparePrivateFolder } from './private-files.js';
import { newSecrets, parseSecrets } from './stored-secrets.js';

/** The file of the users, organizations and clients of a project. Emulators of one project at the same time have different ports. */
export function stateFileOf(projectId: string, port: number): string {
  return join(cacheFolder(), `${projectId}-${port}.jsonl`);
}

/** Identifies a project on this machine by its folder, whose case does not matter on Windows. */
export function projectIdOf(folder: string = process.cwd()): string {
  const path = process.platform === 'win32' ? folder.toLowerCase() : folder;
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

/**
 * Reads the secrets of a project from their file in the cache folder of the operating system, or creates them. A file that others can read,
 * or that is damaged, is replaced. If the folder cannot be written, the secrets end with the process.
 *
 * @param warn prints a line
 * @param folder the cache folder
 */
export async function loadProjectState(
  projectId: string,
  warn: (line: string) => void,
  folder: string = cacheFolder(),
): Promise<IssuerSecrets> {
  const path = join(folder, `${projectId}.json`);
  try {
    await preparePrivateFolder(folder);
    return (await readState(path)) ?? (await createState(path));
  } catch (error) {
    warn(
      `The emulator cannot keep its keys in ${path} (${codeOf(error)}): they change with the next start, and no second exec can join. ` +
        'Make the folder writable for you alone.',
    );
    return parseSecrets(await newSecrets());
  }
}

/** The secrets, or `undefined` if there is no file that can be used. */
async function readState(path: string): Promise<IssuerSecrets | undefined> {
  try {
    if (await isPrivateFile(path)) {
      return await parseSecrets(JSON.parse(await readFile(path, 'utf8')));
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
  }
  await rm(path, { force: true });
  return undefined;
}

async function createState(path: string): Promise<IssuerSecrets> {
  const secrets = await newSecrets();
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, JSON.stringify(secrets), { mode: 0o600, flag: 'wx' });
  try {
    // Fails if there is a file: of two processes that start together, both use what the first one wrote.
    await link(temporary, path);
    return await parseSecrets(secrets);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const first = await readState(path);
    if (first === undefined) throw error;
    return first;
  } finally {
    await rm(temporary, { force: true });
  }
}

import { createHash, randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { cacheFolder } from './cache-folder.js';
import { newSecrets, parseSecrets } from './stored-secrets.js';

/** Permissions of everyone but the owner. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

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
    if (!isAbsolute(folder)) throw new Error('a relative path');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!isPrivate(await lstat(folder), OTHERS_WRITE)) throw new Error('others can write there');
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
    const stats = await lstat(path);
    if (stats.isFile() && isPrivate(stats, OTHERS))
      return await parseSecrets(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
  }
  await rm(path, { force: true });
  return undefined;
}

/** Whether something belongs to this user, and gives others none of these permissions. */
function isPrivate({ uid, mode }: Stats, permissions: number): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & permissions) === 0);
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

/** The code of a file system error, or the message of another one. */
function codeOf(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  return code ?? message ?? String(error);
}

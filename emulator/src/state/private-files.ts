import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { isAbsolute } from 'node:path';

/** Permissions of everyone but the owner. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** Creates a folder unless there is one. @throws {Error} if it cannot be trusted */
export async function preparePrivateFolder(folder: string): Promise<void> {
  if (!isAbsolute(folder)) throw new Error('a relative path');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!isPrivate(await lstat(folder), OTHERS_WRITE)) throw new Error('others can write there');
}

/** Whether this is a file, and no link, that nobody else can read. */
export async function isPrivateFile(path: string): Promise<boolean> {
  const stats = await lstat(path);
  return stats.isFile() && isPrivate(stats, OTHERS);
}

/** Whether something belongs to this user, and gives others none of these permissions. */
function isPrivate({ uid, mode }: Stats, permissions: number): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & permissions) === 0);
}

/** The code of a file system error, or the message of another one. */
export function codeOf(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  return code ?? message ?? String(error);
}

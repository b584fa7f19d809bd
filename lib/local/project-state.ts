import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { Logger } from '@nestjs/common';
import envPaths from 'env-paths';
import {
  generateSigningKeyPems,
  importSigningKeys,
  type SigningKeyPems,
  type SigningKeys,
} from './issuer/signing-keys.js';

/** What a local project keeps between restarts, so that tokens, sign-ins and links outlive them. */
export class ProjectState {
  // A private field: printing this must not print it.
  readonly #secret: string;

  constructor(
    readonly keys: SigningKeys,
    secret: string,
  ) {
    this.#secret = secret;
  }

  /** The secret of links, unless an option sets it. */
  readSecret(): string {
    return this.#secret;
  }
}

/** The content of the file. */
interface StateFile extends SigningKeyPems {
  readonly secret: string;
}

/** Permissions of everyone but the owner. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

const SECRET = /^[\w-]{43}$/;

/**
 * Identifies a project on this machine.
 *
 * @param origin the URL of the application
 * @param folder where the project is
 */
export function projectIdOf(origin: string, folder: string = process.cwd()): string {
  return createHash('sha256').update(`${folder}\n${origin}`).digest('hex').slice(0, 16);
}

/**
 * Reads the state of a project from its file in the cache folder of the operating system, or creates it. A file that others can read, or
 * that is damaged, is replaced. If the folder cannot be written, the state ends with the process.
 *
 * @param folder the cache folder
 */
export async function loadProjectState(
  projectId: string,
  folder: string = envPaths('nestjs-propelauth', { suffix: '' }).cache,
): Promise<ProjectState> {
  const path = join(folder, `${projectId}.json`);
  try {
    if (!isAbsolute(folder)) throw new Error('a relative path');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!isPrivate(await lstat(folder), OTHERS_WRITE)) throw new Error('others can write there');
    return (await readState(path)) ?? (await createState(path));
  } catch (error) {
    new Logger('PropelAuth').warn(
      `The local PropelAuth cannot keep its signing key in ${path} (${codeOf(error)}): access tokens and links are valid until the next ` +
        'restart. Make the folder writable.',
    );
    return importState(await newState());
  }
}

/** The state, or `undefined` if there is no file that can be used. */
async function readState(path: string): Promise<ProjectState | undefined> {
  try {
    const stats = await lstat(path);
    if (stats.isFile() && isPrivate(stats, OTHERS))
      return await importState(JSON.parse(await readFile(path, 'utf8')));
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

async function createState(path: string): Promise<ProjectState> {
  const state = await newState();
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, JSON.stringify(state), { mode: 0o600, flag: 'wx' });
  try {
    // Fails if there is a file: of two processes that start together, both use what the first one wrote.
    await link(temporary, path);
    return await importState(state);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const first = await readState(path);
    if (first === undefined) throw error;
    return first;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function newState(): Promise<StateFile> {
  return { ...(await generateSigningKeyPems()), secret: randomBytes(32).toString('base64url') };
}

async function importState(content: unknown): Promise<ProjectState> {
  const { secret, privateKeyPem, publicKeyPem } = content as Partial<Record<string, unknown>>;
  if (
    typeof secret !== 'string' ||
    !SECRET.test(secret) ||
    typeof privateKeyPem !== 'string' ||
    typeof publicKeyPem !== 'string'
  ) {
    throw new TypeError('The file is damaged');
  }
  return new ProjectState(await importSigningKeys({ privateKeyPem, publicKeyPem }), secret);
}

/** The code of a file system error, or the message of another one. */
function codeOf(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  return code ?? message ?? String(error);
}

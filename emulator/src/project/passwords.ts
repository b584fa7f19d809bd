import { randomBytes, scrypt, type BinaryLike } from 'node:crypto';
import { promisify } from 'node:util';
import { isSameSecret } from '../texts.js';

/** What is kept of a password. */
export interface PasswordRecord {
  readonly salt: string;
  readonly hash: string;
}

const HASH_BYTES = 32;
const MAXIMUM_WAITING = 20;

const run = promisify<BinaryLike, BinaryLike, number, Buffer>(scrypt);

/** Passwords are hashed one by one: each takes 16 MiB, and one of the few threads that write files. */
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Whether so many passwords wait that pages take no more. Applications have no limit. */
export function isHashingMany(): boolean {
  return waiting >= MAXIMUM_WAITING;
}

export async function hashPassword(
  password: string,
  salt: string = randomBytes(16).toString('base64'),
): Promise<PasswordRecord> {
  const hashed = last.then(() => run(password, salt, HASH_BYTES));
  last = hashed.catch(() => {});
  waiting += 1;
  try {
    return { salt, hash: (await hashed).toString('base64') };
  } finally {
    waiting -= 1;
  }
}

export async function isPassword(password: string, record: PasswordRecord): Promise<boolean> {
  const { hash } = await hashPassword(password, record.salt);
  return isSameSecret(hash, record.hash);
}

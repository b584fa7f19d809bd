import { FIRST_ID, isId } from './stream-id.js';
import type { Run } from './redis-clients.js';

/** The only field of an entry. */
const FIELD = 'change';

/** How many entries are read at a time. An entry has at most 4 KiB. */
export const MAXIMUM_ENTRIES = 1_000;

export interface StreamEntry {
  readonly id: string;
  /** Empty for an entry of another form, which this package did not write. */
  readonly text: string;
}

/**
 * Adds an entry. Redis assigns the id, by its own clock.
 *
 * @returns the id
 * @throws {Error} for any other reply: in a transaction, Redis replies `QUEUED` and may never run the command
 */
export async function addEntry(run: Run, key: string, text: string): Promise<string> {
  const reply = String(await run('XADD', key, '*', FIELD, text));
  if (isId(reply)) return reply;
  throw unexpected('Redis did not reply with the id of an entry', reply);
}

/** Removes the entries before an id. */
export async function removeEntries(run: Run, key: string, before: string): Promise<void> {
  await run('XTRIM', key, 'MINID', before);
}

/** The next entries after an id. */
export async function readEntries(run: Run, key: string, after: string): Promise<StreamEntry[]> {
  const reply = await run('XRANGE', key, `(${after}`, '+', 'COUNT', `${MAXIMUM_ENTRIES}`);
  if (!Array.isArray(reply)) throw unexpected('Redis did not reply with entries', reply);
  const entries = reply as [string, string[] | null][];
  return entries.map(([id, fields]) => ({ id, text: textOf(fields ?? []) }));
}

/** The end of a stream. Removed entries count. */
export interface StreamEnd {
  /** The id of the last entry that was ever added. */
  readonly lastId: string;
  /** How many entries were ever added. */
  readonly addedCount: number;
}

/** @param key with the prefix of the client */
export async function endOf(run: Run, key: string): Promise<StreamEnd> {
  let reply: unknown;
  try {
    reply = await run('XINFO', 'STREAM', key);
  } catch (error) {
    if (!String(error).includes('no such key')) throw error;
    return { lastId: FIRST_ID, addedCount: 0 };
  }
  const lastId = String(valueIn(reply, 'last-generated-id'));
  const addedCount = Number(valueIn(reply, 'entries-added'));
  if (isId(lastId) && Number.isFinite(addedCount)) return { lastId, addedCount };
  throw unexpected('Redis does not count the entries of a stream', 'REDIS_BEFORE_7');
}

/** A value of a reply, which is a list of names and values in the old protocol of Redis, and an object in the new one. */
function valueIn(reply: unknown, name: string): unknown {
  if (Array.isArray(reply)) return reply[reply.indexOf(name) + 1];
  return reply instanceof Map ? reply.get(name) : (Object(reply) as Record<string, unknown>)[name];
}

function textOf(fields: readonly string[]): string {
  return fields[0] === FIELD ? (fields[1] ?? '') : '';
}

function unexpected(message: string, code: unknown): Error {
  return Object.assign(new Error(message), { code: String(code) });
}

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
  throw Object.assign(new Error('Redis did not reply with the id of an entry'), { code: reply });
}

/** Removes the entries before an id. */
export async function removeEntries(run: Run, key: string, before: string): Promise<void> {
  await run('XTRIM', key, 'MINID', before);
}

/**
 * The next entries after an id.
 *
 * @param waitMilliseconds how long Redis waits for an entry; `undefined` for no waiting
 */
export async function readEntries(
  run: Run,
  key: string,
  after: string,
  waitMilliseconds: number | undefined,
): Promise<StreamEntry[]> {
  const wait = waitMilliseconds === undefined ? [] : ['BLOCK', `${waitMilliseconds}`];
  const reply = await run('XREAD', 'COUNT', `${MAXIMUM_ENTRIES}`, ...wait, 'STREAMS', key, after);
  if (reply === null) return [];
  const [[, entries]] = reply as [[string, [string, string[] | null][]]];
  return entries.map(([id, fields]) => ({ id, text: textOf(fields ?? []) }));
}

/** The end of a stream. Removed entries count. */
export interface StreamEnd {
  /** The id of the last entry that was ever added. */
  readonly lastId: string;
  /** How many entries were ever added. `NaN` with Redis 6, which does not report it. */
  readonly addedCount: number;
}

export async function endOf(run: Run, key: string): Promise<StreamEnd> {
  let reply: unknown[];
  try {
    reply = (await run('XINFO', 'STREAM', key)) as unknown[];
  } catch (error) {
    if (!String(error).includes('no such key')) throw error;
    return { lastId: FIRST_ID, addedCount: 0 };
  }
  const valueOf = (name: string) => reply[reply.indexOf(name) + 1];
  return {
    lastId: String(valueOf('last-generated-id')),
    addedCount: reply.includes('entries-added') ? Number(valueOf('entries-added')) : NaN,
  };
}

function textOf(fields: readonly string[]): string {
  return fields[0] === FIELD ? (fields[1] ?? '') : '';
}

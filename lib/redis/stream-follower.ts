import { pause, withinDeadline } from '../propelauth/backend/deadline.js';
import type {
  AccessChangesFollower,
  AccessChangesListener,
} from '../options/access-changes.interface.js';
import type { RedisClient, Connection, Run } from './redis-clients.js';
import { redisError } from './redis-error.js';
import { FIRST_ID, isBefore } from './stream-id.js';
import { endOf, MAXIMUM_ENTRIES, readEntries, type StreamEnd, type StreamEntry } from './stream.js';

/** How long Redis waits for an entry, before the follower looks at the end of the stream again. */
const WAIT_MILLISECONDS = 1_000;

/** After this time, Redis or the connection is considered hung. */
const MAXIMUM_ANSWER_MILLISECONDS = 3_000;

const BETWEEN_ATTEMPTS_MILLISECONDS = 500;

/**
 * Reports the entries of a stream, starting with the first stored one.
 *
 * Redis may lose a stream, or some of its entries, without an error. So every new connection is reported as a gap. While connected, the
 * follower detects a loss if the end of the stream is before the last read entry, if the end is later but nothing can be read, or if more
 * entries were added than were read.
 */
export class StreamFollower implements AccessChangesFollower {
  private readonly stopping = new AbortController();
  private readonly stopped: Promise<void>;
  /** The id of the last entry that was read. */
  private cursor = FIRST_ID;
  /** How many entries had ever been added up to the cursor; `NaN` if unknown. */
  private addedCount = NaN;

  constructor(
    private readonly client: RedisClient,
    private readonly key: string,
    private readonly listener: AccessChangesListener,
  ) {
    this.stopped = this.follow();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.stopped;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.followOnce(signal);
      await pause(BETWEEN_ATTEMPTS_MILLISECONDS, signal).catch(() => {});
    }
  }

  /** Follows the stream until the connection fails. */
  private async followOnce(signal: AbortSignal): Promise<void> {
    try {
      // `duplicate()` throws for options that only the original client accepts.
      await this.followBy(this.client.duplicate(), signal);
    } catch (error) {
      if (!signal.aborted) this.listener.onFailure(redisError(error));
    }
  }

  private async followBy(connection: Connection, signal: AbortSignal): Promise<void> {
    const close = () => connection.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      await withinDeadline(MAXIMUM_ANSWER_MILLISECONDS, () => connection.connect());
      await this.readAll(withDeadlines(connection), signal);
    } catch (error) {
      throw connection.error() ?? error;
    } finally {
      signal.removeEventListener('abort', close);
      connection.close();
    }
  }

  private async readAll(run: Run, signal: AbortSignal): Promise<void> {
    let isCurrent = false;
    while (!signal.aborted) {
      const { count, isComplete } = await this.readMore(run, isCurrent);
      if (isCurrent ? isComplete : count > 0) continue;
      isCurrent = true;
      this.listener.onGap();
    }
  }

  /** Reads the next entries, and checks whether earlier ones were lost. */
  private async readMore(
    run: Run,
    waits: boolean,
  ): Promise<{ count: number; isComplete: boolean }> {
    const end = await endOf(run, this.key);
    const isLost = isBefore(end.lastId, this.cursor);
    if (isLost) this.cursor = FIRST_ID;
    const wait = waits ? WAIT_MILLISECONDS : undefined;
    const entries = await readEntries(run, this.key, this.cursor, wait);
    for (const { id, text } of entries) {
      this.cursor = id;
      this.listener.onChange(text);
    }
    // The entries up to the end were added, but cannot be read.
    const isMissing = entries.length === 0 && isBefore(this.cursor, end.lastId);
    if (isMissing) this.cursor = end.lastId;
    const isEachRead = this.count(entries, end);
    return { count: entries.length, isComplete: !isLost && !isMissing && isEachRead };
  }

  /** Whether every added entry was read, as far as Redis tells. Otherwise entries were removed before, or the stream is a new one. */
  private count(entries: readonly StreamEntry[], end: StreamEnd): boolean {
    const expected = this.addedCount + entries.length;
    const isAtEnd = entries.length < MAXIMUM_ENTRIES;
    const later = entries.filter(({ id }) => isBefore(end.lastId, id)).length;
    this.addedCount = isAtEnd ? end.addedCount + later : expected;
    return this.addedCount === expected || Number.isNaN(this.addedCount - expected);
  }
}

function withDeadlines({ run }: Connection): Run {
  return (...command) => withinDeadline(MAXIMUM_ANSWER_MILLISECONDS, () => run(...command));
}

import { pause, untilAborted, withinDeadline } from '../propelauth/backend/deadline.js';
import type {
  AccessChangesFollower,
  AccessChangesListener,
} from '../options/access-changes.interface.js';
import type { RedisClient, Run } from './redis-clients.js';
import { redisError } from './redis-error.js';
import { FIRST_ID, isBefore } from './stream-id.js';
import { endOf, MAXIMUM_ENTRIES, readEntries, type StreamEntry } from './stream.js';

/** The time between two reads. */
const PAUSE_MILLISECONDS = 200;

/** After this time, Redis or the connection is considered hung. */
const MAXIMUM_ANSWER_MILLISECONDS = 500;

/**
 * Reports the entries of a stream, starting with the first stored one.
 *
 * Redis may lose a stream, or some of its entries, without an error. So each read compares how many entries were ever added with how many
 * were read. A difference is reported as a gap, as is the end of the first read.
 */
export class StreamFollower implements AccessChangesFollower {
  private readonly stopping = new AbortController();
  private readonly stopped: Promise<void>;
  /** The id of the last entry that was read. */
  private cursor = FIRST_ID;
  /** How many entries had ever been added up to the cursor; `undefined` before the first read. */
  private addedCount: number | undefined;
  /** The reply to the last command. */
  private lastReply: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: RedisClient,
    private readonly key: string,
    private readonly listener: AccessChangesListener,
  ) {
    this.stopped = this.follow(this.stopping.signal);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.stopped;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await untilAborted(signal, this.readAll());
      } catch (error) {
        if (!signal.aborted) this.listener.onFailure(redisError(error));
        this.forgetEmptyStream();
        // A client without a connection would keep each command that is sent meanwhile.
        await untilAborted(signal, this.lastReply).catch(() => {});
      }
      await pause(PAUSE_MILLISECONDS, signal).catch(() => {});
    }
  }

  /** A stream without entries cannot be told from one that was deleted meanwhile. */
  private forgetEmptyStream(): void {
    if (this.addedCount === 0) this.addedCount = undefined;
  }

  /** Reads all entries since the last read, and reports whether there was a gap before. */
  private async readAll(): Promise<void> {
    const end = await endOf(this.run, this.client.keyPrefix + this.key);
    // A stream that was deleted starts again.
    if (isBefore(end.lastId, this.cursor)) this.cursor = FIRST_ID;
    let laterCount = 0;
    let readCount = 0;
    for (let isAtEnd = false; !isAtEnd;) {
      const entries = await readEntries(this.run, this.key, this.cursor);
      for (const entry of entries) this.report(entry);
      readCount += entries.length;
      laterCount += entries.filter(({ id }) => isBefore(end.lastId, id)).length;
      isAtEnd = entries.length < MAXIMUM_ENTRIES;
    }
    // Entries up to the end that cannot be read were removed.
    const isMissing = isBefore(this.cursor, end.lastId);
    if (isMissing) this.cursor = end.lastId;
    // The first entry of a stream may come after others that were deleted.
    const expected = this.addedCount ? this.addedCount + readCount : this.addedCount;
    this.addedCount = end.addedCount + laterCount;
    if (this.stopping.signal.aborted) return;
    if (expected === this.addedCount && !isMissing) this.listener.onCurrent();
    else this.listener.onGap();
  }

  private readonly run: Run = (...command) =>
    withinDeadline(MAXIMUM_ANSWER_MILLISECONDS, () => {
      const reply = this.client.run(...command);
      this.lastReply = reply;
      return reply;
    });

  private report({ id, text }: StreamEntry): void {
    this.cursor = id;
    if (!this.stopping.signal.aborted) this.listener.onChange(text);
  }
}

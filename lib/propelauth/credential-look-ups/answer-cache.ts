import { LRUCache } from 'lru-cache';
import type { CacheCounts } from '../../plugins/observer.js';
import { lazily } from '../../values/lazily.js';
import { isCurrent, type DatedAnswer } from './dated-answer.js';

const MAXIMUM_ENTRIES = 10_000;

/** The owner of an API key with few custom properties takes 1 to 2 KB as JSON. An MCP token takes less. */
const CHARACTERS_PER_ENTRY = 4_096;

/**
 * The valid credentials that this process remembers. The least recently used ones are dropped when there are too many, or their total size
 * is too large.
 */
export class AnswerCache<Answer> {
  private readonly entries = lazily(
    () =>
      new LRUCache<string, DatedAnswer<Answer>>({
        max: MAXIMUM_ENTRIES,
        maxSize: MAXIMUM_ENTRIES * CHARACTERS_PER_ENTRY,
        sizeCalculation: ({ answer }) => JSON.stringify(answer).length,
      }),
  );

  private hits = 0;
  private misses = 0;

  /** @param expiryOf the time from which an answer may not be used, in milliseconds since the epoch. Default: never */
  constructor(
    private readonly lifetimeMilliseconds: number,
    private readonly expiryOf: (answer: Answer) => number = () => Infinity,
  ) {}

  /** @param isUpToDate whether an entry that has not expired may be used */
  get(
    cacheKey: string,
    isUpToDate: (entry: DatedAnswer<Answer>) => boolean,
  ): DatedAnswer<Answer> | undefined {
    const entry = this.peek(cacheKey, isUpToDate);
    if (entry === undefined) this.misses++;
    else this.hits++;
    return entry;
  }

  /** Like {@link get}, but not counted as a hit or a miss. */
  peek(
    cacheKey: string,
    isUpToDate: (entry: DatedAnswer<Answer>) => boolean,
  ): DatedAnswer<Answer> | undefined {
    const entry = this.find(cacheKey);
    return entry !== undefined && isUpToDate(entry) ? entry : undefined;
  }

  /** The entries, and the hits and misses since the start; `undefined` if answers are not cached. */
  get counts(): CacheCounts | undefined {
    if (this.lifetimeMilliseconds === 0) return undefined;
    return { entries: this.entries().size, hits: this.hits, misses: this.misses };
  }

  private find(cacheKey: string): DatedAnswer<Answer> | undefined {
    const entry = this.entries().get(cacheKey);
    if (entry === undefined) return undefined;
    if (this.isUsable(entry)) return entry;
    this.entries().delete(cacheKey);
    return undefined;
  }

  set(cacheKey: string, remembered: DatedAnswer<Answer>): void {
    if (this.isUsable(remembered)) this.entries().set(cacheKey, remembered);
  }

  private isUsable({ answer, askedAt }: DatedAnswer<Answer>): boolean {
    return isCurrent(askedAt, this.lifetimeMilliseconds) && Date.now() < this.expiryOf(answer);
  }
}

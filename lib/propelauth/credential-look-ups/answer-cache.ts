import { LRUCache } from 'lru-cache';
import type { CacheCounts } from '../../plugins/hooks.js';
import { lazily } from '../../values/lazily.js';
import type { DatedAnswer } from './dated-answer.js';

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

  /** @param isUsable whether an answer may still be used */
  constructor(private readonly isUsable: (entry: DatedAnswer<Answer>) => boolean) {}

  get(cacheKey: string): DatedAnswer<Answer> | undefined {
    const entry = this.peek(cacheKey);
    if (entry === undefined) this.misses++;
    else this.hits++;
    return entry;
  }

  /** Like {@link get}, but not counted as a hit or a miss. */
  peek(cacheKey: string): DatedAnswer<Answer> | undefined {
    const entry = this.entries().get(cacheKey);
    return entry !== undefined && this.isUsable(entry) ? entry : undefined;
  }

  set(cacheKey: string, remembered: DatedAnswer<Answer>): void {
    this.entries().set(cacheKey, remembered);
  }

  /** The entries, and the hits and misses since the start. */
  get counts(): CacheCounts {
    return { entries: this.entries().size, hits: this.hits, misses: this.misses };
  }
}

import { LRUCache } from 'lru-cache';
import type { CacheCounts } from '../../plugins/observer.js';
import { lazily } from '../../values/lazily.js';
import { isCurrent, type DatedAnswer } from './dated-answer.js';

const MAXIMUM_ENTRIES = 10_000;

/** About the owner of an API key with few custom properties: 1 to 2 KB as JSON. About an MCP token: less. */
const CHARACTERS_PER_ENTRY = 4_096;

/** The valid credentials that this process remembers: the most recently used ones, up to a number and up to a size in all. */
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

  /** @param expiryOf until when an answer may be used at most, in milliseconds since the epoch */
  constructor(
    private readonly lifetimeMilliseconds: number,
    private readonly expiryOf: (answer: Answer) => number = () => Infinity,
  ) {}

  /** @param isUpToDate whether an answer may be used that is not too old */
  get(
    cacheKey: string,
    isUpToDate: (entry: DatedAnswer<Answer>) => boolean,
  ): DatedAnswer<Answer> | undefined {
    const entry = this.peek(cacheKey, isUpToDate);
    if (entry === undefined) this.misses++;
    else this.hits++;
    return entry;
  }

  /** Like {@link get}, but not counted. */
  peek(
    cacheKey: string,
    isUpToDate: (entry: DatedAnswer<Answer>) => boolean,
  ): DatedAnswer<Answer> | undefined {
    const entry = this.find(cacheKey);
    return entry !== undefined && isUpToDate(entry) ? entry : undefined;
  }

  /** What was looked up since the start; `undefined` when nothing is remembered. */
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

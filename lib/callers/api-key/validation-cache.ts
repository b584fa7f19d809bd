import { LRUCache } from 'lru-cache';
import { isCurrent, type CachedValidation } from './cached-validation.js';

const MAXIMUM_ENTRIES = 10_000;

/** Of an owner with few custom properties: 1 to 2 KB as JSON. */
const CHARACTERS_PER_ENTRY = 4_096;

/** The valid keys that this process remembers: the most recently used ones, up to a number and up to a size in all. */
export class ValidationCache {
  private readonly entries = new LRUCache<string, CachedValidation>({
    max: MAXIMUM_ENTRIES,
    maxSize: MAXIMUM_ENTRIES * CHARACTERS_PER_ENTRY,
    sizeCalculation: ({ validation }) => JSON.stringify(validation).length,
  });

  constructor(private readonly lifetimeMilliseconds: number) {}

  get(cacheKey: string): CachedValidation | undefined {
    const entry = this.entries.get(cacheKey);
    if (entry === undefined) return undefined;
    if (isCurrent(entry.askedAt, this.lifetimeMilliseconds)) return entry;
    this.entries.delete(cacheKey);
    return undefined;
  }

  set(cacheKey: string, remembered: CachedValidation): void {
    if (!isCurrent(remembered.askedAt, this.lifetimeMilliseconds)) return;
    this.entries.set(cacheKey, remembered);
  }
}

import { LRUCache } from 'lru-cache';
import { isCurrent } from './cached-validation.js';

const MAXIMUM_ENTRIES = 10_000;

/** API keys about which PropelAuth has just said the same, by their cache keys. */
export class RecentKeys {
  private readonly entries = new LRUCache<string, number>({ max: MAXIMUM_ENTRIES });

  constructor(private readonly lifetimeMilliseconds: number) {}

  has(cacheKey: string): boolean {
    const askedAt = this.entries.get(cacheKey);
    return askedAt !== undefined && isCurrent(askedAt, this.lifetimeMilliseconds);
  }

  /** @param askedAt when PropelAuth was asked, in milliseconds since the epoch */
  add(cacheKey: string, askedAt: number): void {
    this.entries.set(cacheKey, askedAt);
  }

  delete(cacheKey: string): void {
    this.entries.delete(cacheKey);
  }
}

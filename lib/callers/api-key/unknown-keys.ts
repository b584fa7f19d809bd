import { LRUCache } from 'lru-cache';
import { isCurrent } from './cached-validation.js';

const MAXIMUM_ENTRIES = 10_000;
const LIFETIME_MILLISECONDS = 10_000;

/** The keys that PropelAuth has just refused, so that who tries one over and over does not keep PropelAuth busy. */
export class UnknownKeys {
  private readonly entries = new LRUCache<string, number>({ max: MAXIMUM_ENTRIES });

  has(cacheKey: string): boolean {
    const askedAt = this.entries.get(cacheKey);
    return askedAt !== undefined && isCurrent(askedAt, LIFETIME_MILLISECONDS);
  }

  /** @param askedAt when PropelAuth was asked, in milliseconds since the epoch */
  add(cacheKey: string, askedAt: number): void {
    this.entries.set(cacheKey, askedAt);
  }
}

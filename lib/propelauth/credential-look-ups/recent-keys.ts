import { LRUCache } from 'lru-cache';
import { lazily } from '../../values/lazily.js';
import { isCurrent } from './dated-answer.js';

const MAXIMUM_ENTRIES = 10_000;

interface RecentKey<Value> {
  readonly value: Value;
  readonly askedAt: number;
}

/** PropelAuth's recent verdicts on credentials, by cache key. */
export class RecentKeys<Value extends {}> {
  private readonly entries = lazily(
    () => new LRUCache<string, RecentKey<Value>>({ max: MAXIMUM_ENTRIES }),
  );

  constructor(private readonly lifetimeMilliseconds: number) {}

  get(cacheKey: string): Value | undefined {
    const entry = this.entries().get(cacheKey);
    const isKnown = entry !== undefined && isCurrent(entry.askedAt, this.lifetimeMilliseconds);
    return isKnown ? entry.value : undefined;
  }

  /** @param askedAt when PropelAuth was asked, in milliseconds since the epoch */
  set(cacheKey: string, value: Value, askedAt: number): void {
    this.entries().set(cacheKey, { value, askedAt });
  }

  delete(cacheKey: string): void {
    this.entries().delete(cacheKey);
  }
}

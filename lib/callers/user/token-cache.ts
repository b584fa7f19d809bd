import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { CacheCounts } from '../../telemetry/observed-state.js';
import type { VerifiedToken } from './token-verifier.js';

/** An access token of a user in few organizations is 1 to 2 KB long. */
const CHARACTERS_PER_ENTRY = 2_048;

/** The end of a token, where its signature is: 12 of the 256 bytes or more. */
const CACHE_KEY_LENGTH = 16;

interface Entry {
  readonly token: string;
  readonly verified: VerifiedToken;
}

/**
 * Remembers verified tokens, the most recently used ones, up to a number and up to a length in all. Only tokens that were
 * verified get in, and only those that were verified with the current key are given out.
 *
 * It does not look at the time: whoever asks compares the expiry with the wall clock.
 */
@Injectable()
export class TokenCache {
  // A private field: printing this must not print a token.
  readonly #entries: LRUCache<string, Entry> | undefined;
  private key: KeyObject | undefined;
  private hits = 0;
  private misses = 0;

  constructor({ tokenCacheEntries }: ResolvedOptions) {
    if (tokenCacheEntries === 0) return;
    this.#entries = new LRUCache({
      max: tokenCacheEntries,
      // A user in many organizations has a large token: no cache of large tokens may outgrow one of usual tokens.
      maxSize: tokenCacheEntries * CHARACTERS_PER_ENTRY,
    });
  }

  /** What was verified of exactly this text. */
  get(token: string, key: KeyObject): VerifiedToken | undefined {
    this.useKey(key);
    const entry = this.#entries?.get(cacheKeyOf(token));
    if (entry?.token !== token) {
      this.misses++;
      return undefined;
    }
    this.hits++;
    return entry.verified;
  }

  /** What was looked up since the start; `undefined` when the cache is off. */
  get counts(): CacheCounts | undefined {
    if (this.#entries === undefined) return undefined;
    return { entries: this.#entries.size, hits: this.hits, misses: this.misses };
  }

  set(token: string, verified: VerifiedToken, key: KeyObject): void {
    this.useKey(key);
    this.#entries?.set(cacheKeyOf(token), { token, verified }, { size: token.length });
  }

  /** Forgets everything that was verified with another key. */
  private useKey(key: KeyObject): void {
    if (this.key === key) return;
    this.#entries?.clear();
    this.key = key;
  }
}

/**
 * The key under which a token is cached, next to its whole text. Every request brings its token as a new string. To hash all of it takes
 * longer than everything else about a known token; to compare it takes next to nothing.
 */
export function cacheKeyOf(token: string): string {
  return token.slice(-CACHE_KEY_LENGTH);
}

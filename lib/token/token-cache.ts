import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { VerifiedToken } from './token-verifier.js';

/** An access token of a user in few organizations is 1 to 2 KB long. */
const CHARACTERS_PER_ENTRY = 2_048;

/**
 * Remembers verified tokens, the most recently used ones, up to a number and up to a length in all. Only tokens that were
 * verified get in, and only those that were verified with the current key are given out.
 *
 * It does not look at the time: whoever asks compares the expiry with the wall clock.
 */
@Injectable()
export class TokenCache {
  private readonly entries: LRUCache<string, VerifiedToken> | undefined;
  private key: KeyObject | undefined;

  constructor({ tokenCacheEntries }: ResolvedOptions) {
    if (tokenCacheEntries === 0) return;
    this.entries = new LRUCache({
      max: tokenCacheEntries,
      // A user in many organizations has a large token: no cache of large tokens may outgrow one of usual tokens.
      maxSize: tokenCacheEntries * CHARACTERS_PER_ENTRY,
      sizeCalculation: (_verified, token) => token.length,
    });
  }

  get(token: string, key: KeyObject): VerifiedToken | undefined {
    this.useKey(key);
    return this.entries?.get(token);
  }

  set(token: string, verified: VerifiedToken, key: KeyObject): void {
    this.useKey(key);
    this.entries?.set(token, verified);
  }

  /** Forgets everything that was verified with another key. */
  private useKey(key: KeyObject): void {
    if (this.key === key) return;
    this.entries?.clear();
    this.key = key;
  }
}

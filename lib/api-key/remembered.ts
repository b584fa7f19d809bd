import type { ApiKeyValidation } from '@propelauth/node-apis';

/** What PropelAuth said about a key, and until when (milliseconds since the epoch) it may be believed. */
export interface RememberedValidation {
  readonly validation: ApiKeyValidation;
  readonly until: number;
}

/**
 * Whether something may still be believed. By the wall clock, since the monotonic one stands still while a machine sleeps;
 * and when more is left than there ever was, the clock has been set back.
 *
 * @param until in milliseconds since the epoch
 * @param lifetimeMilliseconds for how long it was to be believed at most
 */
export function isCurrent(until: number, lifetimeMilliseconds: number): boolean {
  const left = until - Date.now();
  return left > 0 && left <= lifetimeMilliseconds;
}

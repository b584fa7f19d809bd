const FIRST_MILLISECONDS = 500;
const MAXIMUM_MILLISECONDS = 30_000;
/** How long a Retry-After may keep us from asking: a mistake in it must not keep an application without a key for a day. */
const MAXIMUM_RETRY_AFTER_MILLISECONDS = 300_000;

/**
 * How long to wait before asking again: exponentially longer from 0.5 s up to 30 s, with jitter, so that a fleet that lost
 * PropelAuth together does not come back together. A `Retry-After` of the answer is kept to, for up to five minutes.
 *
 * @param failures how many attempts have failed in a row, at least one
 * @param retryAfterSeconds what the last answer asked for
 */
export function retryDelay(failures: number, retryAfterSeconds = 0): number {
  const exponential = Math.min(FIRST_MILLISECONDS * 2 ** (failures - 1), MAXIMUM_MILLISECONDS);
  const withJitter = exponential * (0.5 + Math.random() / 2);
  const asked = Math.min(retryAfterSeconds * 1000, MAXIMUM_RETRY_AFTER_MILLISECONDS);
  return Math.max(withJitter, asked);
}

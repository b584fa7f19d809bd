const FIRST_MILLISECONDS = 500;
const MAXIMUM_MILLISECONDS = 30_000;
/** The maximum for a `Retry-After`. A wrong header must not keep an application without a key for a day. */
const MAXIMUM_RETRY_AFTER_MILLISECONDS = 300_000;

/**
 * How long to wait before asking again, in milliseconds. The delay grows exponentially from 0.5 s up to 30 s, with jitter, so that a fleet
 * that lost PropelAuth together does not come back together. A `Retry-After` is obeyed for up to five minutes.
 *
 * @param failures how many attempts have failed in a row, at least one
 * @param retryAfterSeconds the `Retry-After` of the last response
 */
export function retryDelay(failures: number, retryAfterSeconds = 0): number {
  const exponential = Math.min(FIRST_MILLISECONDS * 2 ** (failures - 1), MAXIMUM_MILLISECONDS);
  const withJitter = exponential * (0.5 + Math.random() / 2);
  const asked = Math.min(retryAfterSeconds * 1000, MAXIMUM_RETRY_AFTER_MILLISECONDS);
  return Math.max(withJitter, asked);
}

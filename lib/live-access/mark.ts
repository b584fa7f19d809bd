import { bothDenials, NOTHING, type Denials } from './denials.js';

/** What is remembered of changes of access. */
export interface Mark {
  /** Tokens that were issued until then may be older than a change: seconds since 1970. */
  readonly cutoff: number;
  /** When the last event came, by the monotonic clock. */
  readonly at: number;
  /** What is denied until PropelAuth answers a question that began {@link LiveAccessLimits.settleSeconds} after the last event. */
  readonly denied: Denials;
}

export const NO_MARK: Mark = { cutoff: -Infinity, at: -Infinity, denied: NOTHING };

/** One mark for the changes of two. */
export function combineMarks(one: Mark, other: Mark, settleSeconds: number): Mark {
  const at = Math.max(one.at, other.at);
  // Every answer that counts from then on has lifted what was denied long before.
  const deniedBy = (mark: Mark) => (at < mark.at + settleSeconds ? mark.denied : NOTHING);
  return {
    cutoff: Math.max(one.cutoff, other.cutoff),
    at,
    denied: bothDenials(deniedBy(one), deniedBy(other)),
  };
}

import { bothDenials, NOTHING, type Denials } from './denials.js';

/** A record of changes of access. */
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
export function combineMarks(earlier: Mark, later: Mark, settleSeconds: number): Mark {
  const at = Math.max(earlier.at, later.at);
  // What was denied long before needs no denial: PropelAuth has its present state in every answer that counts from then on.
  const deniedBy = (mark: Mark) => (at < mark.at + settleSeconds ? mark.denied : NOTHING);
  return {
    cutoff: Math.max(earlier.cutoff, later.cutoff),
    at,
    denied: bothDenials(deniedBy(earlier), deniedBy(later)),
  };
}

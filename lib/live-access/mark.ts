import { bothDenials, NOTHING, type Denials } from './denials.js';

/** The changes of access of a user, an organization or everybody. */
export interface Mark {
  /** Tokens issued up to this time may be older than a change, in seconds since 1970. */
  readonly cutoff: number;
  /** When the last event arrived, by the monotonic clock. */
  readonly at: number;
  /** The denied access, until PropelAuth answers a question sent `settleSeconds` of {@link LIMITS} after the last event. */
  readonly denied: Denials;
}

export const NO_MARK: Mark = { cutoff: -Infinity, at: -Infinity, denied: NOTHING };

/** Combines the changes of two marks. */
export function combineMarks(earlier: Mark, later: Mark, settleSeconds: number): Mark {
  const at = Math.max(earlier.at, later.at);
  // An earlier denial is dropped once it is settled: every answer that counts already includes the change.
  const deniedBy = (mark: Mark) => (at < mark.at + settleSeconds ? mark.denied : NOTHING);
  return {
    cutoff: Math.max(earlier.cutoff, later.cutoff),
    at,
    denied: bothDenials(deniedBy(earlier), deniedBy(later)),
  };
}

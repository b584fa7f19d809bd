/** The clocks that live access uses. */
export interface Clock {
  /** Seconds since 1970, to compare with the times of tokens and events. It can be set back. */
  wallSeconds(): number;
  /** Seconds since some point, to compare with itself. It is never set back. */
  monotonicSeconds(): number;
}

export const systemClock: Clock = {
  wallSeconds: () => Date.now() / 1000,
  monotonicSeconds: () => performance.now() / 1000,
};

export interface Clock {
  /** Seconds since 1970, for comparison with the times of tokens and events. This clock can be set back. */
  wallSeconds(): number;
  /** Seconds since an arbitrary point, for comparison with each other. This clock is never set back. */
  monotonicSeconds(): number;
}

export const systemClock: Clock = {
  wallSeconds: () => Date.now() / 1000,
  monotonicSeconds: () => performance.now() / 1000,
};

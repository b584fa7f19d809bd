/** The times and sizes that live access uses. */
export interface LiveAccessLimits {
  /** How far the clocks of PropelAuth, of Svix and of this machine may differ. */
  readonly toleranceSeconds: number;
  /** Access tokens that live longer than this are always checked, and marks are kept for as long. */
  readonly lifeSeconds: number;
  /** How long PropelAuth may still answer with what was before a change. An answer to a later question is settled. */
  readonly settleSeconds: number;
  /** How long a settled answer is used. */
  readonly freshSeconds: number;
  /** How long it is used for the user behind an MCP token, if events report changes and the answer gives access. */
  readonly followedSeconds: number;
  /** How long an answer is used that is not settled. Old access lasts that long if PropelAuth's first answer lags behind the event. */
  readonly provisionalSeconds: number;
  /**
   * How long it is used by the calls that have waited for it. Together with {@link settleSeconds}: old access ends three seconds after the
   * event.
   */
  readonly awaitedSeconds: number;
  /** How many users, and how many organizations, are marked at most. */
  readonly maximumMarks: number;
}

/** All but the tolerance, which is the option `clockToleranceSeconds`. */
export const LIMITS: Omit<LiveAccessLimits, 'toleranceSeconds'> = {
  lifeSeconds: 3_600,
  settleSeconds: 2,
  freshSeconds: 30,
  followedSeconds: 300,
  provisionalSeconds: 0.5,
  awaitedSeconds: 1,
  maximumMarks: 100_000,
};

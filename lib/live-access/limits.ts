export interface LiveAccessLimits {
  /** How far the clocks of PropelAuth, Svix and this machine may differ. */
  readonly toleranceSeconds: number;
  /** The lifetime of access tokens and marks. Tokens with a longer lifetime are always checked. */
  readonly lifeSeconds: number;
  /** How long PropelAuth may still answer with the state before a change. An answer to a later question is settled. */
  readonly settleSeconds: number;
  /** How long a settled answer is used. */
  readonly freshSeconds: number;
  /** How long a settled answer is used for the user behind an MCP token, if events report changes and the answer gives access. */
  readonly followedSeconds: number;
  /** How long an answer that is not settled is used. If PropelAuth's first answer lags behind the event, old access lasts this long. */
  readonly provisionalSeconds: number;
  /**
   * How long an answer that is not settled is used by the calls that waited for it. With {@link settleSeconds}, old access ends three
   * seconds after the event.
   */
  readonly awaitedSeconds: number;
  /** The maximum of marked users, and of marked organizations. */
  readonly maximumMarks: number;
}

/** All limits but the tolerance, which is the option `clockToleranceSeconds`. */
export const LIMITS: Omit<LiveAccessLimits, 'toleranceSeconds'> = {
  lifeSeconds: 3_600,
  settleSeconds: 2,
  freshSeconds: 30,
  followedSeconds: 300,
  provisionalSeconds: 0.5,
  awaitedSeconds: 1,
  maximumMarks: 100_000,
};

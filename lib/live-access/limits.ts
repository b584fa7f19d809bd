/** The limits of live access, except for the tolerance, which is the option `clockToleranceSeconds`. */
export const LIMITS = {
  /** The lifetime of access tokens and marks. Tokens with a longer lifetime are always checked. */
  lifeSeconds: 3_600,
  /** How long PropelAuth may still answer with the state before a change. An answer to a later question is settled. */
  settleSeconds: 2,
  /** How long a settled answer is used. */
  freshSeconds: 30,
  /** How long a settled answer is used for the user behind an MCP token, if events report changes and the answer gives access. */
  followedSeconds: 300,
  /** How long an answer that is not settled is used. If PropelAuth's first answer lags behind the event, old access lasts this long. */
  provisionalSeconds: 0.5,
  /**
   * How long an answer that is not settled is used by the calls that waited for it. With `settleSeconds`, old access ends three seconds
   * after the event.
   */
  awaitedSeconds: 1,
  /** The maximum of marked users, and of marked organizations. */
  maximumMarks: 100_000,
};

export type LiveAccessLimits = Readonly<typeof LIMITS> & {
  /** How far the clocks of PropelAuth, Svix and this machine may differ. */
  readonly toleranceSeconds: number;
};

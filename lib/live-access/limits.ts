import { UNREPORTED_SECONDS } from '../extend.js';

/** The limits of live access, except for the tolerance, which is the option `clockToleranceSeconds`. */
export const LIMITS = {
  /** For how long after a change PropelAuth may still answer with the state before it. The answer to a later question is settled. */
  settleSeconds: 2,
  /** How long an answer counts that takes access away, since no event reports that access is back. */
  takingSeconds: UNREPORTED_SECONDS,
  /** The lifetime of access tokens and marks. Tokens with a longer lifetime are always checked. */
  lifeSeconds: 3_600,
  /** The maximum of marked users, and of marked organizations. */
  maximumMarks: 100_000,
};

export type LiveAccessLimits = Readonly<typeof LIMITS> & {
  /** How far the clocks of PropelAuth, Svix and this machine may differ. */
  readonly toleranceSeconds: number;
};

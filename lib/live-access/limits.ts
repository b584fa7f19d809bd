import { ANSWER_LIMITS } from '../extend.js';

/** The limits of live access, except for the tolerance, which is the option `clockToleranceSeconds`. */
export const LIMITS = {
  ...ANSWER_LIMITS,
  /** How long a settled answer is used for a credential that does not list its access, if the answer gives access. */
  followedSeconds: 300,
  /** The lifetime of access tokens and marks. Tokens with a longer lifetime are always checked. */
  lifeSeconds: 3_600,
  /** The maximum of marked users, and of marked organizations. */
  maximumMarks: 100_000,
};

export type LiveAccessLimits = Readonly<typeof LIMITS> & {
  /** How far the clocks of PropelAuth, Svix and this machine may differ. */
  readonly toleranceSeconds: number;
};

import type { UserState } from '../propelauth/backend/user-state.js';

/** The outcome of a request to PropelAuth about a user; times by the monotonic clock, in seconds. */
export type Answer = KnownState | FailedQuestion;

export interface KnownState {
  /** When the question was sent: the answer is no newer than that. */
  readonly askedAt: number;
  /** `null`: there is no such user. */
  readonly state: UserState | null;
}

interface FailedQuestion {
  readonly askedAt: number;
  readonly failedAt: number;
  /** The rejection for calls that need an answer. */
  readonly failure: unknown;
}

export function hasFailed(answer: Answer): answer is FailedQuestion {
  return 'failure' in answer;
}

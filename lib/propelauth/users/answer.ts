import type { UserState } from '../backend/user-state.js';

/** The outcome of a question to PropelAuth about a user. Times are by the monotonic clock, in seconds. */
export type Answer = KnownState | FailedQuestion;

export interface KnownState {
  /** When the question was sent. Later changes may be missing from the answer. */
  readonly askedAt: number;
  /** `null` if the user does not exist. */
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

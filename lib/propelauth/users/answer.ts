import type { UserState } from '../backend/user-state.js';

/** The outcome of a question to PropelAuth about a user. Times are by the monotonic clock, in seconds. */
export type Answer = KnownState | FailedQuestion;

export interface KnownState {
  /** When the question was sent. Later changes may be missing from the answer. */
  readonly askedAt: number;
  /** `null` if the user does not exist. */
  readonly state: UserState | null;
}

export interface FailedQuestion {
  readonly askedAt: number;
  readonly failedAt: number;
  /** The rejection for calls that need an answer. */
  readonly failure: unknown;
}

/** Whether an answer is still used, or its question can be shared. Of a question that is under way, only the time is known. */
export type Counts = (answer: Pick<KnownState, 'askedAt'> & Partial<KnownState>) => boolean;

export function hasFailed(answer: Answer): answer is FailedQuestion {
  return 'failure' in answer;
}

import type { RejectionReason } from '../../rejections/rejection-table.js';
import type { DatedAnswer } from './dated-answer.js';

/** A kind of credential that PropelAuth has to be asked about, and what it answers about one that is valid. */
export interface CredentialKind<Answer> {
  /** For how long an answer is remembered; 0 when none is. */
  readonly lifetimeMilliseconds: number;
  /** What the instances of a service remember together. */
  readonly store?: AnswerStore<Answer> | undefined;
  /** What cannot be such a credential is rejected with this. */
  readonly implausible: RejectionReason;
  /** The warning when requests wait for PropelAuth in vain. */
  readonly overloaded: string;
  /** The detail of the rejection when access changes faster than PropelAuth responds. */
  readonly changesTooFast: string;
  isPlausible(credential: unknown): boolean;
  /** One that reveals nothing about the credential. */
  cacheKeyOf(credential: string): string;
  /**
   * Asks PropelAuth.
   *
   * @throws {Rejection} one with the status 401 says that the credential is not valid
   */
  ask(credential: string): Promise<Answer>;
  /** Whose access an answer is about. */
  ownersOf(answer: Answer): Owners;
  /** Until when an answer may be used at most, in milliseconds since the epoch. Default: without an end. */
  expiryOf?(answer: Answer): number;
}

/** Whose access an answer is about. */
interface Owners {
  readonly userId?: string | undefined;
  readonly orgId?: string | undefined;
}

/** What several instances of a service remember together, by cache keys. */
export interface AnswerStore<Answer> {
  get(cacheKey: string): Promise<DatedAnswer<Answer> | undefined>;
  set(cacheKey: string, answer: DatedAnswer<Answer>): void;
}

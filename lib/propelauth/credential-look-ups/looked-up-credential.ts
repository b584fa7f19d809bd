import type { Owners } from '../../plugins/current-access.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import type { DatedAnswer } from './dated-answer.js';

/** A kind of credential that only PropelAuth can verify. `Answer` is PropelAuth's answer about a valid credential. */
export interface LookedUpCredential<Answer> {
  /** How long an answer is cached; 0 for not at all. */
  readonly lifetimeMilliseconds: number;
  /** The cache that the instances of a service share. */
  readonly store?: AnswerStore<Answer> | undefined;
  /** The rejection reason for a value that cannot be such a credential. */
  readonly implausible: RejectionReason;
  /** The warning when a request did not get its turn to ask PropelAuth. */
  readonly overloaded: string;
  /** The detail of the rejection when access changes faster than PropelAuth responds. */
  readonly changesTooFast: string;
  isPlausible(credential: unknown): boolean;
  /** A cache key that reveals nothing about the credential. */
  cacheKeyOf(credential: string): string;
  /** The questions to PropelAuth about a credential, at least one. Each is asked only if the one before does not know the credential. */
  questionsAbout(credential: string): readonly CredentialQuestion<Answer>[];
  /** Whose access an answer is about. */
  ownersOf(answer: Answer): Owners;
  /** The time from which an answer may not be used, in milliseconds since the epoch. Default: never. */
  expiryOf?(answer: Answer): number;
}

/**
 * Asks PropelAuth about a credential.
 *
 * @throws {Rejection} with status 401 if the credential is not valid
 */
export type CredentialQuestion<Answer> = () => Promise<Answer>;

/** A cache of answers that the instances of a service share, by cache key. */
export interface AnswerStore<Answer> {
  get(cacheKey: string): Promise<DatedAnswer<Answer> | undefined>;
  set(cacheKey: string, answer: DatedAnswer<Answer>): void;
}

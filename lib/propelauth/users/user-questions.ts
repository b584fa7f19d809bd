import type { FactoryProvider } from '@nestjs/common';
import { BackendClient } from '../backend/backend-client.js';
import { unavailable } from '../../rejections/rejection.js';
import { hasFailed, type Answer, type Counts } from './answer.js';
import { Answers } from './answers.js';
import { systemClock, type Clock } from '../../values/clock.js';
import { Questions } from './questions.js';

/** How long an answer counts if nothing reports changes. */
export const UNREPORTED_SECONDS = 30;

/** How often PropelAuth is asked for one call, if access changes meanwhile or PropelAuth is slow. */
const MAXIMUM_QUESTIONS_PER_CALL = 3;

/** Asks PropelAuth for the current state of users, and caches the answers for all decisions. */
export class UserQuestions {
  /** The cached answers. */
  readonly answers: Answers;
  private readonly questions: Questions;

  constructor(
    backend: Pick<BackendClient, 'fetchUserState' | 'fetchUserStates'>,
    private readonly clock: Clock = systemClock,
  ) {
    this.answers = new Answers(clock);
    this.questions = new Questions(backend, clock);
  }

  /** Whether PropelAuth failed recently. Calls that can do without an answer do not wait then. */
  get areFailing(): boolean {
    return this.questions.availability.isFailing;
  }

  /** Whether an answer counts that no event could have outdated. */
  readonly isRecent: Counts = ({ askedAt }) =>
    this.clock.monotonicSeconds() - askedAt < UNREPORTED_SECONDS;

  /**
   * Asks about a user until the answer counts. Concurrent calls share a question.
   *
   * @param counts as for {@link Answers.get}. It is called again after each answer, because access may change meanwhile
   * @returns the answer, which contains any failure; the promise never rejects
   */
  async ask(userId: string, counts: Counts): Promise<Answer> {
    for (let count = 0; count < MAXIMUM_QUESTIONS_PER_CALL; count++) {
      const answer = await this.questions.ask(userId, counts);
      this.answers.set(userId, answer);
      if (hasFailed(answer) || counts(answer)) return answer;
    }
    const now = this.clock.monotonicSeconds();
    const failure = unavailable('The access of a user changes faster than PropelAuth responds');
    return { askedAt: now, failedAt: now, failure };
  }
}

/** One provider for the plugins that ask about users, so that they share the answers. */
export const USER_QUESTIONS: FactoryProvider<UserQuestions> = {
  provide: UserQuestions,
  inject: [BackendClient],
  useFactory: (backend: BackendClient) => new UserQuestions(backend),
};

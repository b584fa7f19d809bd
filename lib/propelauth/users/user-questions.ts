import type { FactoryProvider } from '@nestjs/common';
import { BackendClient } from '../backend/backend-client.js';
import { unavailable } from '../../rejections/rejection.js';
import type { Answer } from './answer.js';
import { Answers } from './answers.js';
import { systemClock, type Clock } from '../../values/clock.js';
import { ANSWER_LIMITS, type AnswerLimits } from './answer-limits.js';
import { Questions } from './questions.js';

/** How often PropelAuth is asked for one call, if access changes meanwhile or PropelAuth is slow. */
const MAXIMUM_QUESTIONS_PER_CALL = 3;

/** Asks PropelAuth for the current state of users, and caches the answers for all decisions. */
export class UserQuestions {
  /** The cached answers. */
  readonly answers: Answers;
  private readonly questions: Questions;

  constructor(
    backend: Pick<BackendClient, 'fetchUserState' | 'fetchUserStates'>,
    limits: AnswerLimits = ANSWER_LIMITS,
    private readonly clock: Clock = systemClock,
  ) {
    this.answers = new Answers(clock, limits);
    this.questions = new Questions(backend, clock);
  }

  /** Whether PropelAuth failed recently. Calls that can do without an answer do not wait then. */
  get areFailing(): boolean {
    return this.questions.availability.isFailing;
  }

  /**
   * Asks about a user until the answer is newer than the last change. Concurrent calls share a question.
   *
   * @param changedAt returns the time as for {@link Answers.get}. It is called again after each answer, because access may change meanwhile
   * @returns the answer, which contains any failure; the promise never rejects
   */
  async ask(userId: string, changedAt: () => number): Promise<Answer> {
    for (let count = 0; count < MAXIMUM_QUESTIONS_PER_CALL; count++) {
      const changedBefore = changedAt();
      const canShare = (askedAt: number) => this.answers.isCurrent(askedAt, changedBefore);
      this.answers.set(userId, await this.questions.ask(userId, canShare));
      const answer = this.answers.getAwaited(userId, changedAt());
      if (answer !== undefined) return answer;
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

import type { BackendClient } from '../propelauth/backend/backend-client.js';
import { pause } from '../propelauth/backend/deadline.js';
import { RequestQueue } from '../propelauth/backend/request-queue.js';
import type { UserState } from '../propelauth/backend/user-state.js';
import { unavailable } from '../rejections/rejection.js';
import type { Answer } from './answer.js';
import { Availability } from './availability.js';
import type { Clock } from './clock.js';
import { Question } from './question.js';

/** Marks come from PropelAuth, but tokens from users: however many call, so many requests are sent at a time, about so many users each. */
const MAXIMUM_CONCURRENT_REQUESTS = 5;
const MAXIMUM_USERS_PER_REQUEST = 50;
const MAXIMUM_WAITING_USERS = 10_000;

/** The queue keeps the parties apart; here all users share their requests. */
const REQUESTER = { isKnown: true, party: 'users' };

/** The ids that PropelAuth gives, as its client checks them. It would take others for parts of the path. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Asks PropelAuth for the present access of users: once for all calls at the same time, and about many users in one request. */
export class Questions {
  /**
   * The last question about each user that is not answered yet. The `fetch()` of an LRU cache would not do: whether a question is shared
   * depends on when it was sent, and one request asks about many users.
   */
  private readonly pending = new Map<string, Question>();
  /** Those that are not sent yet; the oldest first. */
  private waiting: Question[] = [];
  private isRequestPlanned = false;
  private readonly availability: Availability;
  private readonly queue = new RequestQueue(MAXIMUM_CONCURRENT_REQUESTS);
  /** For those about whom an answer says nothing, such as thousands of deleted users: they must not delay the others. */
  private readonly queueOfMissing = new RequestQueue(MAXIMUM_CONCURRENT_REQUESTS);

  constructor(
    private readonly backend: Pick<BackendClient, 'fetchUserState' | 'fetchUserStates'>,
    private readonly clock: Clock,
  ) {
    this.availability = new Availability(clock);
  }

  /** Whether PropelAuth has just not answered: then those who can do without an answer need not wait for one. */
  get areFailing(): boolean {
    return this.availability.isFailing;
  }

  /**
   * Asks about a user.
   *
   * @param canShare whether the answer to a question that was sent at a time will do
   * @returns the answer, which contains any failure; the promise is never rejected
   */
  ask(userId: string, canShare: (askedAt: number) => boolean): Promise<Answer> {
    const earlier = this.pending.get(userId);
    // A user about whom PropelAuth answers slowly must not take all turns: two questions are on their way at most.
    if (earlier && (earlier.isSecond || canShareQuestion(earlier, canShare))) {
      return earlier.answered;
    }
    const question = new Question(userId, earlier !== undefined);
    if (!UUID.test(userId)) {
      this.fail(question, unavailable('The user id is not a PropelAuth id'));
    } else if (this.waiting.length >= MAXIMUM_WAITING_USERS) {
      this.fail(question, unavailable('Too many requests about users are waiting'));
    } else {
      this.pending.set(userId, question);
      this.waiting.push(question);
      this.planRequest();
    }
    return question.answered;
  }

  /** One request waits for its turn, and takes with it what is asked until then. */
  private planRequest(): void {
    if (this.isRequestPlanned || this.waiting.length === 0) return;
    this.isRequestPlanned = true;
    // Calls that arrive together ask together.
    setImmediate(() => void this.sendRequest());
  }

  private async sendRequest(): Promise<void> {
    await this.briefPause();
    let unanswered: Question[];
    try {
      unanswered = await this.queue.run(REQUESTER, () => this.sendWaiting());
    } catch (error) {
      // Its turn did not come.
      this.isRequestPlanned = false;
      this.availability.noteFailure(error);
      this.failAll(this.waiting.splice(0), error);
      return;
    }
    await Promise.all(unanswered.map((question) => this.askInTurn(question)));
  }

  /** @returns those about whom PropelAuth has to be asked alone */
  private async sendWaiting(): Promise<Question[]> {
    this.isRequestPlanned = false;
    const { pause: requested } = this.availability;
    if (requested !== undefined) {
      this.failAll(this.waiting.splice(0), requested.failure);
      return [];
    }
    const questions = this.waiting.splice(0, MAXIMUM_USERS_PER_REQUEST);
    this.planRequest();
    const [first, ...others] = questions;
    if (first === undefined || others.length > 0) return this.askTogether(questions);
    await this.askAlone(first);
    return [];
  }

  /** @returns those about whom the answer says nothing */
  private async askTogether(questions: Question[]): Promise<Question[]> {
    this.noteSent(questions);
    try {
      const states = await this.backend.fetchUserStates(questions.map(({ userId }) => userId));
      this.availability.noteAnswer();
      return questions.filter((question) => {
        const state = states.get(question.userId);
        if (state !== undefined) this.succeed(question, state);
        return state === undefined;
      });
    } catch (error) {
      this.availability.noteFailure(error);
      this.repeatOrFail(questions, error);
      return [];
    }
  }

  private async askInTurn(question: Question): Promise<void> {
    try {
      await this.queueOfMissing.run(REQUESTER, () => this.askAlone(question));
    } catch (error) {
      // Its turn did not come. That PropelAuth is asked about many who are missing is no outage.
      this.fail(question, error);
    }
  }

  private async askAlone(question: Question): Promise<void> {
    const { pause: requested } = this.availability;
    if (requested !== undefined) return this.repeatOrFail([question], requested.failure);
    this.noteSent([question]);
    try {
      const state = await this.backend.fetchUserState(question.userId);
      this.availability.noteAnswer();
      if (state === undefined) this.fail(question, notUnderstood());
      else this.succeed(question, state);
    } catch (error) {
      this.availability.noteFailure(error);
      this.repeatOrFail([question], error);
    }
  }

  /** Waits until PropelAuth may be asked again, if that is soon. */
  private async briefPause(): Promise<void> {
    const { pause: requested } = this.availability;
    if (!requested?.isBrief) return;
    const milliseconds = (requested.until - this.clock.monotonicSeconds()) * 1_000;
    // A timer can be early by a fraction of a millisecond.
    await pause(Math.ceil(milliseconds) + 1);
  }

  /** What had no answer is asked once more, if PropelAuth only wants a brief pause. */
  private repeatOrFail(questions: Question[], failure: unknown): void {
    const isBrief = this.availability.pause?.isBrief === true;
    for (const question of questions) {
      if (isBrief && !question.isRepeated) this.repeat(question);
      else this.fail(question, failure);
    }
    this.planRequest();
  }

  private repeat(question: Question): void {
    question.isRepeated = true;
    question.askedAt = undefined;
    this.waiting.push(question);
  }

  private noteSent(questions: Question[]): void {
    const askedAt = this.clock.monotonicSeconds();
    for (const question of questions) question.askedAt = askedAt;
  }

  private succeed(question: Question, state: UserState | null): void {
    this.finish(question, { askedAt: question.askedAt as number, state });
  }

  private failAll(questions: Question[], failure: unknown): void {
    for (const question of questions) this.fail(question, failure);
  }

  private fail(question: Question, failure: unknown): void {
    const failedAt = this.clock.monotonicSeconds();
    this.finish(question, { askedAt: question.askedAt ?? failedAt, failedAt, failure });
  }

  private finish(question: Question, answer: Answer): void {
    // A later question about the same user goes on.
    if (this.pending.get(question.userId) === question) this.pending.delete(question.userId);
    question.answer(answer);
  }
}

function notUnderstood(): Error {
  return unavailable('PropelAuth returned an invalid response about a user');
}

/** One that waits will be asked later than now. */
function canShareQuestion({ askedAt }: Question, canShare: (askedAt: number) => boolean): boolean {
  return askedAt === undefined || canShare(askedAt);
}

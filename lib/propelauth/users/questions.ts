import type { BackendClient } from '../backend/backend-client.js';
import { pause } from '../backend/deadline.js';
import { RequestQueue } from '../backend/request-queue.js';
import type { UserState } from '../backend/user-state.js';
import { unavailable } from '../../rejections/rejection.js';
import type { Answer, Counts } from './answer.js';
import { Availability } from './availability.js';
import type { Clock } from '../../values/clock.js';

/** Users can send any number of tokens, so the requests are limited: how many are sent at a time, and for how many users. */
const MAXIMUM_CONCURRENT_REQUESTS = 5;
const MAXIMUM_USERS_PER_REQUEST = 50;
const MAXIMUM_WAITING_USERS = 10_000;

/** How long a request waits for further users while another one is under way. */
const GATHERING_MILLISECONDS = 50;

/** All users share one party, because a request is for many users. */
const REQUESTER = { isKnown: true, party: 'users' };

/** PropelAuth's user ids. PropelAuth's client checks the form too: another text could change the path of the request. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Asks PropelAuth for the current access of users. Concurrent calls share a question, and one request asks about many users. */
export class Questions {
  /**
   * The last pending question about each user. The `fetch()` of an LRU cache does not fit: sharing a question depends on when it was sent,
   * and one request asks about many users.
   */
  private readonly pending = new Map<string, Question>();
  /** The unsent questions, the oldest first. */
  private waiting: Question[] = [];
  private isRequestPlanned = false;
  private gathering: NodeJS.Timeout | undefined;
  private requestsUnderWay = 0;
  readonly availability: Availability;
  private readonly queue = new RequestQueue(MAXIMUM_CONCURRENT_REQUESTS);
  /** The queue for users that an answer left out, such as thousands of deleted users. They must not delay the others. */
  private readonly queueOfMissing = new RequestQueue(MAXIMUM_CONCURRENT_REQUESTS);

  constructor(
    private readonly backend: Pick<BackendClient, 'fetchUserState' | 'fetchUserStates'>,
    private readonly clock: Clock,
  ) {
    this.availability = new Availability(clock);
  }

  /**
   * Asks about a user.
   *
   * @param counts whether the answer to a question that is under way would count
   * @returns the answer, which contains any failure; the promise never rejects
   */
  ask(userId: string, counts: Counts): Promise<Answer> {
    const earlier = this.pending.get(userId);
    if (earlier !== undefined) {
      // A question that is not sent yet can always be shared.
      const isShared = earlier.askedAt === undefined || counts({ askedAt: earlier.askedAt });
      // At most two questions about a user are pending, so that a user with slow answers does not take all turns.
      if (isShared || earlier.isSecond) return earlier.answered;
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

  /** Plans one request, which takes all questions that are waiting when its turn comes. */
  private planRequest(): void {
    if (this.isRequestPlanned || this.waiting.length === 0) return;
    const isFull = this.waiting.length >= MAXIMUM_USERS_PER_REQUEST;
    if (this.requestsUnderWay === 0 || isFull) this.planNow();
    else this.gathering ??= setTimeout(() => this.planNow(), GATHERING_MILLISECONDS);
  }

  private planNow(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    if (this.waiting.length === 0) return;
    this.isRequestPlanned = true;
    // Waits for calls that arrive at the same time, so that they share the request.
    setImmediate(() => void this.sendRequest());
  }

  private async sendRequest(): Promise<void> {
    await this.briefPause();
    let unanswered: Question[];
    try {
      unanswered = await this.queue.run(REQUESTER, () => this.sendWaiting());
    } catch (error) {
      // The turn did not come.
      this.isRequestPlanned = false;
      this.availability.noteFailure(error);
      this.failAll(this.waiting.splice(0), error);
      return;
    }
    await Promise.all(unanswered.map((question) => this.askInTurn(question)));
  }

  /** @returns the questions that have to be asked alone */
  private async sendWaiting(): Promise<Question[]> {
    this.isRequestPlanned = false;
    const { pause: requested } = this.availability;
    if (requested !== undefined) {
      this.failAll(this.waiting.splice(0), requested.failure);
      return [];
    }
    const questions = this.waiting.splice(0, MAXIMUM_USERS_PER_REQUEST);
    this.requestsUnderWay++;
    this.planRequest();
    try {
      const [first, ...others] = questions;
      if (first === undefined || others.length > 0) return await this.askTogether(questions);
      await this.askAlone(first);
      return [];
    } finally {
      this.requestsUnderWay--;
      this.planRequest();
    }
  }

  /** @returns the questions about users that the answer leaves out */
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
      // The turn did not come. This is not an outage of PropelAuth: there are too many such users.
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
      if (state !== undefined) this.succeed(question, state);
      else this.fail(question, unavailable('PropelAuth returned an invalid response about a user'));
    } catch (error) {
      this.availability.noteFailure(error);
      this.repeatOrFail([question], error);
    }
  }

  /** Waits for the end of a brief pause. */
  private async briefPause(): Promise<void> {
    const { pause: requested } = this.availability;
    if (!requested?.isBrief) return;
    const milliseconds = (requested.until - this.clock.monotonicSeconds()) * 1_000;
    // A timer can fire a fraction of a millisecond early.
    await pause(Math.ceil(milliseconds) + 1);
  }

  /** Repeats unanswered questions once, if PropelAuth asks for a brief pause. */
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
    // A later question about the same user stays pending.
    if (this.pending.get(question.userId) === question) this.pending.delete(question.userId);
    question.answer(answer);
  }
}

/** A question about a user, and who waits for its answer. */
class Question {
  /** When the question was sent, by the monotonic clock, in seconds; `undefined` while the question waits. */
  askedAt: number | undefined;
  /** Whether the question was sent a second time. */
  isRepeated = false;
  answer!: (answer: Answer) => void;
  readonly answered = new Promise<Answer>((resolve) => (this.answer = resolve));

  /** @param isSecond whether an earlier question about the user is still pending */
  constructor(
    readonly userId: string,
    readonly isSecond = false,
  ) {}
}

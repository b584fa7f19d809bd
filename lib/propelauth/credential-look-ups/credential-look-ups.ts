import { addressGroupOf } from '../backend/address-group.js';
import { RequestQueue } from '../backend/request-queue.js';
import { isUnauthenticated, Rejection, unavailable } from '../../rejections/rejection.js';
import type { CacheCounts, Hooks } from '../../plugins/hooks.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { LimitedLog } from '../../values/limited-log.js';
import { AnswerCache } from './answer-cache.js';
import type { LookedUpCredential, CredentialQuestion } from './looked-up-credential.js';
import { isCurrent, type DatedAnswer } from './dated-answer.js';
import { RecentKeys } from './recent-keys.js';

/** Callers choose their credentials, so the number of concurrent requests to PropelAuth is limited. */
const MAXIMUM_CONCURRENT_REQUESTS = 50;

/** How often PropelAuth is asked for one call, if access changes before PropelAuth responds. */
const MAXIMUM_QUESTIONS_PER_CALL = 3;

/** How long a rejected credential, and one that was valid, are remembered. */
const REJECTED_MILLISECONDS = 10_000;
const GOOD_MILLISECONDS = 60 * 60 * 1000;

/** A lookup, and the number of access changes when it began. Later changes may be missing from the answer. */
interface LookUp<Answer> {
  readonly changes: number | undefined;
  readonly answer: Promise<Answer>;
}

/** A credential that PropelAuth may be asked about. */
interface Asked {
  readonly credential: string;
  readonly cacheKey: string;
  /** The address of the client, if known. */
  readonly address: string | undefined;
}

/** Asks PropelAuth about credentials of one kind, as rarely as possible, and caches the results. */
export class CredentialLookUps<Answer> {
  private readonly cache = new AnswerCache<Answer>((entry) => this.isUsable(entry));
  private readonly rejected = new RecentKeys<RejectionReason>(REJECTED_MILLISECONDS);
  private readonly good = new RecentKeys<true>(GOOD_MILLISECONDS);
  /**
   * Pending lookups, by cache key: concurrent requests with the same credential share one. They are not in the cache, unlike those of
   * lru-cache's `fetch()`: there, made-up credentials would displace valid ones while they wait.
   */
  private readonly pending = new Map<string, LookUp<Answer>>();
  /**
   * The lookups of requests with several guarded handlers, for as long as each request lasts. Private, so that printing this object prints
   * no credential.
   */
  readonly #withinRequests = new WeakMap<object, LookUp<Answer> & { credential: string }>();
  private readonly warnings = new LimitedLog();
  private readonly queue = new RequestQueue(MAXIMUM_CONCURRENT_REQUESTS);

  /** @param hooks those of all plugins, which need not be filled yet */
  constructor(
    private readonly credential: LookedUpCredential<Answer>,
    private readonly hooks: Hooks,
  ) {}

  /**
   * @param credential any value that the caller sent
   * @param address the address of the client, if known
   * @param request an object that lasts as long as the call, and no longer: PropelAuth is asked once for all guarded handlers of the call,
   * unless access changes meanwhile
   * @throws {Rejection} with a reason of the kind, such as `api_key_unknown`, or `propelauth_unavailable` without a usable answer
   */
  find(credential: string, address?: string, request?: object): Promise<Answer> {
    if (request === undefined) return this.findAnswer(credential, address);
    const changes = this.hooks.access?.changes;
    const earlier = this.#withinRequests.get(request);
    const isSame = earlier?.credential === credential && earlier?.changes === changes;
    if (earlier !== undefined && isSame) return earlier.answer;
    const answer = this.findAnswer(credential, address);
    this.#withinRequests.set(request, { credential, changes, answer });
    return answer;
  }

  private async findAnswer(credential: string, address: string | undefined): Promise<Answer> {
    if (!this.credential.isPlausible(credential)) throw new Rejection(this.credential.implausible);
    const cacheKey = this.credential.cacheKeyOf(credential);
    const rejection = this.rejected.get(cacheKey);
    if (rejection !== undefined) throw new Rejection(rejection);
    return this.cache.get(cacheKey)?.answer ?? this.shareLookUp({ credential, cacheKey, address });
  }

  /**
   * The cached answer about a credential, without asking PropelAuth. It does not count as a hit: the guard looks the credential up again
   * when it decides.
   */
  recall(credential: string): Answer | undefined {
    if (!this.credential.isPlausible(credential)) return undefined;
    return this.cache.peek(this.credential.cacheKeyOf(credential))?.answer;
  }

  /** The counts of the cache; `undefined` if answers are not cached. */
  get counts(): CacheCounts | undefined {
    return this.credential.lifetimeMilliseconds === 0 ? undefined : this.cache.counts;
  }

  /** Whether neither the answer nor the credential has expired, and the access of its owners has not changed since PropelAuth was asked. */
  private isUsable({ answer, askedAt, askedHereAt }: DatedAnswer<Answer>): boolean {
    if (!isCurrent(askedAt, this.credential.lifetimeMilliseconds)) return false;
    if (Date.now() >= (this.credential.expiryOf?.(answer) ?? Infinity)) return false;
    const time = { askedAt: askedAt / 1000, askedHereAt };
    return !this.hooks.access?.isOutdated(time, this.credential.ownersOf(answer));
  }

  private shareLookUp(asked: Asked): Promise<Answer> {
    const { cacheKey } = asked;
    const changes = this.hooks.access?.changes;
    const pending = this.pending.get(cacheKey);
    if (pending !== undefined && pending.changes === changes) return pending.answer;
    const lookUp: LookUp<Answer> = {
      changes,
      answer: this.lookUp(asked).finally(() => {
        if (this.pending.get(cacheKey) === lookUp) this.pending.delete(cacheKey);
      }),
    };
    this.pending.set(cacheKey, lookUp);
    return lookUp.answer;
  }

  private async lookUp(asked: Asked): Promise<Answer> {
    const stored = await this.credential.store?.get(asked.cacheKey);
    if (stored === undefined || !this.isUsable(stored)) return this.askAbout(asked);
    this.cache.set(asked.cacheKey, stored);
    return stored.answer;
  }

  /** Asks one question after the other, each in its turn, until PropelAuth knows the credential. */
  private async askAbout(asked: Asked): Promise<Answer> {
    const questions = [...this.credential.questionsAbout(asked.credential)];
    const last = questions.pop() as CredentialQuestion<Answer>;
    for (const question of questions) {
      try {
        return await this.askInTurn(question, asked);
      } catch (error) {
        if (!isUnauthenticated(error)) throw error;
      }
    }
    return this.askInTurn(() => this.askFinally(last, asked.cacheKey), asked);
  }

  /** Asks the last question, which decides whether the credential is rejected. */
  private async askFinally(
    question: CredentialQuestion<Answer>,
    cacheKey: string,
  ): Promise<Answer> {
    const askedAt = Date.now();
    try {
      return await question();
    } catch (error) {
      if (isUnauthenticated(error)) {
        this.rejected.set(cacheKey, error.reason, askedAt);
        this.good.delete(cacheKey);
      }
      throw error;
    }
  }

  private async askInTurn(
    question: CredentialQuestion<Answer>,
    { cacheKey, address }: Asked,
  ): Promise<Answer> {
    const isKnown = this.good.get(cacheKey) !== undefined;
    const requester = { isKnown, party: addressGroupOf(address) };
    let isItsTurn = false;
    try {
      return await this.queue.run(requester, () => {
        isItsTurn = true;
        return this.ask(question, cacheKey);
      });
    } catch (error) {
      if (!isItsTurn) this.warnings.warn(this.credential.overloaded);
      throw error;
    }
  }

  /** Asks PropelAuth, and again if access has changed since: the answer may not include the change. */
  private async ask(question: CredentialQuestion<Answer>, cacheKey: string): Promise<Answer> {
    for (let count = 0; count < MAXIMUM_QUESTIONS_PER_CALL; count++) {
      const askedAt = this.hooks.access?.now ?? 0;
      const answer = await this.askOnce(question, cacheKey);
      const owners = this.credential.ownersOf(answer);
      if (!this.hooks.access?.hasChangedSince(askedAt, owners)) return answer;
    }
    throw unavailable(this.credential.changesTooFast);
  }

  private async askOnce(question: CredentialQuestion<Answer>, cacheKey: string): Promise<Answer> {
    const askedAt = Date.now();
    const askedHereAt = this.hooks.access?.now;
    const answer = await question();
    this.good.set(cacheKey, true, askedAt);
    this.remember(cacheKey, { answer, askedAt, askedHereAt });
    return answer;
  }

  private remember(cacheKey: string, remembered: DatedAnswer<Answer>): void {
    if (this.credential.lifetimeMilliseconds === 0) return;
    try {
      this.cache.set(cacheKey, remembered);
      this.credential.store?.set(cacheKey, remembered);
    } catch (error) {
      // Metadata can be nested more deeply than JSON.stringify() can write. The credential is still valid.
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

import { Injectable } from '@nestjs/common';
import type { ApiKeyValidation } from '@propelauth/node-apis';
import { addressGroupOf } from '../../backend/address-group.js';
import { BackendClient } from '../../backend/backend-client.js';
import { isPlausibleSecret } from '../../backend/plausible-secret.js';
import { RequestQueue } from '../../backend/request-queue.js';
import { LiveAccess } from '../../live-access/live-access.js';
import { MAXIMUM_QUESTIONS_PER_CALL } from '../../live-access/user-questions.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { ApiKeySecrets } from './api-key-secrets.js';
import type { CachedValidation } from './cached-validation.js';
import { RecentKeys } from './recent-keys.js';
import { ValidationCache } from './validation-cache.js';
import { ValidationStore } from './validation-store.js';
import { hasThreeParts } from '../../transport/http/api-key-header.js';
import { isUnauthenticated, Refusal, unavailable } from '../../refusals/refusal.js';
import { LimitedLog } from '../../values/limited-log.js';

const MAXIMUM_KEY_LENGTH = 1_024;

/** Callers choose their keys: however many they make up, so many at most are asked about at a time. */
const MAXIMUM_CONCURRENT_REQUESTS = 50;

/** For whoever tries an unknown key over and over, and for a key that was good lately. */
const UNKNOWN_MILLISECONDS = 10_000;
const GOOD_MILLISECONDS = 60 * 60 * 1000;

const OVERLOADED =
  'More API keys are sent than PropelAuth validates in time, so some of their requests return 503. Limit the rate of requests per client ' +
  'address, or raise apiKeys.cacheSeconds if the keys are valid.';

/** A look-up, and how many changes of access were known when it began: it may not know of later ones. */
interface LookUp {
  readonly changes: number | undefined;
  readonly validation: Promise<ApiKeyValidation>;
}

/** The look-up of a request, and its key. */
interface LookUpOfRequest extends LookUp {
  readonly apiKey: string;
}

/** Answers whose an end-user API key is: PropelAuth's word, remembered for as long as the options say. */
@Injectable()
export class ApiKeyAuthenticator {
  private readonly lifetimeMilliseconds: number;
  private readonly secrets: ApiKeySecrets;
  private readonly cache: ValidationCache;
  private readonly store: ValidationStore | undefined;
  private readonly unknownKeys = new RecentKeys(UNKNOWN_MILLISECONDS);
  private readonly goodKeys = new RecentKeys(GOOD_MILLISECONDS);
  /** Look-ups that are pending, by the cache keys of their API keys, so that requests which bring the same key at the same time share one. */
  private readonly pending = new Map<string, LookUp>();
  /** What came of the keys of requests with many guarded parts, for as long as the requests last. Private, so that printing shows none. */
  readonly #withinRequests = new WeakMap<object, LookUpOfRequest>();
  private readonly warnings = new LimitedLog();
  private readonly queue = new RequestQueue(MAXIMUM_CONCURRENT_REQUESTS);

  constructor(
    options: ResolvedOptions,
    private readonly backend: BackendClient,
    private readonly liveAccess?: LiveAccess,
  ) {
    const { cacheSeconds, store } = options.apiKeys;
    this.lifetimeMilliseconds = cacheSeconds * 1000;
    this.secrets = new ApiKeySecrets(options);
    this.cache = new ValidationCache(this.lifetimeMilliseconds);
    this.store = store && new ValidationStore(store, this.secrets, this.lifetimeMilliseconds);
  }

  /**
   * @param apiKey what the caller sent as its key; anything may stand here
   * @param address the address of the client, if it is known
   * @returns what PropelAuth knows about the key, deeply frozen
   * @throws {Refusal} `api_key_unknown`, `api_key_rate_limited`, or `propelauth_unavailable` without a usable answer
   */
  async authenticate(apiKey: string, address?: string): Promise<ApiKeyValidation> {
    if (!isPlausibleKey(apiKey)) throw new Refusal('api_key_unknown');
    const cacheKey = this.secrets.cacheKeyOf(apiKey);
    if (this.unknownKeys.has(cacheKey)) throw new Refusal('api_key_unknown');
    return this.recallCached(cacheKey) ?? this.shareLookUp(apiKey, cacheKey, address);
  }

  /**
   * Like {@link authenticate}, for the parts of one call: PropelAuth is asked once for all of them, unless access changes meanwhile.
   *
   * @param request what lasts as long as the call, and no longer
   */
  authenticateWithin(request: object, apiKey: string, address?: string): Promise<ApiKeyValidation> {
    const changes = this.liveAccess?.changes;
    const earlier = this.#withinRequests.get(request);
    if (earlier?.apiKey === apiKey && earlier.changes === changes) return earlier.validation;
    const validation = this.authenticate(apiKey, address);
    this.#withinRequests.set(request, { apiKey, changes, validation });
    return validation;
  }

  /** What this process remembers of a key, without asking anyone. */
  recall(apiKey: string): ApiKeyValidation | undefined {
    if (!isPlausibleKey(apiKey)) return undefined;
    return this.recallCached(this.secrets.cacheKeyOf(apiKey));
  }

  private recallCached(cacheKey: string): ApiKeyValidation | undefined {
    const cached = this.cache.get(cacheKey);
    return cached && this.isUpToDate(cached) ? cached.validation : undefined;
  }

  /** Whether the access of those whose key it is has not changed since PropelAuth was asked. */
  private isUpToDate({ validation, askedAt, askedHereAt }: CachedValidation): boolean {
    const { user, org } = validation;
    return !this.liveAccess?.isOutdated(
      { askedAt: askedAt / 1000, askedHereAt },
      user?.userId,
      org?.orgId,
    );
  }

  private shareLookUp(
    apiKey: string,
    cacheKey: string,
    address: string | undefined,
  ): Promise<ApiKeyValidation> {
    const changes = this.liveAccess?.changes;
    const pending = this.pending.get(cacheKey);
    if (pending !== undefined && pending.changes === changes) return pending.validation;
    const lookUp: LookUp = {
      changes,
      validation: this.lookUp(apiKey, cacheKey, address).finally(() => {
        if (this.pending.get(cacheKey) === lookUp) this.pending.delete(cacheKey);
      }),
    };
    this.pending.set(cacheKey, lookUp);
    return lookUp.validation;
  }

  private async lookUp(
    apiKey: string,
    cacheKey: string,
    address: string | undefined,
  ): Promise<ApiKeyValidation> {
    const stored = await this.store?.get(cacheKey);
    if (stored === undefined || !this.isUpToDate(stored)) {
      return this.askInTurn(apiKey, cacheKey, address);
    }
    this.cache.set(cacheKey, stored);
    return stored.validation;
  }

  private async askInTurn(
    apiKey: string,
    cacheKey: string,
    address: string | undefined,
  ): Promise<ApiKeyValidation> {
    const requester = { isKnown: this.goodKeys.has(cacheKey), party: addressGroupOf(address) };
    let isItsTurn = false;
    try {
      return await this.queue.run(requester, () => {
        isItsTurn = true;
        return this.ask(apiKey, cacheKey);
      });
    } catch (error) {
      if (!isItsTurn) this.warnings.warn(OVERLOADED);
      throw error;
    }
  }

  /** An answer is of no use when access has changed since PropelAuth was asked. */
  private async ask(apiKey: string, cacheKey: string): Promise<ApiKeyValidation> {
    for (let count = 0; count < MAXIMUM_QUESTIONS_PER_CALL; count++) {
      const askedAt = this.liveAccess?.now ?? 0;
      const validation = await this.askOnce(apiKey, cacheKey);
      const { user, org } = validation;
      if (!this.liveAccess?.hasChangedSince(askedAt, user?.userId, org?.orgId)) return validation;
    }
    throw unavailable(
      'The access of the owner of an API key changes faster than PropelAuth answers',
    );
  }

  private async askOnce(apiKey: string, cacheKey: string): Promise<ApiKeyValidation> {
    const askedAt = Date.now();
    const askedHereAt = this.liveAccess?.now;
    try {
      const validation = await this.backend.validateApiKey(apiKey);
      this.goodKeys.add(cacheKey, askedAt);
      this.remember(cacheKey, { validation, askedAt, askedHereAt });
      return validation;
    } catch (error) {
      if (isUnauthenticated(error)) {
        this.unknownKeys.add(cacheKey, askedAt);
        this.goodKeys.delete(cacheKey);
      }
      throw error;
    }
  }

  private remember(cacheKey: string, remembered: CachedValidation): void {
    if (this.lifetimeMilliseconds === 0) return;
    try {
      this.cache.set(cacheKey, remembered);
      this.store?.set(cacheKey, remembered);
    } catch (error) {
      // Metadata can be nested more deeply than JSON can be written. The key is valid all the same.
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

/** Access tokens are for this application alone, wherever a caller puts them. */
function isPlausibleKey(apiKey: unknown): apiKey is string {
  return isPlausibleSecret(apiKey, MAXIMUM_KEY_LENGTH) && !hasThreeParts(apiKey);
}

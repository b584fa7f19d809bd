import type { KeyObject } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { BackendClient } from '../../propelauth/backend/backend-client.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { isLoopbackOrigin } from '../../options/origin.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { withinDeadline } from '../../propelauth/backend/deadline.js';
import { retryDelay } from '../../propelauth/backend/retry-delay.js';
import { Outage, type Failure } from '../../values/outage.js';
import { parseVerifierKey } from './parse-verifier-key.js';
import { Rejection, unavailable } from '../../rejections/rejection.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';

const MAXIMUM_WAIT_MILLISECONDS = 2_000;
const REFRESH_MILLISECONDS = 4 * 60 * 60 * 1000;
const BETWEEN_REFETCHES_MILLISECONDS = 10_000;

/**
 * Holds the key that verifies access tokens: the one in the options, or the one that PropelAuth returns. A key stays in use until another
 * one replaces it.
 */
@Injectable()
export class VerificationKeys implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('PropelAuth');
  private readonly outage = new Outage('PropelAuth returns the verification key again.');
  private readonly isManual: boolean;
  /** The key, if there is one. */
  current: KeyObject | undefined;
  /** When the fetch that brought or confirmed the key began, in milliseconds since the epoch. */
  private askedAt = 0;
  /** When the fetch that replaced a key by this one began; 0 for the first key. */
  private replacedAt = 0;
  /** The fetch in progress, for those who wait for it, up to 2 s from its beginning: whether it brought a key by then. */
  private pending: Promise<boolean> | undefined;
  /** When a token may cause a fetch again, by the monotonic clock. */
  private nextRefetchAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private nextFetchAt = 0;
  private failures = 0;
  private isDestroyed = false;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly backend: BackendClient,
  ) {
    this.isManual = options.verifierKey !== undefined;
    if (options.verifierKey !== undefined) this.current = parseManualKey(options.verifierKey);
  }

  /** What went wrong since the key was last fetched; `undefined` when nothing went wrong. */
  failure(): Failure | undefined {
    return this.outage.failure;
  }

  /** How long ago PropelAuth was asked for the current key; `undefined` without a key, and for a key in the options. */
  get ageSeconds(): number | undefined {
    if (this.isManual || this.current === undefined) return undefined;
    return Math.max(0, Date.now() - this.askedAt) / 1000;
  }

  /**
   * The key. Without one, this waits up to 2 s for a pending fetch.
   *
   * @throws {Rejection} `keys_unavailable` when there is no key by then
   */
  async awaitKey(): Promise<KeyObject> {
    if (this.current === undefined) await this.pending;
    if (this.current !== undefined) return this.current;
    throw rejectionUntil(this.nextFetchAt - Date.now(), 'keys_unavailable');
  }

  /**
   * Fetches the key again because of a token that {@link current} does not verify, if the token may be signed with a newer key. However
   * many such tokens arrive, they cause one fetch at most every 10 s.
   *
   * Returns when the key has changed, or when the token is not signed with a newer key.
   *
   * @param issuedAt the `iat` claim of the token, in seconds since the epoch. It is not verified: anyone can write any time
   * @throws {Rejection} `signature_unverified` when neither is known yet
   */
  async refetchFor(issuedAt: number): Promise<void> {
    if (this.isManual || !this.mayBeOfNewerKey(issuedAt)) return;
    const { current } = this;
    const isOwnFetch = this.pending === undefined && this.takeRefetch();
    if (isOwnFetch) this.refetch();
    const isAnswered = await this.pending;
    // A pending fetch may have begun before the token was issued, so that only a fetch for the token itself says that it is not valid.
    if (this.current !== current || (isOwnFetch && isAnswered)) return;
    throw rejectionUntil(this.nextRefetchAt - performance.now(), 'signature_unverified');
  }

  async onModuleInit(): Promise<void> {
    if (this.options.isIssuerLocal) {
      this.logger.log(
        `Accepts access tokens of ${this.options.issuer}, which is on this machine: for development and tests alone.`,
      );
    }
    if (this.isManual) return;
    try {
      await this.fetchOnce();
    } catch (error) {
      if (error instanceof PropelAuthConfigurationError) {
        // Startup fails, and applications that fail to start are rarely closed.
        this.onModuleDestroy();
        throw error;
      }
      this.noteFailure(error);
    }
  }

  onModuleDestroy(): void {
    this.isDestroyed = true;
    clearTimeout(this.timer);
  }

  /** Whether a token may have been issued since the last fetch began, and since the current key replaced another one. */
  private mayBeOfNewerKey(issuedAt: number): boolean {
    // If the clock was set back since the fetch, the time of the fetch says nothing.
    if (this.askedAt > Date.now()) return true;
    // Issue times are whole seconds, which began up to a second earlier.
    const issuedBefore = (issuedAt + 1) * 1000;
    // The clock of PropelAuth may be behind. Tokens of the replaced key have no such leeway: there are many, and they must fetch nothing.
    const leeway = this.options.clockToleranceSeconds * 1000;
    return issuedBefore + leeway > this.askedAt && issuedBefore > this.replacedAt;
  }

  private takeRefetch(): boolean {
    const now = performance.now();
    if (this.isDestroyed || now < this.nextRefetchAt) return false;
    this.nextRefetchAt = now + BETWEEN_REFETCHES_MILLISECONDS;
    return true;
  }

  /** Fetches the key again. A failure leaves the current key in use. */
  private refetch(): void {
    void this.fetchOnce().catch((error: unknown) => this.noteFailure(error));
  }

  private fetchOnce(): Promise<void> {
    clearTimeout(this.timer);
    const fetching = this.fetchKey().finally(() => {
      this.pending = undefined;
    });
    this.pending = withinDeadline(MAXIMUM_WAIT_MILLISECONDS, () => fetching).then(
      () => true,
      () => false,
    );
    return fetching;
  }

  private async fetchKey(): Promise<void> {
    const askedAt = Date.now();
    try {
      this.accept(parseFetchedKey(await this.backend.fetchVerifierKey()), askedAt);
    } catch (error) {
      this.failures++;
      const retryAfter = error instanceof Rejection ? error.retryAfterSeconds : undefined;
      const delay = retryDelay(this.failures, retryAfter);
      this.scheduleFetch(delay);
      if (retryAfter !== undefined) this.nextRefetchAt = performance.now() + delay;
      throw error;
    }
  }

  private accept(key: KeyObject, askedAt: number): void {
    this.outage.noteSuccess();
    // An equal key does not replace the object, so that tokens verified with it stay cached.
    if (this.current?.equals(key) !== true) {
      if (this.current !== undefined) {
        this.logger.log('The verification key has changed.');
        this.replacedAt = askedAt;
      }
      this.current = key;
    }
    this.askedAt = askedAt;
    // If the clock was set back, tokens of a newer key have earlier times than the current key.
    this.replacedAt = Math.min(this.replacedAt, askedAt);
    this.failures = 0;
    this.scheduleFetch(REFRESH_MILLISECONDS * (0.9 + Math.random() / 5));
  }

  private noteFailure(error: unknown): void {
    const advice = isLoopbackOrigin(this.options.authUrl)
      ? 'Start the emulator: npx propelauth-emulator.'
      : 'Retrying.';
    const consequence =
      this.current === undefined
        ? `Requests with an access token return 503 until the verification key has been fetched. ${advice}`
        : 'The current verification key stays in use. Retrying.';
    this.outage.noteFailure(messageOf(error), consequence);
  }

  private scheduleFetch(delay: number): void {
    if (this.isDestroyed) return;
    this.nextFetchAt = Date.now() + delay;
    this.timer = setTimeout(() => this.refetch(), delay);
    // The timer must not keep the process alive.
    this.timer.unref();
  }
}

function rejectionUntil(waitMilliseconds: number, reason: RejectionReason): Rejection {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMilliseconds / 1000));
  return new Rejection(reason, { retryAfterSeconds });
}

function parseManualKey(pem: string): KeyObject {
  try {
    return parseVerifierKey(pem);
  } catch (error) {
    throw new PropelAuthConfigurationError(
      `manualTokenVerificationMetadata.verifierKey is not usable: ${messageOf(error)}. Copy the public key from the ` +
        'Backend Integration page of your PropelAuth dashboard.',
    );
  }
}

function parseFetchedKey(pem: string): KeyObject {
  try {
    return parseVerifierKey(pem);
  } catch (error) {
    throw unavailable(`PropelAuth returned an unusable verification key: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message
    : 'The verification key cannot be fetched from PropelAuth';
}

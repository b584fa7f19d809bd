import type { KeyObject } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { BackendClient } from '../../propelauth/backend/backend-client.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { isLoopbackOrigin } from '../../options/origin.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { settledWithin } from '../../propelauth/backend/deadline.js';
import { retryDelay } from '../../propelauth/backend/retry-delay.js';
import type { Failure } from '../../values/outage.js';
import { OutageLog } from '../../values/outage-log.js';
import { RateLimiter } from '../../values/rate-limiter.js';
import { fetchVerifierKey } from './fetch-verifier-key.js';
import { parseVerifierKey } from './parse-verifier-key.js';
import { Rejection } from '../../rejections/rejection.js';

const MAXIMUM_WAIT_MILLISECONDS = 2_000;
const REFRESH_MILLISECONDS = 4 * 60 * 60 * 1000;
const ROTATION_FETCHES_AT_ONCE = 3;
const ROTATION_REFILL_MILLISECONDS = 10_000;

/**
 * Holds the key that verifies access tokens: the one in the options, or the one that PropelAuth returns. A key stays in use until another
 * one replaces it.
 */
@Injectable()
export class VerificationKeys implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('PropelAuth');
  private readonly outages = new OutageLog('PropelAuth returns the verification key again.');
  private readonly isManual: boolean;
  private readonly rotationFetches = new RateLimiter(
    ROTATION_FETCHES_AT_ONCE,
    ROTATION_REFILL_MILLISECONDS,
  );
  /** The key, if there is one. */
  current: KeyObject | undefined;
  /** The key that the current one has replaced. */
  replaced: KeyObject | undefined;
  /** When the fetch that brought the key began, in milliseconds since the epoch. */
  private askedAt = 0;
  private pending: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private nextFetchAt = 0;
  private failures = 0;
  private lastFailure: Failure | undefined;
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
    return this.lastFailure;
  }

  /** How long ago PropelAuth was asked for the current key; `undefined` without a key, and for a key in the options. */
  get ageSeconds(): number | undefined {
    if (this.isManual || this.current === undefined) return undefined;
    return Math.max(0, Date.now() - this.askedAt) / 1000;
  }

  /**
   * The key. Without one, this waits up to 2 s for a pending fetch.
   *
   * @throws {Rejection} when there is no key by then
   */
  async awaitKey(): Promise<KeyObject> {
    if (this.current === undefined && this.pending !== undefined) {
      await settledWithin(this.pending, MAXIMUM_WAIT_MILLISECONDS);
    }
    if (this.current !== undefined) return this.current;
    const wait = Math.max(1, Math.ceil((this.nextFetchAt - Date.now()) / 1000));
    throw new Rejection('keys_unavailable', { retryAfterSeconds: wait });
  }

  /**
   * Fetches the key again because of a token that it does not verify, if the token was issued after the last fetch began. However many such
   * tokens arrive, one fetch runs at a time, and forged tokens cause at most three fetches at once and one every 10 s.
   *
   * @param issuedAt the `iat` claim of a token that is valid except for its signature, in seconds since the epoch
   * @param isOfReplacedKey whether the token is signed with {@link replaced}. Many such tokens arrive after each rotation. They cause a
   * fetch only if they were issued after the last one by at least the clock tolerance: then PropelAuth may have gone back to that key
   */
  async refetchFor(issuedAt: number, isOfReplacedKey = false): Promise<void> {
    if (this.isManual || this.isDestroyed) return;
    // If the clock was set back since the fetch, the time of the fetch says nothing.
    const isSetBack = this.askedAt > Date.now();
    const { clockToleranceSeconds } = this.options;
    const tolerance = isOfReplacedKey ? -clockToleranceSeconds : clockToleranceSeconds;
    if (!isSetBack && (issuedAt + tolerance) * 1000 < this.askedAt) return;
    if (this.pending === undefined && !this.rotationFetches.take()) return;
    await this.refetch();
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
      const advice = isLoopbackOrigin(this.options.authUrl)
        ? 'Start the emulator: npx propelauth-emulator.'
        : 'Retrying.';
      this.outages.noteFailure(
        `${messageOf(error)}. Requests with an access token return 503 until the verification key has been fetched. ${advice}`,
      );
    }
  }

  onModuleDestroy(): void {
    this.isDestroyed = true;
    clearTimeout(this.timer);
  }

  /** Fetches the key again. A failure leaves the current key in use. Calls while a fetch is pending share that fetch. */
  private refetch(): Promise<void> {
    this.pending ??= this.fetchOnce().catch(() => undefined);
    return this.pending;
  }

  private fetchOnce(): Promise<void> {
    clearTimeout(this.timer);
    const fetching = this.fetchKey().finally(() => {
      this.pending = undefined;
    });
    this.pending = fetching.catch(() => undefined);
    return fetching;
  }

  private async fetchKey(): Promise<void> {
    const askedAt = Date.now();
    try {
      this.accept(await fetchVerifierKey(this.backend), askedAt);
    } catch (error) {
      this.noteFailure(error);
      throw error;
    }
  }

  private accept(key: KeyObject, askedAt: number): void {
    this.outages.noteSuccess();
    // An equal key does not replace the object, so that tokens verified with it stay cached.
    if (this.current?.equals(key) !== true) {
      if (this.current !== undefined) this.logger.log('The verification key has changed.');
      this.replaced = this.current;
      this.current = key;
    }
    this.askedAt = askedAt;
    this.failures = 0;
    this.lastFailure = undefined;
    this.scheduleFetch(REFRESH_MILLISECONDS * (0.9 + Math.random() / 5));
  }

  private noteFailure(error: unknown): void {
    this.failures++;
    this.lastFailure = { message: messageOf(error), since: this.lastFailure?.since ?? new Date() };
    if (this.current !== undefined) {
      this.outages.noteFailure(
        `${messageOf(error)}. The current verification key stays in use. Retrying.`,
      );
    }
    const retryAfter = error instanceof Rejection ? error.retryAfterSeconds : undefined;
    this.scheduleFetch(retryDelay(this.failures, retryAfter));
  }

  private scheduleFetch(delay: number): void {
    if (this.isDestroyed) return;
    this.nextFetchAt = Date.now() + delay;
    this.timer = setTimeout(() => void this.refetch(), delay);
    // The timer must not keep the process alive.
    this.timer.unref();
  }
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

function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message
    : 'The verification key cannot be fetched from PropelAuth';
}

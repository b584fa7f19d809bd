import type { KeyObject } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { parseVerifierKey } from './verifier-key.js';
import { fetchVerifierKey, VerificationMetadataError } from './verification-metadata.client.js';

const FIRST_RETRY_MILLISECONDS = 500;
const LONGEST_RETRY_MILLISECONDS = 30_000;

/** No key is there to verify a token with. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * Holds the key that verifies access tokens: the one given by hand, or the one fetched from PropelAuth at start.
 *
 * While PropelAuth is out of reach the application runs without a key and asks again, at growing intervals, until it has one.
 */
@Injectable()
export class VerificationKeys implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('PropelAuth');
  private key: KeyObject | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private destroyed = false;

  constructor(private readonly options: ResolvedOptions) {
    if (options.verifierKey !== undefined) this.key = parseManualKey(options.verifierKey);
  }

  /** @throws {KeysUnavailable} while there is no key */
  current(): KeyObject {
    if (this.key === undefined) throw new KeysUnavailable('There is no verification key yet');
    return this.key;
  }

  async onModuleInit(): Promise<void> {
    if (this.key !== undefined) return;
    try {
      this.key = await fetchVerifierKey(this.options);
    } catch (error) {
      if (!(error instanceof VerificationMetadataError)) throw error;
      this.logger.warn(
        `${error.message}. Requests with an access token are answered with 503 until the verification key is there; asking again.`,
      );
      this.scheduleRetry(FIRST_RETRY_MILLISECONDS);
    }
  }

  onModuleDestroy(): void {
    this.destroyed = true;
    clearTimeout(this.retryTimer);
  }

  private scheduleRetry(delay: number): void {
    if (this.destroyed) return;
    // Jitter, so that a fleet that lost PropelAuth together does not come back together.
    this.retryTimer = setTimeout(() => void this.retry(delay), delay * (0.5 + Math.random() / 2));
  }

  private async retry(delay: number): Promise<void> {
    try {
      this.key = await fetchVerifierKey(this.options);
      this.logger.log('The verification key is there; access tokens are verified again.');
    } catch {
      this.scheduleRetry(Math.min(delay * 2, LONGEST_RETRY_MILLISECONDS));
    }
  }
}

function parseManualKey(pem: string): KeyObject {
  try {
    return parseVerifierKey(pem);
  } catch (error) {
    throw new PropelAuthConfigurationError(
      `manualTokenVerificationMetadata.verifierKey is not usable: ${(error as Error).message}. ` +
        'Copy the public key from the page "Backend Integration" of your PropelAuth dashboard.',
    );
  }
}

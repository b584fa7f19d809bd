import type { KeyObject } from 'node:crypto';
import { Rejection } from '../../rejections/rejection.js';
import { hasTokenShape } from './token-shape.js';
import type { TokenVerifier, VerifiedToken } from './token-verifier.js';
import type { VerificationKeys } from './verification-keys.js';

/** What a token says, and the key under which that was verified. */
export interface VerifiedUnderKey {
  readonly verified: VerifiedToken;
  readonly key: KeyObject;
}

/** The verification of exactly this text. */
interface Verification {
  readonly token: string;
  readonly result: Promise<VerifiedUnderKey>;
}

/**
 * Verifies tokens, and fetches a new key where one may have been rotated. Requests that bring the same new token at the same time share one
 * verification.
 */
export class TokenVerifications {
  /** Those under way, by the cache keys of their tokens. A private field: printing this must not print a token. */
  readonly #pending = new Map<string, Verification>();

  /** @param onVerified called once for each verified token, before anyone who waits for it goes on */
  constructor(
    private readonly keys: VerificationKeys,
    private readonly verifier: TokenVerifier,
    private readonly onVerified: (token: string, verified: VerifiedUnderKey) => void,
  ) {}

  /**
   * @param cacheKey different for different tokens, as far as possible
   * @throws {Rejection} when it is not a valid access token of this project, `keys_unavailable` without a key to verify it with
   */
  verify(token: string, cacheKey: string): Promise<VerifiedUnderKey> {
    // What is known had the shape when it was verified, and is the same text to the letter: a token has one text.
    if (!hasTokenShape(token)) throw new Rejection('token_malformed');
    const pending = this.#pending.get(cacheKey);
    if (pending?.token === token) return pending.result;
    const result = this.verifyOnce(token, cacheKey);
    this.#pending.set(cacheKey, { token, result });
    return result;
  }

  private async verifyOnce(token: string, cacheKey: string): Promise<VerifiedUnderKey> {
    try {
      return await this.verifyUnderCurrentKey(token);
    } finally {
      // Not that of another token with the same cache key.
      if (this.#pending.get(cacheKey)?.token === token) this.#pending.delete(cacheKey);
    }
  }

  /**
   * Verifies a token without asking PropelAuth for a key.
   *
   * @returns `undefined` without a key, and for what has not the shape of a token
   * @throws {Rejection} when the token is rejected under the key there is
   */
  async verifyHere(token: string): Promise<VerifiedUnderKey | undefined> {
    const key = this.keys.current;
    if (key === undefined || !hasTokenShape(token)) return undefined;
    const verified = await this.verifier.verify(token, key);
    if (verified instanceof Rejection) throw verified;
    this.onVerified(token, { verified, key });
    return { verified, key };
  }

  /** A result belongs to the key that the verification began under; when that has changed, the token is verified again. */
  private async verifyUnderCurrentKey(token: string): Promise<VerifiedUnderKey> {
    for (;;) {
      const key = this.keys.current ?? (await this.awaitKeyFor(token));
      const verified = await this.verifier.verify(token, key);
      const isRejected = verified instanceof Rejection;
      if (isRejected && verified.reason === 'signature_invalid') {
        await this.lookForNewKey(token, key);
      }
      if (key !== this.keys.current) continue;
      if (isRejected) throw verified;
      this.onVerified(token, { verified, key });
      return { verified, key };
    }
  }

  /** While there is no key, only a token that could be valid waits for it. */
  private async awaitKeyFor(token: string): Promise<KeyObject> {
    this.verifier.checkUnverified(token);
    return this.keys.awaitKey();
  }

  /** A token that is valid except for its signature may be signed with a key that PropelAuth has returned since the last fetch. */
  private async lookForNewKey(token: string, triedKey: KeyObject): Promise<void> {
    if (triedKey !== this.keys.current) return;
    let issuedAt: number;
    try {
      ({ issuedAt } = this.verifier.checkUnverified(token));
    } catch {
      return;
    }
    const { replaced } = this.keys;
    const isOfReplacedKey =
      replaced !== undefined &&
      !((await this.verifier.verify(token, replaced)) instanceof Rejection);
    // It may have changed meanwhile: then the token is tried with the new one.
    if (triedKey === this.keys.current) await this.keys.refetchFor(issuedAt, isOfReplacedKey);
  }
}

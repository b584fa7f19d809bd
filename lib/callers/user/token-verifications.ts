import { Rejection } from '../../rejections/rejection.js';
import { hasTokenShape } from './token-shape.js';
import type { TokenVerifier, VerifiedToken } from './token-verifier.js';
import type { VerificationKeys } from './verification-keys.js';

/** The pending verification of exactly this text. */
interface Verification {
  readonly token: string;
  readonly result: Promise<VerifiedToken>;
}

/**
 * Verifies tokens, and fetches a new key when the current one may have been rotated. Requests that bring the same new token at the same
 * time share one verification.
 */
export class TokenVerifications {
  /** The pending verifications, by the cache keys of their tokens. A private field: logging this object must not print a token. */
  readonly #pending = new Map<string, Verification>();

  /** @param onVerified called once for each verified token, before anyone who waits for it goes on */
  constructor(
    private readonly keys: VerificationKeys,
    private readonly verifier: TokenVerifier,
    private readonly onVerified: (token: string, verified: VerifiedToken) => void,
  ) {}

  /**
   * @param cacheKey the cache key of the token. In rare cases, two tokens have the same
   * @throws {Rejection} when the token is not a valid access token of this project, `keys_unavailable` without a key to verify it
   * with, `signature_unverified` when it may be signed with a key that has not been fetched yet
   */
  verify(token: string, cacheKey: string): Promise<VerifiedToken> {
    // Only new tokens are checked: a known token had this shape when it was verified, and is found only by exactly the same text.
    if (!hasTokenShape(token)) throw new Rejection('token_malformed');
    const pending = this.#pending.get(cacheKey);
    if (pending?.token === token) return pending.result;
    const result = this.verifyUnderCurrentKey(token, cacheKey);
    this.#pending.set(cacheKey, { token, result });
    return result;
  }

  /**
   * Verifies a token without asking PropelAuth for a key.
   *
   * @returns `undefined` without a key, and for text that does not have the shape of a token
   * @throws {Rejection} when the token is rejected under the current key
   */
  async verifyHere(token: string): Promise<VerifiedToken | undefined> {
    const key = this.keys.current;
    if (key === undefined || !hasTokenShape(token)) return undefined;
    const verified = await this.verifier.verify(token, key);
    if (verified instanceof Rejection) throw verified;
    this.onVerified(token, verified);
    return verified;
  }

  /** A result counts only for the key that the verification began with. If the key has changed since, the token is verified again. */
  private async verifyUnderCurrentKey(token: string, cacheKey: string): Promise<VerifiedToken> {
    try {
      for (;;) {
        const key = this.keys.current ?? (await this.keys.awaitKey());
        const verified = await this.verifier.verify(token, key);
        const isRejected = verified instanceof Rejection;
        if (isRejected && verified.reason === 'signature_invalid' && key === this.keys.current) {
          // It may be signed with a key that is newer than the last fetch.
          const issuedAt = this.verifier.unverifiedIssueTime(token);
          if (issuedAt !== undefined) await this.keys.refetchFor(issuedAt);
        }
        if (key !== this.keys.current) continue;
        if (isRejected) throw verified;
        this.onVerified(token, verified);
        return verified;
      }
    } finally {
      // The entry may belong to another token with the same cache key.
      if (this.#pending.get(cacheKey)?.token === token) this.#pending.delete(cacheKey);
    }
  }
}

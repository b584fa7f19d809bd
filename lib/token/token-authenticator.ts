import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { TokenCache } from './token-cache.js';
import { TokenRefusal } from './token-refusal.js';
import { hasTokenShape } from './token-shape.js';
import { TokenVerifier, type VerifiedToken } from './token-verifier.js';
import { VerificationKeys } from './verification-keys.js';

/** Answers who is calling, for the text of a token: verified once, then remembered for as long as it is valid. */
@Injectable()
export class TokenAuthenticator {
  /** Verifications under way, so that requests which bring the same new token at the same time share one. */
  private readonly underWay = new Map<string, Promise<UserClass>>();

  constructor(
    private readonly keys: VerificationKeys,
    private readonly verifier: TokenVerifier,
    private readonly cache: TokenCache,
  ) {}

  /**
   * @returns the user itself when the token is known, so that a caller need not wait; else a promise
   * @throws {TokenRefusal} when it is not a valid access token of this project
   * @throws {KeysUnavailable} while there is no key to verify it with
   */
  authenticate(token: string): UserClass | Promise<UserClass> {
    if (typeof token !== 'string') throw new TokenRefusal('token_malformed');
    const user = this.recall(token);
    if (user !== undefined) return user;
    // What was recalled had the shape when it was verified, and is the same text to the letter: a token has one text.
    if (!hasTokenShape(token)) throw new TokenRefusal('token_malformed');
    return this.underWay.get(token) ?? this.startVerification(token);
  }

  private recall(token: string): UserClass | undefined {
    const key = this.keys.current();
    const known = key && this.cache.get(token, key);
    if (known === undefined) return undefined;
    if (this.verifier.isExpired(known.expiresAt)) throw new TokenRefusal('token_expired');
    return known.user;
  }

  private startVerification(token: string): Promise<UserClass> {
    const verification = this.verify(token).finally(() => this.underWay.delete(token));
    this.underWay.set(token, verification);
    return verification;
  }

  /** Verifies under the key there is. A result belongs to the key it began under; when that has changed, it is done again. */
  private async verify(token: string): Promise<UserClass> {
    for (;;) {
      const key = await this.keyFor(token);
      const result = await this.verifyUnder(key, token);
      if (key !== this.keys.current()) continue;
      if (result instanceof TokenRefusal) throw result;
      this.cache.set(token, result, key);
      return result.user;
    }
  }

  /** The key; while there is none, only a token that could be valid waits for it. */
  private async keyFor(token: string): Promise<KeyObject> {
    const key = this.keys.current();
    if (key !== undefined) return key;
    this.verifier.checkUnverified(token);
    return this.keys.awaitKey();
  }

  private async verifyUnder(key: KeyObject, token: string): Promise<VerifiedToken | TokenRefusal> {
    try {
      return await this.verifier.verify(token, key);
    } catch (error) {
      if (!(error instanceof TokenRefusal)) throw error;
      const mayBeRotated = error.reason === 'signature_invalid' && key === this.keys.current();
      if (mayBeRotated) await this.lookForNewKey(token);
      return error;
    }
  }

  /** A token in order but for its signature may be signed with a key that PropelAuth hands out since the last fetch. */
  private async lookForNewKey(token: string): Promise<void> {
    let issuedAt: number;
    try {
      ({ issuedAt } = this.verifier.checkUnverified(token));
    } catch {
      return;
    }
    await this.keys.refetchFor(issuedAt);
  }
}

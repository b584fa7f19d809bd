import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { placeOf, TokenCache } from './token-cache.js';
import { TokenRefusal } from './token-refusal.js';
import { hasTokenShape } from './token-shape.js';
import { TokenVerifier } from './token-verifier.js';
import { VerificationKeys } from './verification-keys.js';

/** The verification of exactly this text. */
interface Verification {
  readonly token: string;
  readonly user: Promise<UserClass>;
}

/** Answers who is calling, for the text of a token: verified once, then remembered for as long as it is valid. */
@Injectable()
export class TokenAuthenticator {
  /**
   * Verifications under way, by the place of their tokens, so that requests which bring the same new token at the same time
   * share one.
   */
  private readonly underWay = new Map<string, Verification>();

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
    return this.shareVerification(token);
  }

  private recall(token: string): UserClass | undefined {
    const key = this.keys.current();
    const known = key && this.cache.get(token, key);
    if (known === undefined) return undefined;
    if (this.verifier.isExpired(known.expiresAt)) throw new TokenRefusal('token_expired');
    return known.user;
  }

  private shareVerification(token: string): Promise<UserClass> {
    const place = placeOf(token);
    const underWay = this.underWay.get(place);
    if (underWay?.token === token) return underWay.user;
    const user = this.verify(token, place);
    this.underWay.set(place, { token, user });
    return user;
  }

  /** Verifies under the key there is. A result belongs to the key it began under; when that has changed, it is done again. */
  private async verify(token: string, place: string): Promise<UserClass> {
    try {
      for (;;) {
        const key = this.keys.current() ?? (await this.awaitKeyFor(token));
        const result = await this.verifier.verify(token, key);
        const isRefused = result instanceof TokenRefusal;
        if (isRefused && result.reason === 'signature_invalid')
          await this.lookForNewKey(token, key);
        if (key !== this.keys.current()) continue;
        if (isRefused) throw result;
        this.cache.set(token, result, key);
        return result.user;
      }
    } finally {
      // Not that of another token, which has taken the place since.
      if (this.underWay.get(place)?.token === token) this.underWay.delete(place);
    }
  }

  /** While there is no key, only a token that could be valid waits for it. */
  private async awaitKeyFor(token: string): Promise<KeyObject> {
    this.verifier.checkUnverified(token);
    return this.keys.awaitKey();
  }

  /** A token in order but for its signature may be signed with a key that PropelAuth hands out since the last fetch. */
  private async lookForNewKey(token: string, triedKey: KeyObject): Promise<void> {
    if (triedKey !== this.keys.current()) return;
    let issuedAt: number;
    try {
      ({ issuedAt } = this.verifier.checkUnverified(token));
    } catch {
      return;
    }
    await this.keys.refetchFor(issuedAt);
  }
}

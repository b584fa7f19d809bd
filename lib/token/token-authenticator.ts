import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { hasTokenShape } from './token-shape.js';
import { TokenCache } from './token-cache.js';
import { TokenRefusal } from './token-refusal.js';
import { TokenVerifier } from './token-verifier.js';
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
    // Shape before look-up: a token has one text, and so one place in the cache.
    if (!hasTokenShape(token)) throw new TokenRefusal('token_malformed');
    return this.recall(token) ?? this.underWay.get(token) ?? this.startVerification(token);
  }

  private recall(token: string): UserClass | undefined {
    const known = this.cache.get(token, this.keys.current());
    if (known === undefined) return undefined;
    if (this.verifier.isExpired(known.expiresAt)) throw new TokenRefusal('token_expired');
    return known.user;
  }

  private startVerification(token: string): Promise<UserClass> {
    const verification = this.verify(token).finally(() => this.underWay.delete(token));
    this.underWay.set(token, verification);
    return verification;
  }

  private async verify(token: string): Promise<UserClass> {
    const key = this.keys.current();
    const verified = await this.verifier.verify(token, key);
    // A result belongs to the key it began under; under another one it says nothing.
    if (key !== this.keys.current()) return this.verify(token);
    this.cache.set(token, verified, key);
    return verified.user;
  }
}

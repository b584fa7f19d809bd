import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { cacheKeyOf, TokenCache } from './token-cache.js';
import { hasTokenShape } from './token-shape.js';
import { TokenVerifier, type VerifiedToken } from './token-verifier.js';
import { VerificationKeys } from './verification-keys.js';
import { LiveAccess } from '../../live-access/live-access.js';
import { isUnauthenticated, Rejection } from '../../rejections/rejection.js';

/** What came of the token of a request. */
interface Outcome {
  readonly token: string;
  readonly key: KeyObject | undefined;
  readonly verified: VerifiedToken | Rejection;
}

/** The verification of exactly this text. */
class Verification {
  /** What the token says, once that is verified. */
  verified!: Promise<VerifiedToken>;
  /** Under which key it was verified; there when it is. */
  key!: KeyObject;

  constructor(readonly token: string) {}
}

/**
 * Identifies the user of an access token. A token is verified once, then remembered while it is valid. Under `liveAccess`, the result
 * always has the user's present access, because every part of the package that needs the caller asks here.
 */
@Injectable()
export class TokenAuthenticator {
  // Private fields: printing this must not print a token.

  /**
   * Verifications under way, by the cache keys of their tokens, so that requests which bring the same new token at the same time
   * share one.
   */
  readonly #pending = new Map<string, Verification>();

  /** What came of the tokens of requests and connections, for as long as they last. */
  readonly #withinRequests = new WeakMap<object, Outcome>();

  /** The time until which each user is valid, from the expiry of their token. */
  readonly #validUntil = new WeakMap<UserClass, number>();

  constructor(
    private readonly keys: VerificationKeys,
    private readonly verifier: TokenVerifier,
    private readonly cache: TokenCache,
    private readonly liveAccess?: LiveAccess,
  ) {}

  /**
   * @param request the request or connection that it came with, if it came with one: the token is verified once for all who ask
   * within it, also without a cache, and also when it is rejected. Its expiry is looked at each time, and a key that was rotated
   * meanwhile is noticed
   * @returns the user itself when the token is known, so that a caller need not wait; else a promise
   * @throws {Rejection} when it is not a valid access token of this project, `keys_unavailable` without a key to verify it with, and what
   * {@link LiveAccess.userOf} throws
   */
  authenticate(token: string, request?: object): UserClass | Promise<UserClass> {
    const known = this.recall(token) ?? this.recallWithin(request, token);
    if (known !== undefined) return this.userOf(known);
    return this.verifyNew(token, request).then((verified) => this.userOf(verified));
  }

  /**
   * Until when a user may be believed that {@link authenticate} returned: that token's expiry, leeway included, in milliseconds since the
   * epoch.
   */
  validUntil(user: UserClass): number | undefined {
    return this.#validUntil.get(user);
  }

  private userOf(verified: VerifiedToken): UserClass | Promise<UserClass> {
    const user = this.liveAccess?.userOf(verified) ?? verified.user;
    if (user === verified.user) return user;
    return user instanceof Promise
      ? user.then((narrowed) => this.dated(narrowed, verified))
      : this.dated(user, verified);
  }

  private dated(user: UserClass, { validUntil }: VerifiedToken): UserClass {
    this.#validUntil.set(user, validUntil);
    return user;
  }

  private verifyNew(token: string, request: object | undefined): Promise<VerifiedToken> {
    const verification = this.startVerification(token);
    return request === undefined
      ? verification.verified
      : this.rememberWithin(request, verification);
  }

  /**
   * The user of a token that is known, as a promise that is made once; `undefined` as well when access may have changed.
   *
   * @throws {Rejection} when it has expired
   */
  recallPromise(token: string): Promise<UserClass> | undefined {
    const known = this.recall(token);
    if (known === undefined || this.liveAccess?.mayConcern(known)) return undefined;
    return (known.promise ??= Promise.resolve(known.user));
  }

  /**
   * The user of a token that is known, or that can be verified without asking PropelAuth for anything. So it is the user as the token has it,
   * who may have lost access since.
   *
   * @param request the request or connection that it came with, if it came with one
   * @returns `undefined` for every other token
   */
  async recognize(token: string, request?: object): Promise<UserClass | undefined> {
    try {
      const known = this.recall(token) ?? this.recallWithin(request, token);
      return known?.user ?? (await this.verifyHere(request, token));
    } catch (error) {
      if (isUnauthenticated(error)) return undefined;
      throw error;
    }
  }

  /** @throws {Rejection} when the token is rejected under the key there is */
  private async verifyHere(
    request: object | undefined,
    token: string,
  ): Promise<UserClass | undefined> {
    const key = this.keys.current;
    if (key === undefined || !hasTokenShape(token)) return undefined;
    const result = await this.verifier.verify(token, key);
    if (result instanceof Rejection) throw result;
    this.keep(token, result, key);
    if (request !== undefined) this.#withinRequests.set(request, { token, key, verified: result });
    return result.user;
  }

  /** @throws {Rejection} when the token was rejected within the request, or has expired */
  private recallWithin(request: object | undefined, token: string): VerifiedToken | undefined {
    const earlier = request && this.#withinRequests.get(request);
    if (earlier?.token !== token || earlier.key !== this.keys.current) return undefined;
    if (earlier.verified instanceof Rejection) throw earlier.verified;
    return this.unlessExpired(earlier.verified);
  }

  private async rememberWithin(
    request: object,
    verification: Verification,
  ): Promise<VerifiedToken> {
    const { token } = verification;
    const keyBefore = this.keys.current;
    try {
      const verified = await verification.verified;
      this.#withinRequests.set(request, { token, key: verification.key, verified });
      return verified;
    } catch (error) {
      // A rejection belongs to a key, too; and what is rejected for the time being may be good later.
      const key = this.keys.current;
      if (isLasting(error) && key === keyBefore) {
        this.#withinRequests.set(request, { token, key, verified: error });
      }
      throw error;
    }
  }

  private recall(token: string): VerifiedToken | undefined {
    if (typeof token !== 'string') throw new Rejection('token_malformed');
    const key = this.keys.current;
    const known = key && this.cache.get(token, key);
    return known && this.unlessExpired(known);
  }

  private unlessExpired<Known extends VerifiedToken>(known: Known): Known {
    if (Date.now() >= known.validUntil) throw new Rejection('token_expired');
    return known;
  }

  /** The verification of a token that is not known: the one under way, if there is one. */
  private startVerification(token: string): Verification {
    // What is known had the shape when it was verified, and is the same text to the letter: a token has one text.
    if (!hasTokenShape(token)) throw new Rejection('token_malformed');
    const cacheKey = cacheKeyOf(token);
    const pending = this.#pending.get(cacheKey);
    if (pending?.token === token) return pending;
    const verification = new Verification(token);
    this.#pending.set(cacheKey, verification);
    verification.verified = this.verify(verification, cacheKey);
    return verification;
  }

  /** Verifies under the key there is. A result belongs to the key it began under; when that has changed, it is done again. */
  private async verify(verification: Verification, cacheKey: string): Promise<VerifiedToken> {
    const { token } = verification;
    try {
      for (;;) {
        const key = this.keys.current ?? (await this.awaitKeyFor(token));
        const result = await this.verifier.verify(token, key);
        const isRejected = result instanceof Rejection;
        if (isRejected && result.reason === 'signature_invalid')
          await this.lookForNewKey(token, key);
        if (key !== this.keys.current) continue;
        if (isRejected) throw result;
        this.keep(token, result, key);
        verification.key = key;
        return result;
      }
    } finally {
      // Not that of another token with the same cache key.
      if (this.#pending.get(cacheKey) === verification) this.#pending.delete(cacheKey);
    }
  }

  private keep(token: string, verified: VerifiedToken, key: KeyObject): void {
    this.dated(verified.user, verified);
    this.cache.set(token, verified, key);
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

/** Whether a token that is rejected so will be rejected again. */
function isLasting(error: unknown): error is Rejection {
  return isUnauthenticated(error) && error.reason !== 'token_not_yet_valid';
}

import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { LRUCache } from 'lru-cache';
import type { Decision } from '../../decision/decision.js';
import { CurrentAccess } from '../../plugins/current-access.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { Memberships } from '../../organizations/org-membership.js';
import { isUnauthenticated, Rejection } from '../../rejections/rejection.js';
import type { CacheCounts, NamedCache } from '../../plugins/observer.js';
import type { Call } from '../../transports/call.js';
import type { CallerAccess } from '../../transports/open-streams.js';
import { asDeclared } from '../../types/as-declared.js';
import type { Caller } from '../../types/caller.js';
import type { CallerKind, CredentialPlace } from '../caller-kind.js';
import { TokenVerifications, type VerifiedUnderKey } from './token-verifications.js';
import { TokenVerifier, type VerifiedToken } from './token-verifier.js';
import { VerificationKeys } from './verification-keys.js';

/** An access token of a user in few organizations is 1 to 2 KB long. */
const CHARACTERS_PER_ENTRY = 2_048;

/** The end of a token, where its signature is: 12 of the 256 bytes or more. */
const CACHE_KEY_LENGTH = 16;

interface Entry {
  readonly token: string;
  readonly verified: VerifiedToken;
}

/**
 * Remembers verified tokens, the most recently used ones, up to a number and up to a length in all. Only tokens that were
 * verified get in, and only those that were verified with the current key are given out.
 *
 * It does not look at the time: whoever asks compares the expiry with the wall clock.
 */
@Injectable()
export class TokenCache {
  // A private field: printing this must not print a token.
  readonly #entries: LRUCache<string, Entry> | undefined;
  private key: KeyObject | undefined;
  private hits = 0;
  private misses = 0;

  constructor({ tokenCacheEntries }: ResolvedOptions) {
    if (tokenCacheEntries === 0) return;
    this.#entries = new LRUCache({
      max: tokenCacheEntries,
      // A user in many organizations has a large token: no cache of large tokens may outgrow one of usual tokens.
      maxSize: tokenCacheEntries * CHARACTERS_PER_ENTRY,
    });
  }

  /** What was verified of exactly this text. */
  get(token: string, key: KeyObject): VerifiedToken | undefined {
    this.useKey(key);
    const entry = this.#entries?.get(cacheKeyOf(token));
    if (entry?.token !== token) {
      this.misses++;
      return undefined;
    }
    this.hits++;
    return entry.verified;
  }

  /** What was looked up since the start; `undefined` when the cache is off. */
  get counts(): CacheCounts | undefined {
    if (this.#entries === undefined) return undefined;
    return { entries: this.#entries.size, hits: this.hits, misses: this.misses };
  }

  set(token: string, verified: VerifiedToken, key: KeyObject): void {
    this.useKey(key);
    this.#entries?.set(cacheKeyOf(token), { token, verified }, { size: token.length });
  }

  /** Forgets everything that was verified with another key. */
  private useKey(key: KeyObject): void {
    if (this.key === key) return;
    this.#entries?.clear();
    this.key = key;
  }
}

/**
 * The key under which a token is cached, next to its whole text. Every request brings its token as a new string. To hash all of it takes
 * longer than everything else about a known token; to compare it takes next to nothing.
 */
export function cacheKeyOf(token: string): string {
  return token.slice(-CACHE_KEY_LENGTH);
}

/** What came of the token of a request. */
interface Outcome {
  readonly token: string;
  readonly key: KeyObject | undefined;
  readonly verified: VerifiedToken | Rejection;
}

/**
 * Users, by their access tokens. A token is verified once, then remembered while it is valid. Under `liveAccess()`, the result always has the
 * user's present access, because every part of the package that needs the user asks here.
 */
@Injectable()
export class UserCallerKind implements CallerKind<UserClass> {
  readonly name = 'user';
  readonly credential: readonly CredentialPlace[] = [{ bearer: 'jwt' }];
  readonly missing = 'token_missing';

  // Private fields: printing this must not print a token.

  /** What came of the tokens of requests and connections, for as long as they last. */
  readonly #withinRequests = new WeakMap<object, Outcome>();

  /** The time until which each user is valid, from the expiry of their token. */
  readonly #validUntil = new WeakMap<UserClass, number>();

  private readonly verifications: TokenVerifications;

  constructor(
    private readonly keys: VerificationKeys,
    verifier: TokenVerifier,
    private readonly cache: TokenCache,
    private readonly currentAccess?: CurrentAccess,
  ) {
    this.verifications = new TokenVerifications(keys, verifier, (token, { verified, key }) => {
      this.dated(verified.user, verified);
      cache.set(token, verified, key);
    });
  }

  identify(token: string, call: Call): UserClass | Promise<UserClass> {
    return this.authenticate(token, call.tokenScope);
  }

  membershipsOf(user: UserClass): Memberships | undefined {
    return user.orgIdToUserOrgInfo;
  }

  accessOf(user: UserClass): CallerAccess {
    return { userId: user.userId, orgId: undefined, validUntil: this.validUntil(user) };
  }

  get caches(): readonly NamedCache[] {
    const { counts } = this.cache;
    return counts === undefined ? [] : [['access-token', counts]];
  }

  keep(user: UserClass, decision: Decision): void {
    decision.user = user;
  }

  describe(identity: UserClass): Caller {
    const user = asDeclared(identity);
    return { kind: 'user', userId: user.userId, orgId: user.getActiveOrgId(), user };
  }

  /**
   * @param request the request or connection that the token came with, if it came with one: the token is verified once for all who ask
   * within it, also without a cache, and also when it is rejected. Its expiry is looked at each time, and a key that was rotated
   * meanwhile is noticed
   * @returns the user itself when the token is known, so that a caller need not wait; else a promise
   * @throws {Rejection} when it is not a valid access token of this project, `keys_unavailable` without a key to verify it with, and what
   * {@link CurrentAccess.userOf} throws
   */
  authenticate(token: string, request?: object): UserClass | Promise<UserClass> {
    const known = this.known(token, request);
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

  /**
   * The user of a cached token, as a promise that is made once; `undefined` as well when access may have changed.
   *
   * @throws {Rejection} when it has expired
   */
  cachedUser(token: string): Promise<UserClass> | undefined {
    const known = this.cached(token);
    if (known === undefined || this.currentAccess?.mayConcern(known)) return undefined;
    return (known.promise ??= Promise.resolve(known.user));
  }

  /**
   * The user of a token that is known, or that can be verified without asking PropelAuth for anything. So it is the user as the token has it,
   * who may have lost access since.
   *
   * @returns `undefined` for every other token
   */
  async recall(
    token: string,
    { tokenScope }: Pick<Call, 'tokenScope'>,
  ): Promise<UserClass | undefined> {
    try {
      const known = this.known(token, tokenScope);
      if (known !== undefined) return known.user;
      const verified = await this.verifications.verifyHere(token);
      if (verified !== undefined && tokenScope !== undefined) {
        this.#withinRequests.set(tokenScope, { token, ...verified });
      }
      return verified?.verified.user;
    } catch (error) {
      if (isUnauthenticated(error)) return undefined;
      throw error;
    }
  }

  private userOf(verified: VerifiedToken): UserClass | Promise<UserClass> {
    const user = this.currentAccess?.userOf(verified) ?? verified.user;
    if (user === verified.user) return user;
    return user instanceof Promise
      ? user.then((narrowed) => this.dated(narrowed, verified))
      : this.dated(user, verified);
  }

  private dated(user: UserClass, { validUntil }: VerifiedToken): UserClass {
    this.#validUntil.set(user, validUntil);
    return user;
  }

  /** @throws {Rejection} when the token was rejected within the request, or has expired */
  private known(token: string, request: object | undefined): VerifiedToken | undefined {
    return this.cached(token) ?? this.knownWithin(request, token);
  }

  private cached(token: string): VerifiedToken | undefined {
    if (typeof token !== 'string') throw new Rejection('token_malformed');
    const key = this.keys.current;
    const known = key && this.cache.get(token, key);
    return known && unlessExpired(known);
  }

  private knownWithin(request: object | undefined, token: string): VerifiedToken | undefined {
    const earlier = request && this.#withinRequests.get(request);
    if (earlier?.token !== token || earlier.key !== this.keys.current) return undefined;
    if (earlier.verified instanceof Rejection) throw earlier.verified;
    return unlessExpired(earlier.verified);
  }

  private verifyNew(token: string, request: object | undefined): Promise<VerifiedToken> {
    const result = this.verifications.verify(token, cacheKeyOf(token));
    return request === undefined
      ? result.then(({ verified }) => verified)
      : this.rememberWithin(request, token, result);
  }

  private async rememberWithin(
    request: object,
    token: string,
    result: Promise<VerifiedUnderKey>,
  ): Promise<VerifiedToken> {
    const keyBefore = this.keys.current;
    try {
      const { verified, key } = await result;
      this.#withinRequests.set(request, { token, key, verified });
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
}

function unlessExpired(known: VerifiedToken): VerifiedToken {
  if (Date.now() >= known.validUntil) throw new Rejection('token_expired');
  return known;
}

/** Whether a token that is rejected so will be rejected again. */
function isLasting(error: unknown): error is Rejection {
  return isUnauthenticated(error) && error.reason !== 'token_not_yet_valid';
}

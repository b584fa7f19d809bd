import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { LRUCache } from 'lru-cache';
import type { AccessDecisionEvent } from '../../options/access-decision-event.interface.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { Memberships, NamedOrgs } from '../../rules/rule-call.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import type { PresentState } from '../../plugins/current-access.js';
import { Hooks, type CacheCounts, type NamedCache } from '../../plugins/hooks.js';
import { narrowUser } from '../../propelauth/users/narrowed-user.js';
import type { Call } from '../../transports/call.js';
import type { CallerAccess } from '../../transports/open-streams.js';
import type { DescribedCaller } from '../../types/caller.js';
import type { CoreKind, CoreCredentialPlace } from '../core-kind.js';
import { TOKENS_OF_USERS } from '../credential-places.js';
import { TokenVerifications } from './token-verifications.js';
import { TokenVerifier, type VerifiedToken, type VerifiedUser } from './token-verifier.js';
import { VerificationKeys } from './verification-keys.js';

/** An access token of a user in few organizations is 1 to 2 KB long. */
const CHARACTERS_PER_ENTRY = 2_048;

/** The length of the end of a token. It is part of the signature: 12 or more of its 256 bytes. */
const CACHE_KEY_LENGTH = 16;

interface CachedUser {
  readonly token: string;
  readonly verified: VerifiedToken;
}

/**
 * Remembers the most recently used verified tokens, up to a number of tokens and a total length. It returns only tokens that were verified
 * with the current key.
 *
 * It does not check the expiry: its callers compare that with the wall clock.
 */
@Injectable()
export class TokenCache {
  // A private field: logging this object must not print a token.
  readonly #entries: LRUCache<string, CachedUser> | undefined;
  private key: KeyObject | undefined;
  private hits = 0;
  private misses = 0;

  constructor({ tokenCacheEntries }: ResolvedOptions) {
    if (tokenCacheEntries === 0) return;
    this.#entries = new LRUCache({
      max: tokenCacheEntries,
      // Users in many organizations have large tokens. A cache of large tokens must not outgrow one of usual tokens.
      maxSize: tokenCacheEntries * CHARACTERS_PER_ENTRY,
    });
  }

  /** The verified token of exactly this text. */
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

  /** The counts of the cache since the start; `undefined` when it is off. */
  get counts(): CacheCounts | undefined {
    if (this.#entries === undefined) return undefined;
    return { entries: this.#entries.size, hits: this.hits, misses: this.misses };
  }

  set(token: string, verified: VerifiedToken): void {
    this.useKey(verified.key);
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
 * The key under which a token is cached together with its whole text. Every request brings its token as a new string. Hashing the whole
 * string takes longer than everything else about a known token; comparing it takes next to nothing.
 */
export function cacheKeyOf(token: string): string {
  return token.slice(-CACHE_KEY_LENGTH);
}

/** The result of verifying the token of a request. */
interface VerificationOutcome {
  readonly token: string;
  readonly key: KeyObject | undefined;
  readonly verified: VerifiedToken | Rejection;
  /** When the token has to be verified again, by the monotonic clock: it may be of a key that is not fetched yet. Default: never. */
  readonly until?: number;
}

/**
 * Identifies users by their access tokens. A token is verified once, then remembered while it is valid. Under `liveAccess()`, {@link
 * authenticate} always returns the user with present access, unless there are no hooks (for other projects). Every part of the package that needs a user calls this class.
 */
@Injectable()
export class UserCallerKind implements CoreKind<VerifiedUser> {
  readonly name = 'user';
  readonly credential: readonly CoreCredentialPlace[] = [TOKENS_OF_USERS];
  readonly isSelfContained = true;
  readonly hasUser = true;
  readonly canStepUp = true;
  readonly missing = 'token_missing';
  readonly reasons: readonly RejectionReason[] = ['token_expired'];

  /**
   * The results for the tokens of requests and connections, for as long as those last. A private field: logging this object must not print
   * a token.
   */
  readonly #withinRequests = new WeakMap<object, VerificationOutcome>();

  private readonly verifications: TokenVerifications;

  constructor(
    private readonly keys: VerificationKeys,
    verifier: TokenVerifier,
    private readonly cache: TokenCache,
    private readonly hooks?: Hooks,
  ) {
    this.verifications = new TokenVerifications(keys, verifier, (token, verified) =>
      cache.set(token, verified),
    );
  }

  identify(token: string, call: Call): VerifiedUser | Promise<VerifiedUser> {
    return this.authenticate(token, call.tokenLifetime);
  }

  userOf({ user }: VerifiedUser): UserClass {
    return user;
  }

  membershipsOf({ user }: VerifiedUser): Memberships | undefined {
    return user.orgIdToUserOrgInfo;
  }

  impersonatorOf({ user }: VerifiedUser): string | undefined {
    return user.impersonatorUserId;
  }

  withNewMemberships(
    verified: VerifiedUser,
    named: NamedOrgs,
    { address }: Pick<Call, 'address'>,
  ): Promise<VerifiedUser> | undefined {
    return this.hooks
      ?.newMemberships?.(verified.user, named, address)
      ?.then((user) => withUser(verified, user));
  }

  accessOf({ user, validUntil }: VerifiedUser): CallerAccess {
    return { userId: user.userId, orgId: undefined, validUntil };
  }

  report({ user: { impersonatorUserId } }: VerifiedUser): Partial<AccessDecisionEvent> {
    return { credential: 'access-token', ...(impersonatorUserId && { impersonatorUserId }) };
  }

  get caches(): readonly NamedCache[] {
    const { counts } = this.cache;
    return counts === undefined ? [] : [['access-token', counts]];
  }

  describe({ user }: VerifiedUser): DescribedCaller {
    return { userId: user.userId, orgId: user.getActiveOrgId(), user };
  }

  /**
   * @param request the request or connection that the token came with, if any. Within it, the token is verified only once, even without a
   * cache and even when it is rejected. The expiry is checked each time, and a key that was rotated meanwhile is noticed
   * @returns the user at once when the token is known, so that a caller need not wait; else a promise
   * @throws {Rejection} what {@link TokenVerifications.verify} and {@link CurrentAccess.present} throw
   */
  authenticate(token: string, request?: object): VerifiedUser | Promise<VerifiedUser> {
    const known = this.known(token, request);
    if (known !== undefined) return this.withPresentAccess(known);
    return this.verifyNew(token, request).then((verified) => this.withPresentAccess(verified));
  }

  /**
   * The user of a token that is known or can be verified without a request to PropelAuth. This is the user as described by the token, who
   * may have lost access since.
   *
   * @returns `undefined` for every other token
   */
  async recall(
    token: string,
    { tokenLifetime }: Pick<Call, 'tokenLifetime'>,
  ): Promise<VerifiedUser | undefined> {
    try {
      const known = this.known(token, tokenLifetime);
      if (known !== undefined) return known;
      const verified = await this.verifications.verifyHere(token);
      if (verified !== undefined && tokenLifetime !== undefined) {
        this.#withinRequests.set(tokenLifetime, { token, key: verified.key, verified });
      }
      return verified;
    } catch (error) {
      if (error instanceof Rejection) return undefined;
      throw error;
    }
  }

  private withPresentAccess(verified: VerifiedToken): VerifiedUser | Promise<VerifiedUser> {
    const access = this.hooks?.access;
    if (!access?.mayConcern(verified.subject)) return verified;
    const present = access.present(verified.subject);
    const narrow = (state: PresentState) => withUser(verified, narrowUser(verified.user, state));
    return present instanceof Promise ? present.then(narrow) : narrow(present);
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
    if (performance.now() >= (earlier.until ?? Infinity)) return undefined;
    if (earlier.verified instanceof Rejection) throw earlier.verified;
    return unlessExpired(earlier.verified);
  }

  private verifyNew(token: string, request: object | undefined): Promise<VerifiedToken> {
    const result = this.verifications.verify(token, cacheKeyOf(token));
    return request === undefined ? result : this.rememberWithin(request, token, result);
  }

  private async rememberWithin(
    request: object,
    token: string,
    result: Promise<VerifiedToken>,
  ): Promise<VerifiedToken> {
    const keyBefore = this.keys.current;
    try {
      const verified = await result;
      this.#withinRequests.set(request, { token, key: verified.key, verified });
      return verified;
    } catch (error) {
      // A rejection counts only for its key, and a token that is rejected for the time being may be valid later.
      const key = this.keys.current;
      if (isLasting(error) && key === keyBefore) {
        const { retryAfterSeconds = Infinity } = error;
        const until = performance.now() + retryAfterSeconds * 1000;
        this.#withinRequests.set(request, { token, key, verified: error, until });
      }
      throw error;
    }
  }
}

/** Returns `verified` itself if the user is unchanged. */
function withUser(verified: VerifiedUser, user: UserClass): VerifiedUser {
  return user === verified.user ? verified : { user, validUntil: verified.validUntil };
}

function unlessExpired(known: VerifiedToken): VerifiedToken {
  if (Date.now() >= known.validUntil) throw new Rejection('token_expired');
  return known;
}

/** Whether a token with this rejection will be rejected again, until the time of its `Retry-After`, if any. */
function isLasting(error: unknown): error is Rejection {
  return error instanceof Rejection && error.reason !== 'token_not_yet_valid';
}

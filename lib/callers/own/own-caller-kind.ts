import { hash } from 'node:crypto';
import { HttpException } from '@nestjs/common';
import type { Memberships } from '../../rules/rule-call.js';
import type { ScopeHierarchy } from '../../rules/scope/scope-hierarchy.js';
import { addressGroupOf } from '../../propelauth/backend/address-group.js';
import { DeadlineError, withinDeadline } from '../../propelauth/backend/deadline.js';
import { RequestQueue } from '../../propelauth/backend/request-queue.js';
import { RecentKeys } from '../../propelauth/credential-look-ups/recent-keys.js';
import { ApplicationFailures } from '../../rejections/application-failures.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import type { Call } from '../../transports/call.js';
import { incomingCallOf } from '../../transports/incoming-call.js';
import type { CallerAccess } from '../../transports/open-streams.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';
import type { DescribedCaller } from '../../types/caller.js';
import { MAXIMUM_TOKEN_LENGTH } from '../user/token-shape.js';
import type { CoreKind, CoreCredentialPlace } from '../core-kind.js';
import { challengeOfSchemes } from '../credential-places.js';
import type { CallerKind } from '../../options/caller-kind.interface.js';
import type {
  CurrentAccessOfOwnCallers,
  UserOfCredential,
} from './current-access-of-own-callers.js';
import { OncePerLifetime } from './once-per-lifetime.js';
import { readMemberships } from './own-memberships.js';

const DEADLINE_MILLISECONDS = 10_000;

/** Strangers choose the credentials that the application looks up, so the number of concurrent look-ups is limited. */
const MAXIMUM_CONCURRENT_LOOK_UPS = 50;

/** The requests that wait for `recall()` are not authenticated yet. */
const RECALL_MILLISECONDS = 1_000;

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** How long a valid credential gets its turn before unknown ones. */
const KNOWN_MILLISECONDS = 60 * 60 * 1000;

/** What the application said about the memberships of a caller, and when it was asked, in milliseconds since 1970. */
interface DatedMemberships {
  readonly memberships: Memberships;
  readonly askedAt: number;
}

/** A kind of callers of the application. What the application says about a caller is checked here, so that no mistake lets anybody in. */
export class OwnCallerKind implements CoreKind {
  readonly missing = 'credential_missing';
  readonly reasons: readonly RejectionReason[] = ['credential_invalid', 'credential_unavailable'];
  /** The functions that the application has left out are left out here as well: rules about them cannot be met. */
  readonly membershipsOf: ((caller: object, call: Call) => Promise<Memberships>) | undefined;
  readonly scopesOf: ((caller: object) => readonly string[]) | undefined;
  readonly metadataOf: ((caller: object) => JsonObject | undefined) | undefined;
  readonly impersonatorOf: ((caller: object) => string | undefined) | undefined;
  /** Left out where nothing reports changes of access. Each call is checked, because access can change while its operation lasts. */
  readonly refresh: ((caller: object) => Promise<object>) | undefined;
  private readonly queue = new RequestQueue(MAXIMUM_CONCURRENT_LOOK_UPS, () =>
    unavailable('Too many credentials are waiting to be checked'),
  );
  private readonly failures = new ApplicationFailures();
  /** The digests of credentials that were valid lately. */
  private readonly recentlyValid = new RecentKeys<true>(KNOWN_MILLISECONDS);
  // Private fields: logging this object must not print a credential.
  readonly #callers = new OncePerLifetime<string, object>();
  readonly #memberships = new OncePerLifetime<object, DatedMemberships>();

  /** @param currentAccess `undefined` without `liveAccess()` */
  constructor(
    private readonly kind: CallerKind,
    readonly credential: readonly CoreCredentialPlace[],
    private readonly currentAccess?: CurrentAccessOfOwnCallers,
    readonly scopeHierarchy?: ScopeHierarchy,
  ) {
    if (kind.memberships !== undefined) {
      this.membershipsOf = (caller, call) => this.presentMemberships(caller, call);
    }
    if (kind.userId !== undefined && currentAccess !== undefined) {
      this.refresh = async (caller) => {
        const user = this.userOfCredential(caller);
        if (user !== undefined) await currentAccess.assertEnabled(user);
        return caller;
      };
    }
    if (kind.scopes !== undefined) this.scopesOf = (caller) => this.readScopes(caller);
    if (kind.metadata !== undefined) this.metadataOf = (caller) => this.readMetadata(caller);
    if (kind.impersonator !== undefined) {
      this.impersonatorOf = (caller) =>
        this.read('impersonator()', () => kind.impersonator?.(caller));
    }
  }

  get name() {
    return this.kind.name;
  }

  get challenge(): string | undefined {
    return this.kind.challenge ?? challengeOfSchemes(this);
  }

  get hasNoActiveOrg(): boolean {
    return this.kind.activeOrgId === undefined;
  }

  /** The expiry is checked each time, because a credential can expire while its operation lasts. */
  async identify(text: string, call: Call): Promise<object> {
    const caller = await this.#callers.of(call.identificationLifetime, text, () =>
      this.identifyInTurn(text, call),
    );
    if (this.hasExpired(caller)) {
      throw new Rejection('credential_invalid', { detail: 'The credential has expired' });
    }
    return caller;
  }

  async recall(text: string): Promise<object | undefined> {
    if (text.length > MAXIMUM_TOKEN_LENGTH) return undefined;
    const caller: unknown = await withinDeadline(RECALL_MILLISECONDS, async () =>
      this.kind.recall?.(text),
    );
    return isCaller(caller) && !this.hasExpired(caller) ? caller : undefined;
  }

  keyOf(caller: object): string | undefined {
    const key: unknown = this.read('key()', () => this.kind.key(caller));
    return typeof key === 'string' && key !== '' ? key : undefined;
  }

  accessOf(caller: object): CallerAccess {
    return { userId: this.userIdOf(caller), orgId: undefined, validUntil: this.expiryOf(caller) };
  }

  describe(caller: object): DescribedCaller {
    const userId = this.userIdOf(caller);
    const orgId = this.activeOrgIdOf(caller);
    return {
      ...(userId !== undefined && { userId }),
      ...(orgId !== undefined && { orgId }),
      identity: caller,
    };
  }

  private async identifyInTurn(text: string, call: Call): Promise<object> {
    if (text.length > MAXIMUM_TOKEN_LENGTH) throw new Rejection('credential_invalid');
    const digest = hash('sha256', text);
    const isKnown = this.recentlyValid.get(digest) !== undefined;
    const requester = { isKnown, party: addressGroupOf(call.address) };
    const caller = await this.queue.run(requester, () =>
      this.withinDeadline('identify()', () => this.kind.identify(text, incomingCallOf(call))),
    );
    if (isCaller(caller)) {
      this.recentlyValid.set(digest, true, Date.now());
      return caller;
    }
    this.recentlyValid.delete(digest);
    if (caller === undefined || caller === null) throw new Rejection('credential_invalid');
    throw this.mistake(
      'identify()',
      'an object that describes the caller, or undefined for a credential that is not valid',
    );
  }

  private async presentMemberships(caller: object, call: Call): Promise<Memberships> {
    const found = await this.#memberships.of(call.identificationLifetime, caller, () =>
      this.findMemberships(caller, call),
    );
    const { memberships, askedAt } = found;
    const credential = this.userOfCredential(caller);
    if (this.currentAccess === undefined || credential === undefined) return memberships;
    return this.currentAccess.withoutLeftOrgs(credential, memberships, askedAt);
  }

  private async findMemberships(caller: object, call: Call): Promise<DatedMemberships> {
    const askedAt = Date.now();
    const listed = await this.withinDeadline('memberships()', () =>
      this.kind.memberships?.(caller, incomingCallOf(call)),
    );
    const memberships = readMemberships(listed);
    if (memberships !== undefined) return { memberships, askedAt };
    throw this.mistake(
      'memberships()',
      'a list with one { orgId, role } for each organization of the caller',
    );
  }

  private readScopes(caller: object): readonly string[] {
    const scopes: unknown = this.read('scopes()', () => this.kind.scopes?.(caller));
    if (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')) return scopes;
    throw this.mistake('scopes()', 'a list of strings');
  }

  private readMetadata(caller: object): JsonObject | undefined {
    const metadata: unknown = this.read('metadata()', () => this.kind.metadata?.(caller));
    if (metadata === undefined || isJsonObject(metadata)) return metadata;
    throw this.mistake('metadata()', 'an object, or undefined');
  }

  private hasExpired(caller: object): boolean {
    const expiresAt = this.expiryOf(caller);
    return expiresAt !== undefined && Date.now() >= expiresAt;
  }

  private expiryOf(caller: object): number | undefined {
    return this.timeOf('expiresAt()', () => this.kind.expiresAt?.(caller));
  }

  /** The user whose current access counts for a caller, if there is one. */
  private userOfCredential(caller: object): UserOfCredential | undefined {
    const userId = this.userIdOf(caller);
    if (userId === undefined) return undefined;
    const issuedAt = this.timeOf('issuedAt()', () => this.kind.issuedAt?.(caller));
    return { userId, issuedAt, validUntil: this.expiryOf(caller) };
  }

  /** Events and PropelAuth name users by their UUIDs. Under another id, a disabled user would keep access. */
  private userIdOf(caller: object): string | undefined {
    const userId: unknown = this.read('userId()', () => this.kind.userId?.(caller)) ?? undefined;
    if (userId === undefined) return undefined;
    if (typeof userId !== 'string' || userId === '') {
      throw this.mistake('userId()', 'the id of a PropelAuth user, or undefined');
    }
    if (this.currentAccess === undefined || UUID.test(userId)) return userId;
    throw this.mistake('userId()', 'the UUID of a PropelAuth user, which liveAccess() needs');
  }

  private activeOrgIdOf(caller: object): string | undefined {
    const orgId: unknown = this.read('activeOrgId()', () => this.kind.activeOrgId?.(caller));
    if (orgId === undefined || orgId === null) return undefined;
    if (typeof orgId === 'string' && orgId !== '') return orgId;
    throw this.mistake('activeOrgId()', 'the id of an organization, or undefined');
  }

  private timeOf(what: string, ask: () => unknown): number | undefined {
    const value = this.read(what, ask);
    if (value === undefined) return undefined;
    const time = value instanceof Date ? value.getTime() : Number.NaN;
    if (Number.isFinite(time)) return time;
    throw this.mistake(what, 'a Date, or undefined');
  }

  /** Asks the application about a caller. */
  private read<Value>(what: string, ask: () => Value): Value {
    try {
      return ask();
    } catch (error) {
      throw error instanceof HttpException ? error : this.failure(what, error);
    }
  }

  /** A kind that does not answer must not keep its callers, and the connections to them, for ever. */
  private async withinDeadline<Result>(
    what: string,
    ask: () => Result | Promise<Result>,
  ): Promise<Result> {
    try {
      return await withinDeadline(DEADLINE_MILLISECONDS, async () => ask());
    } catch (error) {
      if (error instanceof DeadlineError) {
        throw unavailable(`${what} of the kind '${this.name}' took more than 10 s`);
      }
      if (error instanceof Rejection || error instanceof HttpException) throw error;
      throw this.failure(what, error);
    }
  }

  private failure(what: string, thrown: unknown): Error {
    return this.failures.report(`${what} of the kind of callers '${this.name}' failed`, thrown);
  }

  private mistake(what: string, expected: string): Error {
    return this.failures.report(
      `${what} of the kind of callers '${this.name}' did not return ${expected}`,
    );
  }
}

function unavailable(detail: string): Rejection {
  return new Rejection('credential_unavailable', { detail });
}

function isCaller(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

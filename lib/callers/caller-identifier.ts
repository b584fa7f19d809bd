import type { UserClass } from '@propelauth/node-apis';
import type { AccessDecisionEvent } from '../options/access-decision-event.interface.js';
import type { Identified } from '../decision/decision.js';
import type { Memberships, NamedOrgs } from '../rules/rule-call.js';
import type { CallerAccess } from '../transports/open-streams.js';
import type { ApiKeyMetadata } from '../types/api-key.js';
import type { Caller, DescribedCaller } from '../types/caller.js';
import { HttpException, Injectable } from '@nestjs/common';
import { ResolvedOptions } from '../options/resolved-options.js';
import { Hooks } from '../plugins/hooks.js';
import type { TokenSource } from '../options/token-source.interface.js';
import { challengeOf, type RejectionReason } from '../rejections/rejection-table.js';
import { ApplicationFailures } from '../rejections/application-failures.js';
import { isUnauthenticated, Rejection } from '../rejections/rejection.js';
import { exceptionForUnguarded } from '../rejections/unguarded-calls.js';
import { isEveryone, kindsOf, type Callers } from '../rules/callers.js';
import type { Policy } from '../rules/policy.js';
import type { Call } from '../transports/call.js';
import { readTokenFrom } from '../transports/one-token.js';
import { describeTokenRejection } from '../transports/token-places.js';
import { CallerKinds } from './caller-kinds.js';
import type { CoreKind } from './core-kind.js';
import { hasTokens, TOKENS_OF_USERS } from './credential-places.js';
import { findCredential, type Credential } from './credentials.js';
import { explainRejection } from './unaccepted-credential.js';

/** Who was identified, by the callers that applications have got. */
const identified = new WeakMap<Caller, IdentifiedCaller>();

/** Who a caller was identified as; `undefined` for an object that this package has not made. */
export function identifiedAs(caller: Caller): IdentifiedCaller | undefined {
  return identified.get(caller);
}

/** A verified caller, and the kind that identified it. */
export class IdentifiedCaller<Identity extends object = object> implements Identified {
  #described: Caller | undefined;

  /**
   * @param identifiedSince when the identification began, by the clock of the open streams
   * @param verified what the credential was verified as. Default: `identity`
   */
  constructor(
    readonly kind: CoreKind<Identity>,
    readonly identity: Identity,
    readonly identifiedSince = 0,
    private readonly verified = identity,
  ) {}

  get user(): UserClass | null {
    return this.kind.userOf?.(this.identity) ?? null;
  }

  get scopes(): readonly string[] {
    return this.kind.scopesOf?.(this.identity) ?? [];
  }

  get metadata(): ApiKeyMetadata | undefined {
    return this.kind.metadataOf?.(this.identity);
  }

  get impersonatorId(): string | undefined {
    return this.kind.impersonatorOf?.(this.identity);
  }

  memberships(call: Call): Memberships | undefined | Promise<Memberships> {
    return this.kind.membershipsOf?.(this.identity, call);
  }

  withNewMemberships(
    named: NamedOrgs,
    call: Call,
  ): Promise<IdentifiedCaller<Identity>> | undefined {
    return this.kind
      .withNewMemberships?.(this.identity, named, call)
      ?.then((joined) => this.with(joined));
  }

  /** The same caller, as the kind knows them now. */
  with(identity: Identity): IdentifiedCaller<Identity> {
    return identity === this.identity
      ? this
      : new IdentifiedCaller(this.kind, identity, this.identifiedSince, this.verified);
  }

  /** Whether both were identified by one credential, whatever the kind knows of them since then. */
  isSame({ kind, verified }: IdentifiedCaller): boolean {
    return this.kind.name === kind.name && this.verified === verified;
  }

  describe(): Caller {
    return (this.#described ??= this.described());
  }

  /**
   * Identifies the caller, for counters and caches: the user, else the organization, else what the kind tells its callers apart by. The
   * application's own kinds always say it themselves.
   */
  get key(): string | undefined {
    return this.describe().key;
  }

  get reported(): Partial<AccessDecisionEvent> {
    const { kind, identity } = this;
    const { userId, identity: own } = this.describe();
    return {
      credential: kind.name,
      ...(own && { callerKey: this.key }),
      ...(userId !== undefined && { userId }),
      ...kind.report?.(identity),
    };
  }

  get access(): CallerAccess {
    const { kind, identity } = this;
    if (kind.accessOf !== undefined) return kind.accessOf(identity);
    const { userId, orgId } = this.describe();
    return { userId, orgId, validUntil: undefined };
  }

  private described(): Caller {
    const { kind, identity } = this;
    const description = kind.describe(identity);
    const key = this.keyFor(description);
    // The public type knows the kinds by their names.
    const caller = Object.freeze({ kind: kind.name, key, ...description }) as Caller;
    identified.set(caller, this);
    return caller;
  }

  private keyFor({ userId, orgId, identity: own }: DescribedCaller): string | undefined {
    const { kind, identity } = this;
    if (own === undefined && userId !== undefined) return `user:${userId}`;
    if (own === undefined && orgId !== undefined) return `org:${orgId}`;
    const key = kind.keyOf?.(identity);
    return key && `${kind.name}:${key}`;
  }
}

/** The reasons whose challenge has that of each accepted kind. */
const REASONS_OF_ALL_KINDS: readonly RejectionReason[] = [
  'credential_missing',
  'credential_invalid',
  'kind_not_accepted',
  'token_revoked',
];

/** Identifies the caller by the credentials of the kinds that the rules of the handler accept. */
@Injectable()
export class CallerIdentifier {
  private readonly failures = new ApplicationFailures();
  private readonly accepted = new WeakMap<Callers, readonly CoreKind[]>();
  /**
   * The latest caller, and the request, batch or message: calls that follow each other in it have one object for the same caller. It is not
   * kept with the request, because adding to an Express request takes longer than identifying a caller who is known.
   */
  #latest: { readonly lifetime: object; readonly caller: IdentifiedCaller } | undefined;

  constructor(
    private readonly kinds: CallerKinds,
    private readonly options: ResolvedOptions,
    private readonly hooks: Hooks,
  ) {}

  private get now(): number {
    return this.hooks.access?.now ?? 0;
  }

  /**
   * @param policy the policy of a handler that looks for its caller
   * @returns the caller itself when nothing has to be waited for, else a promise; `null` for an unauthenticated caller, if the rules accept
   * one
   * @throws {Rejection} when the call does not show who is calling
   */
  identify(call: Call, policy: Policy): IdentifiedCaller | null | Promise<IdentifiedCaller | null> {
    const { callers } = policy;
    const isOptional = 'optional' in callers && callers.optional;
    if (!isOptional) return this.identifyRequired(call, policy);
    if (kindsOf(callers).size === 0) return null;
    try {
      const caller = this.identifyRequired(call, policy);
      return caller instanceof IdentifiedCaller ? caller : caller.catch(anonymousIfRejected);
    } catch (error) {
      return anonymousIfRejected(error);
    }
  }

  private identifyRequired(
    call: Call,
    policy: Policy,
  ): IdentifiedCaller | Promise<IdentifiedCaller> {
    const [kind, ...others] = this.kindsOf(policy);
    if (kind === undefined) throw exceptionForUnguarded(call.context, describeUnknownKind);
    const isOnly = others.length === 0;
    // The usual case: the rules accept only access tokens, so no other credential is looked for.
    if (isOnly && kind.credential[0] === TOKENS_OF_USERS) {
      const token = this.readToken(call, policy);
      if (token === undefined) throw new Rejection('token_missing');
      return this.identifyBy({ kind, text: token }, call, policy);
    }
    const credential = this.findCredential(call, policy);
    if (credential === undefined) throw new Rejection(isOnly ? kind.missing : 'credential_missing');
    return this.identifyBy(credential, call, policy);
  }

  private identifyBy(
    { kind, text }: Credential,
    call: Call,
    policy: Policy,
  ): IdentifiedCaller | Promise<IdentifiedCaller> {
    const since = this.now;
    const identity = kind.identify(text, call);
    return 'then' in identity
      ? identity.then((found) =>
          this.acceptedCaller({ kind, identity: found, since }, call, policy),
        )
      : this.acceptedCaller({ kind, identity, since }, call, policy);
  }

  private acceptedCaller(
    { kind, identity, since }: { kind: CoreKind; identity: object; since: number },
    { identificationLifetime: lifetime }: Call,
    { callers }: Policy,
  ): IdentifiedCaller {
    kind.assertAccepted?.(identity, kindsOf(callers).get(kind.name));
    const known = this.#latest?.lifetime === lifetime ? this.#latest?.caller : undefined;
    if (known?.kind === kind && known.identity === identity) return known;
    const caller = new IdentifiedCaller(kind, identity, since);
    this.#latest = lifetime && { lifetime, caller };
    return caller;
  }

  /** The error that rejects a call, with what its credentials show of the mistake. */
  explain(error: unknown, call: Call, policy: Policy): unknown {
    if (call.request === undefined) return error;
    const { wellKnown } = this.kinds;
    const readsBearer = this.tokenSourcesOf(policy, call).length === 0;
    const kinds = { accepted: this.kindsOf(policy), wellKnown };
    return explainRejection(error, call.request, kinds, readsBearer);
  }

  /**
   * The description under `debugMode` of a missing or malformed credential; `undefined` if the general description of the reason applies.
   */
  describeRejection(reason: RejectionReason, call: Call, policy: Policy): string | undefined {
    const hasOwnPlace = this.kindsOf(policy).some((kind) => kind.find !== undefined);
    const [source] = this.tokenSourcesOf(policy, call);
    return describeTokenRejection(reason, hasOwnPlace ? undefined : source, call);
  }

  /**
   * The `WWW-Authenticate` header of a 401 (RFC 9110, section 11.6.1): for a call without a valid credential, the challenges of all kinds
   * that the rules accept.
   */
  challengeFor(reason: RejectionReason, policy: Policy): string {
    if (!REASONS_OF_ALL_KINDS.includes(reason)) return challengeOf(reason);
    const kinds = this.kindsOf(policy);
    if (kinds.length === 0) return challengeOf(reason);
    const challenges = kinds.map(({ challenge = challengeOf(reason) }) => challenge);
    return [...new Set(challenges)].join(', ');
  }

  /**
   * Finds the caller by a credential that the rules accept. Other credentials cause no request to PropelAuth.
   *
   * @returns `null` without such a credential, for one that is rejected, and for more than one
   * @throws when the caller cannot be identified at the moment
   */
  async find(call: Call, policy: Policy): Promise<IdentifiedCaller | null> {
    try {
      const credential = this.findCredential(call, policy);
      if (credential === undefined) return null;
      const { kind, text } = credential;
      const since = this.now;
      const identity = await kind.identify(text, call);
      const present = (await kind.refresh?.(identity, policy)) ?? identity;
      return new IdentifiedCaller(kind, present, since);
    } catch (error) {
      // A cookie in a request of another site says nothing about who wants this call.
      if (error instanceof Rejection && error.reason === 'origin_not_allowed') return null;
      return anonymousIfRejected(error);
    }
  }

  /**
   * Like {@link find}, but says what is wrong with the credential.
   *
   * @throws {Rejection} without such a credential, for one that is rejected, and for more than one
   */
  async require(call: Call, policy: Policy): Promise<IdentifiedCaller> {
    const caller = await this.identifyRequired(call, policy);
    const { kind, identity } = caller;
    return caller.with((await kind.refresh?.(identity, policy)) ?? identity);
  }

  /**
   * Finds the caller by a credential that the rules accept, if it is known or can be verified without asking PropelAuth.
   *
   * @returns `null` without such a credential
   * @throws {Rejection} for a malformed credential, and for more than one
   */
  async recall(call: Call, policy: Policy): Promise<IdentifiedCaller | null> {
    const credential = this.findCredential(call, policy);
    if (credential === undefined) return null;
    const identity = await credential.kind.recall?.(credential.text, call);
    return identity === undefined ? null : new IdentifiedCaller(credential.kind, identity);
  }

  private findCredential(call: Call, policy: Policy): Credential | undefined {
    return findCredential(call, this.kindsOf(policy), () => this.readToken(call, policy));
  }

  private readToken(call: Call, policy: Policy): string | undefined {
    const sources = this.tokenSourcesOf(policy, call);
    if (sources.length === 0) return call.readToken();
    // A browser sends the cookie by itself, also to handlers for other credentials.
    if (!this.kindsOf(policy).some(hasTokens)) return undefined;
    return readTokenFrom(sources, (source) => this.ask(source, call));
  }

  /** The reporter logs what rejects an event, because its sender gets no response. */
  private ask(source: TokenSource, { context, eventNames }: Call): unknown {
    try {
      return source(context);
    } catch (error) {
      const isResponse = error instanceof Rejection || error instanceof HttpException;
      if (isResponse || eventNames !== undefined) throw error;
      throw this.failures.report('A tokenSource failed', error);
    }
  }

  /** The functions that find the token; none if the transport finds it. */
  private tokenSourcesOf(
    { tokenSources }: Policy,
    { takesTokenSource }: Call,
  ): readonly TokenSource[] {
    if (tokenSources.length > 0 || !takesTokenSource) return tokenSources;
    const { tokenSource } = this.options;
    return tokenSource === undefined ? [] : [tokenSource];
  }

  /** The accepted kinds, of those that the application knows. */
  private kindsOf({ callers }: Policy): readonly CoreKind[] {
    const known = this.accepted.get(callers);
    if (known !== undefined) return known;
    const names = kindsOf(callers);
    const kinds = isEveryone(callers)
      ? this.kinds.ofEveryone
      : this.kinds.list.filter(({ name }) => names.has(name));
    this.accepted.set(callers, kinds);
    return kinds;
  }
}

function describeUnknownKind(className: string): string {
  return (
    `${className} has a rule about callers whom nothing in the application identifies, so its calls return 500. Add ` +
    'the plugin that identifies them to plugins in PropelAuthModule.forRoot(), or your own kind to callerKinds.'
  );
}

/** A caller with an invalid credential counts as unauthenticated. If a credential could not be checked, the error is thrown. */
function anonymousIfRejected(error: unknown): null {
  if (isUnauthenticated(error)) return null;
  throw error;
}

import type { Memberships, NamedOrgs } from '../rules/rule-call.js';
import type { NamedCache } from '../plugins/hooks.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { UserClass } from '@propelauth/node-apis';
import type { AccessDecisionEvent } from '../options/access-decision-event.interface.js';
import type { CredentialPlace, TokenClaims, TokenPlace } from '../options/caller-kind.interface.js';
import type { Policy } from '../rules/policy.js';
import type { KindFacts } from '../rules/rule.js';
import type { Call } from '../transports/call.js';
import type { CallerAccess } from '../transports/open-streams.js';
import type { ApiKeyMetadata } from '../types/api-key.js';
import type { DescribedCaller } from '../types/caller.js';

/** Text after a scheme in the Authorization header that is no JSON Web Token. */
export interface OpaquePlace {
  readonly scheme: string;
  /** Empty for any text. */
  readonly prefix: string;
  /** Whether the text never has three parts, as tokens have. */
  readonly isUndotted?: true;
}

/** A JSON Web Token after a scheme. After Bearer, it is in the place for access tokens, which need not be the Authorization header. */
export interface JwtPlace {
  readonly scheme: string;
  /** `undefined` for users, who have all tokens after Bearer that no other kind claims. */
  readonly claims: TokenClaims | undefined;
}

/** A place where a call has a credential. */
export type CoreCredentialPlace =
  | Exclude<CredentialPlace, TokenPlace | { readonly cookie: string }>
  | { readonly cookie: string; readonly allowedOrigins: ReadonlySet<string> }
  | OpaquePlace
  | JwtPlace;

/**
 * A kind of caller: users, scripts with an API key, MCP clients. Each kind says what its credential is. {@link CallerIdentifier} finds the
 * credential, and the guard decides.
 */
export interface CoreKind<Identity extends object = object, Options = unknown> extends KindFacts {
  readonly credential: readonly CoreCredentialPlace[];
  /** Whether credentials are verified without asking anyone about them, so that they can be looked for on handlers that accept everyone. */
  readonly isSelfContained?: boolean;
  /** The reason for a call without a credential, where no other kind is accepted. */
  readonly missing: RejectionReason;
  /** The `WWW-Authenticate` header of a 401. Default: that of the reason. */
  readonly challenge?: string | undefined;

  /**
   * What the OpenAPI security scheme says of the credential. Default: the name of the kind.
   *
   * @param authUrl the origin of the PropelAuth project
   */
  describeScheme?(authUrl: string): string;

  /** Finds the credential, where {@link credential} alone does not say where it is. */
  find?(call: Call): string | undefined;

  /**
   * @param text the credential as the caller sent it; it can be any text
   * @throws {Rejection} when the text is no credential of this kind, or cannot be checked at the moment
   */
  identify(text: string, call: Call): Identity | Promise<Identity>;

  /**
   * @param options what the rule says about this kind, if it says anything
   * @throws {Rejection} when the rule does not accept this caller
   */
  assertAccepted?(identity: Identity, options: Options | undefined): void;

  /** Like {@link identify}, but without a request; `undefined` for a credential that is not known. */
  recall?(text: string, call: Call): Identity | undefined | Promise<Identity | undefined>;

  /**
   * The present state of the caller, where the credential does not contain it. It is fetched after the rules about the credential have
   * passed.
   *
   * @throws {Rejection} when the credential is not valid any more, or this cannot be checked at the moment
   */
  refresh?(identity: Identity, policy: Pick<Policy, 'needsPresentUser'>): Promise<Identity>;

  /** The user whom handlers know, of a kind that {@link hasUser}. */
  userOf?(identity: Identity): UserClass | undefined;

  /** The scopes of the credential. Without scopes, no rule about scopes passes. */
  scopesOf?(identity: Identity): readonly string[];

  /** What the application stores with the credential. Rules about metadata apply to kinds with this function. */
  metadataOf?(identity: Identity): ApiKeyMetadata | undefined;

  /** The organizations that the caller is in. Without any, no organization rule passes. */
  membershipsOf?(identity: Identity, call: Call): Memberships | undefined | Promise<Memberships>;

  /** The id of the employee who acts as the caller, if there is one. */
  impersonatorOf?(identity: Identity): string | undefined;

  /**
   * The caller, with those of the organizations of a call that they have joined since the credential was issued. Called if the credential
   * lacks one.
   *
   * @returns a promise that never rejects, of the caller itself if there are none; `undefined` if nobody is asked
   */
  withNewMemberships?(
    identity: Identity,
    named: NamedOrgs,
    call: Call,
  ): Promise<Identity> | undefined;

  /**
   * Whose access the caller has. The caller's streams end with that access. Without this function, it is the access of the user and the
   * organization that {@link describe} names.
   */
  accessOf?(identity: Identity): CallerAccess;

  /**
   * Tells a caller apart from others of its kind. Called if {@link describe} names neither a user nor an organization, and always for the
   * application's own kinds.
   */
  keyOf?(identity: Identity): string | undefined;

  /** What reports of decisions say of a caller beside the user. Default: the name of the kind, and the key of an own caller. */
  report?(identity: Identity): Partial<AccessDecisionEvent>;

  /** The caches of credentials and callers, with their counts. */
  readonly caches?: readonly NamedCache[];

  /** The caller as applications see it, beside the name of the kind. */
  describe(identity: Identity): DescribedCaller;
}

import type { IncomingHttpHeaders } from 'node:http';
import type { ExecutionContext, Type } from '@nestjs/common';
import type { OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type { ApiKeyMetadata } from '../types/api-key.js';
import type { Caller } from '../types/caller.js';
import type { AccessCall } from '../options/access-rule.interface.js';
import type { Resources } from './application/resources.js';
import type { ScopeHierarchy } from './scope/scope-hierarchy.js';
import type { OrgReference } from '../options/org-source.interface.js';

/** The organizations of a caller, by id. */
export type Memberships = Readonly<Record<string, OrgMemberInfo>>;

/** The organization that each source of a handler names, in their order. */
export type NamedOrgs = readonly (OrgReference | undefined)[];

/**
 * A verified caller, as the checks of rules see it: `IdentifiedCaller`, which asks the `CoreKind` of the caller. What the kind does not
 * say is empty or `undefined`, and meets no rule.
 */
export interface RuleCaller {
  readonly kind: { readonly name: string; readonly scopeHierarchy?: ScopeHierarchy | undefined };
  /** The scopes of the credential. */
  readonly scopes: readonly string[];
  /** What the application stores with the credential. */
  readonly metadata: ApiKeyMetadata | undefined;
  /** The id of the employee who acts as the caller, if there is one. */
  readonly impersonatorId: string | undefined;

  /** The caller as applications see it. */
  describe(): Caller;
}

/** The application's own records of callers. */
export interface Accounts {
  /** The account of the caller of a call, in its organization; `null` for a caller without one. */
  of(call: Pick<RuleCall, 'identified' | 'org'>): Promise<object | null>;
}

/** A call, as the checks of rules see it. */
export interface RuleCall {
  readonly context: ExecutionContext;
  /** @throws {Rejection} `credential_missing` for an unauthenticated one, who meets no rule */
  readonly caller: RuleCaller;
  /** The caller; `null` for an unauthenticated one. */
  readonly identified: Pick<RuleCaller, 'describe'> | null;
  readonly user: UserClass | null;
  /** The organization that the rules have checked so far. */
  readonly org: OrgMemberInfo | null;
  /** What loads the account of the caller; `undefined` until that may be loaded. */
  accounts: Accounts | undefined;

  /** The account of the caller in the organization, loaded when it is first asked for; `null` without one. */
  account(): Promise<object | null> | null;
  /** What the call shares rows and verdicts within: its request, its root field or itself. */
  readonly sharingLifetime: object;
  /** What came with the call: headers, and objects that last as long as its operation and its request. */
  readonly call: {
    readonly request: { readonly headers: IncomingHttpHeaders } | undefined;
    readonly operationLifetime: object | undefined;
    readonly batch: object | undefined;
  };

  /** The organizations that the caller is in. */
  memberships(): Memberships | undefined | Promise<Memberships>;

  /**
   * The organizations that the caller is in, with those of the call that they have joined since the credential was issued.
   *
   * @returns `undefined` if there can be none
   */
  withNewMemberships(named: NamedOrgs): Promise<Memberships | undefined> | undefined;

  /** Notes the organization that the rules have checked. */
  keepOrg(org: OrgMemberInfo): void;

  /** The call as the application sees it that takes part in the decision, with what is known so far. */
  accessCallWith(resources: Resources): AccessCall;

  /** Notes a row for the handler; `null` if there is none. */
  keepRow(loader: Type, row: object | null): void;
}

import type { DescribedHandler } from '../../../audit/access-descriptions.js';
import type { CoreCallerKind } from '../../../callers/core-caller-kind.js';
import type { JsonObject } from '../../../values/json-object.js';
import type { HoldOptions } from '../hold-options.interface.js';
import type { NamedOrg } from '../test-caller.js';
import type { TestAccounts } from './test-accounts.js';

/** What callers are made from. */
export interface CallerSetup {
  readonly handler: DescribedHandler;
  /** The organization that calls name. */
  readonly org: NamedOrg;
  readonly accounts: TestAccounts;
  /** The kinds of callers that the application knows. */
  readonly kinds: readonly CoreCallerKind[];
  readonly credentials: NonNullable<HoldOptions['credentials']>;
}

/** What the credentials of one caller are good for. */
export interface CallerProfile {
  /** The organization that the caller is in. */
  readonly org: NamedOrg;
  /** `undefined` if the handler has no organization rule. */
  readonly membership?: OrgMembership;
  /** Whether an access token has the organization as the active one. */
  readonly hasActiveOrg?: boolean;
  readonly scopes?: readonly string[];
  /** What is stored with an API key, or a credential of an own kind; `undefined` if what is required is not known. */
  readonly metadata?: JsonObject;
  readonly isImpersonated?: true;
  /** The actions of its step-up grants, by header. */
  readonly grants?: Readonly<Record<string, string>>;
}

/** A role and permissions in an organization. */
export interface OrgMembership {
  readonly role: string;
  readonly permissions: readonly string[];
}

/** A caller that a rule tells apart from others. */
export interface DistinguishedCaller {
  /** The caller in words after a noun, such as `with the role Admin`. */
  readonly which: string;
  /** Whether the rule allows such a caller. Default: `false`. */
  readonly isAllowed?: boolean;
  readonly profile: CallerProfile;
}

/** The callers that one type of rule tells apart. */
export interface RuleCallers {
  /** What callers of a kind need to be allowed. Default: nothing. */
  needs?(setup: CallerSetup, kind: string): Partial<CallerProfile>;
  /**
   * The callers of a kind that the rules of this type distinguish.
   *
   * @param allowed what an allowed caller is good for, by the rules of all types
   */
  distinguish(allowed: CallerProfile, setup: CallerSetup, kind: string): DistinguishedCaller[];
}

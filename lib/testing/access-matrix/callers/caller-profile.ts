import type { JsonObject } from '../../../values/json-object.js';
import type { TestOrgMembership } from '../../test-user.interface.js';
import type { NamedOrg } from '../test-caller.js';

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
  readonly isImpersonated?: boolean;
  /** The actions of its step-up grants, by header. */
  readonly grants?: Readonly<Record<string, string>>;
}

/** A role and permissions in an organization. */
export type OrgMembership = Required<Pick<TestOrgMembership, 'role' | 'permissions'>>;

/** A caller that a rule tells apart from others. */
export interface DistinguishedCaller {
  /** The caller in words after a noun, such as `with the role Admin`. */
  readonly which: string;
  /** Whether the rule allows such a caller. Default: `false`. */
  readonly isAllowed?: boolean;
  /** What distinguishes its credentials from those of an allowed caller. */
  readonly but: Partial<CallerProfile>;
}

/** The callers that the rules of one type tell apart. */
export interface DistinguishedCallers {
  /** What callers need to be allowed. Default: nothing. */
  readonly needs?: Partial<CallerProfile>;
  readonly callers: readonly DistinguishedCaller[];
}

import type { LoginMethod } from '@propelauth/node-apis';
import type { OrgPermission, OrgRole } from '../../types/declared-types.js';

/**
 * A user in a test. All properties are optional. Default ids are derived from the seed of the {@link TestIssuer} and from the
 * names, so they are the same in every run.
 *
 * @example
 * ```ts
 * const alice: TestUser = {
 *   email: 'alice@example.com',
 *   orgs: [{ orgName: 'Acme Inc', role: 'Owner', permissions: ['can_view_billing'] }],
 * };
 * ```
 *
 * @publicApi
 */
export interface TestUser {
  /** Default: derived from the seed and `email`. */
  readonly userId?: string;
  /** Default: `<username>@example.com`, or `user@example.com`. */
  readonly email?: string;
  /** Default: none. */
  readonly firstName?: string;
  /** Default: none. */
  readonly lastName?: string;
  /** Default: none. */
  readonly username?: string;
  /** The id before a migration to PropelAuth. */
  readonly legacyUserId?: string;
  /** Custom user properties. Default: none. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** How the user signed in. Default: by password. */
  readonly loginMethod?: LoginMethod;
  /** The organizations that the user is in. Default: none. */
  readonly orgs?: readonly TestOrgMembership[];
  /** Scopes the access token to this organization, which has to be one of `orgs`. Default: a token for all of them. */
  readonly activeOrgId?: string;
  /** The id of the employee who impersonates the user. Default: none. */
  readonly impersonatorUserId?: string;
}

/**
 * A user's membership in an organization.
 *
 * @publicApi
 */
export interface TestOrgMembership {
  /** Default: derived from the seed and `orgName`. */
  readonly orgId?: string;
  /** Default: `Acme Inc`. */
  readonly orgName?: string;
  /** Default: `orgName` in lower case, with `-` instead of characters that a URL would escape. */
  readonly urlSafeOrgName?: string;
  /** Custom properties of the organization. Default: none. */
  readonly orgMetadata?: Readonly<Record<string, unknown>>;
  /** The id of the organization before a migration to PropelAuth. */
  readonly legacyOrgId?: string;
  /** One of the roles of the {@link TestIssuer}; the roles below it are inherited. */
  readonly role: OrgRole;
  /** Default: the permissions of `role` and `additionalRoles` in the {@link TestIssuer}. */
  readonly permissions?: readonly OrgPermission[];
  /**
   * Additional roles, for a project in which users can have several. There is no hierarchy then: "at least" a role means
   * having that role.
   */
  readonly additionalRoles?: readonly OrgRole[];
  /** Default: `multi_role` with `additionalRoles`, otherwise `single_role_in_hierarchy`. */
  readonly roleStructure?: 'single_role_in_hierarchy' | 'multi_role';
}

/**
 * A role of the project, with its permissions.
 *
 * @publicApi
 */
export interface TestRole {
  /** The name that memberships refer to. */
  readonly name: OrgRole;
  /** Default: none. */
  readonly permissions?: readonly OrgPermission[];
}

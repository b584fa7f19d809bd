import type { LoginMethod } from '@propelauth/node-apis';
import type { OrgPermission, OrgRole } from '../../types/declared-types.js';

/**
 * A person as one thinks of them in a test. Everything may be left out; ids that are left out follow from the seed of the
 * {@link TestIssuer} and from the names, so they are the same in every run.
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
  /** Default: made from the seed and from `email`. */
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
  /** The employee who impersonates the user. Default: nobody. */
  readonly impersonatorUserId?: string;
}

/**
 * Someone's membership in an organization.
 *
 * @publicApi
 */
export interface TestOrgMembership {
  /** Default: made from the seed and from `orgName`. */
  readonly orgId?: string;
  /** Default: `Acme Inc`. */
  readonly orgName?: string;
  /** Default: `orgName` in small letters, with `-` for what a URL would have to escape. */
  readonly urlSafeOrgName?: string;
  /** Custom properties of the organization. Default: none. */
  readonly orgMetadata?: Readonly<Record<string, unknown>>;
  /** The id of the organization before a migration to PropelAuth. */
  readonly legacyOrgId?: string;
  /** One of the roles of the {@link TestIssuer}; the roles below it are inherited. */
  readonly role: OrgRole;
  /** Default: those that the {@link TestIssuer}'s roles give to `role` and `additionalRoles`. */
  readonly permissions?: readonly OrgPermission[];
  /**
   * Roles beside `role`, in a project where users may have several. Then there is no hierarchy: "at least" a role means
   * having it.
   */
  readonly additionalRoles?: readonly OrgRole[];
  /** Default: `multi_role` with `additionalRoles`, otherwise `single_role_in_hierarchy`. */
  readonly roleStructure?: 'single_role_in_hierarchy' | 'multi_role';
}

/**
 * A role of the project, with the permissions that it gives.
 *
 * @publicApi
 */
export interface TestRole {
  /** As memberships name it. */
  readonly name: OrgRole;
  /** Default: none. */
  readonly permissions?: readonly OrgPermission[];
}

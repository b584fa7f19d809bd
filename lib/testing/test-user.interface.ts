import type { LoginMethod } from '@propelauth/node-apis';
import type { MembershipDescription, RoleDescription, UserDescription } from 'propelauth-emulator';
import type { OrgPermission, OrgRole } from '../types/declared-types.js';

/**
 * A user in a test. All properties are optional. Default ids are derived from the names, so they are the same in every run.
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
export interface TestUser extends UserDescription {
  /** How the user signed in. Default: by password. */
  readonly loginMethod?: LoginMethod;
  /** The organizations that the user is in. Default: none. */
  readonly orgs?: readonly TestOrgMembership[];
}

/**
 * A user's membership in an organization, with the roles and permissions that `PropelAuthTypes` declares.
 *
 * @publicApi
 */
export interface TestOrgMembership extends MembershipDescription {
  /** One of the roles of the {@link TestIssuer}; the roles below it are inherited. */
  readonly role: OrgRole;
  /** Default: the permissions of `role` and `additionalRoles` in the {@link TestIssuer}. */
  readonly permissions?: readonly OrgPermission[];
  /**
   * Additional roles, for a project in which users can have several. There is no hierarchy then: "at least" a role means
   * having that role.
   */
  readonly additionalRoles?: readonly OrgRole[];
}

/**
 * A role of the project, with its permissions.
 *
 * @publicApi
 */
export interface TestRole extends RoleDescription {
  /** The name that memberships refer to. */
  readonly name: OrgRole;
  /** Default: none. */
  readonly permissions?: readonly OrgPermission[];
}

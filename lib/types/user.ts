import { UserClass as VendorUser } from '@propelauth/node-apis';
import type { OrgPermission, OrgRole, UserProperties } from './declared-types.js';
import type { OrgMemberInfo } from './org-member-info.js';

/**
 * A verified user. At run time it is `UserClass` of `@propelauth/node-apis`, so PropelAuth's own Node.js documentation applies. Its roles,
 * permissions and properties are those that {@link PropelAuthTypes} declares.
 *
 * @example
 * ```ts
 * @Get('/whoami')
 * @RequireUser()
 * whoAmI(@CurrentUser() user: User) {
 *   return { userId: user.userId, organizations: user.getOrgs().map((org) => org.orgName) };
 * }
 * ```
 *
 * @publicApi
 */
// A value and a type of the same name act as a class. With `import type`, a decorated parameter would lose its class.
export interface User extends VendorUser {
  /** The user's organizations, by id. */
  orgIdToUserOrgInfo?: { [orgId: string]: OrgMemberInfo };
  /** The custom properties of the user that the project puts into access tokens. */
  properties?: UserProperties;

  /**
   * Finds the organization that the access token is scoped to.
   *
   * @returns the user's membership in it; `undefined` if the token is not scoped to an organization
   * @example
   * ```ts
   * const orgName = user.getActiveOrg()?.orgName;
   * ```
   */
  getActiveOrg(): OrgMemberInfo | undefined;

  /**
   * Finds an organization of the user by its id.
   *
   * @param orgId the id of the organization
   * @returns the user's membership in it; `undefined` when there is none
   * @example
   * ```ts
   * const role = user.getOrg(orgId)?.assignedRole;
   * ```
   */
  getOrg(orgId: string): OrgMemberInfo | undefined;

  /**
   * Finds an organization of the user by its name.
   *
   * @param orgName the name of the organization, or its URL-safe name
   * @returns the user's membership in it; `undefined` when there is none
   * @example
   * ```ts
   * const acme = user.getOrgByName('acme-inc');
   * ```
   */
  getOrgByName(orgName: string): OrgMemberInfo | undefined;

  /**
   * Lists the organizations of the user.
   *
   * @returns the user's memberships; empty when there are none
   * @example
   * ```ts
   * const names = user.getOrgs().map((org) => org.orgName);
   * ```
   */
  getOrgs(): OrgMemberInfo[];

  /**
   * Reads a custom property of the user.
   *
   * @param key the name of the property
   * @returns its value; `undefined` when the user has none
   * @example
   * ```ts
   * const plan = user.getUserProperty('plan');
   * ```
   */
  getUserProperty<Key extends keyof UserProperties & string>(
    key: Key,
    // oxlint-disable-next-line typescript/no-redundant-type-constituents -- unknown only without a declaration
  ): UserProperties[Key] | undefined;

  /**
   * Checks whether the user has exactly this role in an organization. A higher role is not enough.
   *
   * @param orgId the id of the organization
   * @param role the role
   * @returns whether the user has it; `false` when the user is not a member
   * @example
   * ```ts
   * const owns = user.isRole(orgId, 'Owner');
   * ```
   */
  isRole(orgId: string, role: OrgRole): boolean;

  /**
   * Checks whether the user has a role or a higher one in an organization. Under `multi_role`, the user needs the role itself.
   *
   * @param orgId the id of the organization
   * @param role the lowest role that is enough
   * @returns whether the user has it or a higher one; `false` when the user is not a member
   * @example
   * ```ts
   * const canInvite = user.isAtLeastRole(orgId, 'Admin');
   * ```
   */
  isAtLeastRole(orgId: string, role: OrgRole): boolean;

  /**
   * Checks whether the user has a permission in an organization.
   *
   * @param orgId the id of the organization
   * @param permission the permission
   * @returns whether the user has it; `false` when the user is not a member
   * @example
   * ```ts
   * const canPay = user.hasPermission(orgId, 'can_edit_billing');
   * ```
   */
  hasPermission(orgId: string, permission: OrgPermission): boolean;

  /**
   * Checks whether the user has all of several permissions in an organization.
   *
   * @param orgId the id of the organization
   * @param permissions the permissions
   * @returns whether the user has every one; `false` when the user is not a member
   * @example
   * ```ts
   * const canApprove = user.hasAllPermissions(orgId, ['can_view_billing', 'can_edit_billing']);
   * ```
   */
  hasAllPermissions(orgId: string, permissions: OrgPermission[]): boolean;
}

/**
 * The class of {@link User} as a value: for `instanceof`, `extends` and `new`.
 */
export interface UserConstructor {
  /**
   * Creates a user from the plain object that PropelAuth's client reads from a token.
   *
   * @param user the plain object
   * @returns the user
   */
  new (...user: ConstructorParameters<typeof VendorUser>): User;
  /** What all users inherit. */
  readonly prototype: User;
  /**
   * Creates a user from the plain object that PropelAuth's client reads from a token.
   *
   * @param user the plain object
   * @returns the user
   */
  fromUser(...user: Parameters<typeof VendorUser.fromUser>): User;
}

export const User = VendorUser as UserConstructor;

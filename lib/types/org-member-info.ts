import { OrgMemberInfo as VendorOrgMemberInfo } from '@propelauth/node-apis';
import type { OrgMetadata, OrgPermission, OrgRole } from './declared-types.js';

/**
 * The membership of a user in an organization, with the user's roles and permissions in it. At run time it is the class of
 * `@propelauth/node-apis`, so PropelAuth's own Node.js documentation applies. Its roles, permissions and metadata are those that {@link
 * PropelAuthTypes} declares.
 *
 * @example
 * ```ts
 * @Get('/orgs/:orgId')
 * @RequireOrgMember()
 * show(@CurrentOrg() org: OrgMemberInfo) {
 *   return { name: org.orgName, role: org.assignedRole, canPay: org.hasPermission('can_edit_billing') };
 * }
 * ```
 *
 * @publicApi
 */
// A value and a type of the same name act as a class. With `import type`, a decorated parameter would lose its class.
export interface OrgMemberInfo extends VendorOrgMemberInfo {
  /** The custom properties of the organization that the project puts into access tokens. */
  readonly orgMetadata: OrgMetadata;
  /** The user's role; under `multi_role` one of them. */
  readonly userAssignedRole: OrgRole;
  /** The role and those below it in the hierarchy. */
  readonly userInheritedRolesPlusCurrentRole: OrgRole[];
  /** The user's permissions. */
  readonly userPermissions: OrgPermission[];
  /** The user's other roles, under `multi_role`. */
  readonly userAssignedAdditionalRoles: OrgRole[];
  /** The user's role; under `multi_role` one of them. */
  readonly assignedRole: OrgRole;
  /** The user's permissions. */
  readonly permissions: OrgPermission[];
  /** The role and those below it in the hierarchy. */
  readonly inheritedRolesPlusCurrentRole: OrgRole[];

  /**
   * Checks whether the user has exactly this role. A higher role is not enough.
   *
   * @param role the role
   * @returns whether the user has it
   * @example
   * ```ts
   * const ownsIt = org.isRole('Owner');
   * ```
   */
  isRole(role: OrgRole): boolean;

  /**
   * Checks whether the user has a role or a higher one. Under `multi_role`, the user needs the role itself.
   *
   * @param role the lowest role that is enough
   * @returns whether the user has it or a higher one
   * @example
   * ```ts
   * const canInvite = org.isAtLeastRole('Admin');
   * ```
   */
  isAtLeastRole(role: OrgRole): boolean;

  /**
   * Checks whether the user has a permission.
   *
   * @param permission the permission
   * @returns whether the user has it
   * @example
   * ```ts
   * const canPay = org.hasPermission('can_edit_billing');
   * ```
   */
  hasPermission(permission: OrgPermission): boolean;

  /**
   * Checks whether the user has all of several permissions. Returns `true` for an empty list.
   *
   * @param permissions the permissions
   * @returns whether the user has every one
   * @example
   * ```ts
   * const canApprove = org.hasAllPermissions(['can_view_billing', 'can_edit_billing']);
   * ```
   */
  hasAllPermissions(permissions: OrgPermission[]): boolean;
}

/**
 * The class of {@link OrgMemberInfo} as a value: for `instanceof`, `extends` and `new`.
 */
export interface OrgMemberInfoConstructor {
  /**
   * Creates a membership from its parts.
   *
   * @param membership the parts, in the order of PropelAuth's client
   * @returns the membership
   */
  new (...membership: ConstructorParameters<typeof VendorOrgMemberInfo>): OrgMemberInfo;
  /** What all memberships inherit. */
  readonly prototype: OrgMemberInfo;
  /**
   * Reads what `JSON.stringify` made of a membership.
   *
   * @param json the text
   * @returns the membership
   * @throws {SyntaxError} when the text is not JSON
   */
  fromJSON(json: string): OrgMemberInfo;
}

export const OrgMemberInfo = VendorOrgMemberInfo as OrgMemberInfoConstructor;

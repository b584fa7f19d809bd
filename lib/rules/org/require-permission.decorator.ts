import type { OrgPermission } from '../../types/declared-types.js';
import { anyPermissionRequirement, permissionsRequirement } from './org-requirement.js';
import { isAnyOf, type AnyOf } from '../required-names.js';
import type { AccessDecorator } from '../access.decorator.js';
import { checkOrgOptions, requireOrg, type RequireOrgMemberOptions } from './org.decorator.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/**
 * Requires one permission, all of several, or one of several, in the organization that the request names. Returns 403 without them, and 401
 * without a user. Permissions belong to roles; you define them in the PropelAuth dashboard.
 *
 * The counterpart of `require_org_member_with_permission` and `require_org_member_with_all_permissions` in PropelAuth's
 * other SDKs.
 *
 * @param permission the permission. A list: all of its permissions are required. `{ anyOf }`: one of its permissions is enough. If {@link
 * PropelAuthTypes} declares permissions, others do not compile
 * @param options `org`: where the request names the organization. Default: the path parameter `orgId`. `tokenSource`: where the access
 * token is. Default: the standard place of the transport. `uncheckedOrg`: whether calls may also name
 * another organization. Default: `false`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for a permission that is empty or not a string, an empty list, and an unknown option
 * @see PropelAuth, "Roles and Permissions"
 * @example
 * ```ts
 * @Get('/orgs/:orgId/billing')
 * @RequirePermission('can_view_billing')
 * billing(@CurrentOrg() org: OrgMemberInfo) {
 *   return this.invoices.findByOrg(org.orgId);
 * }
 * ```
 *
 * @publicApi
 */
export function RequirePermission(
  permission: OrgPermission | readonly OrgPermission[] | AnyOf<OrgPermission>,
  options: RequireOrgMemberOptions = {},
): AccessDecorator {
  const decorator = '@RequirePermission()';
  assertDefinedArguments(decorator, arguments);
  checkOrgOptions(decorator, options);
  const requirement = isAnyOf(permission)
    ? anyPermissionRequirement(permission)
    : permissionsRequirement(permission);
  return requireOrg(decorator, requirement, options);
}

import type { OrgPermission } from '../types/declared-types.js';
import {
  isAnyOf,
  anyPermissionRequirement,
  permissionsRequirement,
  type AnyOf,
} from '../rules/org-requirement.js';
import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkOrgOptions, type RequireOrgMemberOptions } from './require-org-member-options.js';

/**
 * Requires the user to have a permission, all of several, or one of several, in the organization that the request names: else 403, and 401
 * without a user. Permissions are strings that belong to roles; the PropelAuth dashboard says which.
 *
 * The counterpart of `require_org_member_with_permission` and `require_org_member_with_all_permissions` in PropelAuth's
 * other SDKs.
 *
 * @param permission the permission; a list of permissions all of which are required; `{ anyOf }`: several of which one is enough. Those
 * that {@link PropelAuthTypes} declares, if it does
 * @param options `org`: where the organization is named (default: the path parameter `orgId`); `tokenSource`: where the access
 * token is (default: where the transport has it)
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for a permission that is not a string or empty, an empty list, and an unknown option
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
  checkOrgOptions(decorator, options);
  return createAccessDecorator({
    kind: 'org',
    requirement: isAnyOf(permission)
      ? anyPermissionRequirement(permission)
      : permissionsRequirement(permission),
    source: options.org,
    tokenSource: options.tokenSource,
    decorator,
  });
}

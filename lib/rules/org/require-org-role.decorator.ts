import type { OrgRole } from '../../types/declared-types.js';
import { anyRoleRequirement, roleRequirement } from './org-requirement.js';
import { isAnyOf, type AnyOf } from '../required-names.js';
import type { AccessDecorator } from '../access.decorator.js';
import {
  checkOrgOptions,
  ORG_OPTIONS,
  requireOrg,
  type RequireOrgMemberOptions,
} from './org.decorator.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';

/**
 * The options of {@link RequireOrgRole}.
 *
 * @publicApi
 */
export interface RequireOrgRoleOptions extends RequireOrgMemberOptions {
  /** Whether to reject higher roles. Default: `false`. */
  exact?: boolean;
}

/**
 * Requires this role or a higher one in the organization that the request names. Returns 403 without it, and 401 without a user. If users
 * have several roles per organization, there is no hierarchy: the user needs the role itself.
 *
 * The counterpart of `require_org_member_with_minimum_role` and, with `exact`, of `require_org_member_with_exact_role` in
 * PropelAuth's other SDKs.
 *
 * @param role the lowest role that is allowed; with `exact`, the only one. `{ anyOf }`: several roles, each compared exactly; one of them
 * is enough. If {@link PropelAuthTypes} declares roles, others do not compile
 * @param options `exact`: reject higher roles. Default: `false`. `org`: where the request names the organization. Default: the path
 * parameter `orgId`. `tokenSource`: where the access token is. Default: the standard place of the transport. `uncheckedOrg`: whether calls may also name
 * another organization. Default: `false`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for a role that is empty or not a string, an empty list, `exact` with `anyOf`, and an unknown option
 * @see PropelAuth, "Roles and Permissions"
 * @example
 * ```ts
 * @Delete('/orgs/:orgId/reports/:id')
 * @RequireOrgRole('Admin') // Owner > Admin > Member: owners may, too
 * deleteReport(@CurrentOrg() org: OrgMemberInfo, @Param('id') id: string) {
 *   return this.reports.delete({ orgId: org.orgId, id });
 * }
 * ```
 *
 * @publicApi
 */
export function RequireOrgRole(
  role: OrgRole | AnyOf<OrgRole>,
  options: RequireOrgRoleOptions = {},
): AccessDecorator {
  const decorator = '@RequireOrgRole()';
  assertDefinedArguments(decorator, arguments);
  checkOrgOptions(decorator, options, ['exact', ...ORG_OPTIONS]);
  const { exact = false } = options;
  if (typeof exact !== 'boolean')
    throw new TypeError(
      `The option exact of ${decorator} is not a boolean. Set it to true or false.`,
    );
  if (isAnyOf(role) && options.exact !== undefined) {
    throw new TypeError(
      `${decorator} already compares each role of anyOf exactly. Remove the option exact.`,
    );
  }
  const requirement = isAnyOf(role) ? anyRoleRequirement(role) : roleRequirement(role, exact);
  return requireOrg(decorator, requirement, options);
}

import type { AccessDecorator } from '../access.decorator.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';
import { checkOrgOptions, requireOrg, type RequireOrgMemberOptions } from './org.decorator.js';

/**
 * Requires a member of the organization that the request names. Returns 403 for other users, and 401 without a user. Rules on the handler,
 * the class and its parent classes add up.
 *
 * The counterpart of `require_org_member` and `requireOrgMember` in PropelAuth's other SDKs.
 *
 * @param options `org`: where the request names the organization. Default: the path parameter `orgId`. `tokenSource`: where the access
 * token is. Default: the standard place of the transport. `uncheckedOrg`: whether calls may also name
 * another organization. Default: `false`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an unknown option
 * @example
 * ```ts
 * @Get('/orgs/:orgId/reports')
 * @RequireOrgMember()
 * listReports(@CurrentOrg() org: OrgMemberInfo) {
 *   return this.reports.findByOrg(org.orgId);
 * }
 * ```
 *
 * @publicApi
 */
export function RequireOrgMember(options: RequireOrgMemberOptions = {}): AccessDecorator {
  const decorator = '@RequireOrgMember()';
  assertDefinedArguments(decorator, arguments);
  checkOrgOptions(decorator, options);
  return requireOrg(decorator, { type: 'member' }, options);
}

import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkOrgOptions, type RequireOrgMemberOptions } from './require-org-member-options.js';

/**
 * Requires the user to be a member of the organization that the request names: else 403, and 401 without a user. Rules of
 * the handler, the class and the classes above add up.
 *
 * The counterpart of `require_org_member` and `requireOrgMember` in PropelAuth's other SDKs.
 *
 * @param options `org`: where the organization is named (default: the path parameter `orgId`); `tokenSource`: where the access
 * token is (default: where the transport has it)
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
  checkOrgOptions(decorator, options);
  return createAccessDecorator({
    kind: 'org',
    requirement: { kind: 'member' },
    source: options.org,
    tokenSource: options.tokenSource,
    decorator,
  });
}

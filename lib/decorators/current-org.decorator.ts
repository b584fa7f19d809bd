import type { OrgMemberInfo } from '../types/org-member-info.js';
import { getCurrentOrg } from '../decision/current-caller.js';
import { createCallerParameter } from './caller-parameter.js';

/**
 * The organization that the rules of the route were checked against, or a property of it, as a parameter of a handler: the
 * caller's membership in it. Take the organization from here rather than from the request, and it is always the one that
 * was checked.
 *
 * @param property the name of a property, such as `'orgName'`; default: the whole {@link OrgMemberInfo}
 * @param pipes pipes for the value, as with Nest's own parameter decorators; the first may take the place of the name
 * @returns a parameter decorator
 * @example
 * ```ts
 * @Get('/orgs/:orgId')
 * @RequireOrgMember()
 * show(@CurrentOrg() org: OrgMemberInfo, @CurrentOrg('orgName') orgName: string) {
 *   return { orgId: org.orgId, orgName, role: org.assignedRole };
 * }
 * ```
 *
 * @publicApi
 */
export const CurrentOrg = createCallerParameter<OrgMemberInfo>('@CurrentOrg()', getCurrentOrg);

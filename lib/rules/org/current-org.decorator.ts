import type { OrgMemberInfo } from '../../types/org-member-info.js';
import { getCurrentOrg } from '../../decision/caller-of-context.js';
import { orgRule } from './org-rule.js';
import { allCombinedOf } from '../policy.js';
import { createCallerParameter } from '../../callers/caller-parameter.decorator.js';

/**
 * Injects the caller's membership in the organization that the rules of the route have checked, or one of its properties. Use it instead of
 * the id in the request, which may name another organization.
 *
 * @param property the name of a property, such as `'orgName'`. Default: the whole {@link OrgMemberInfo}
 * @param pipes pipes for the value, as with Nest's own parameter decorators. The first one may replace the property name
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
export const CurrentOrg = createCallerParameter<OrgMemberInfo>(
  {
    name: '@CurrentOrg()',
    emptyOn: (policy) =>
      allCombinedOf(policy, orgRule).length === 0
        ? 'never has a value without an organization rule. Add @RequireOrgMember() or remove the parameter.'
        : undefined,
  },
  getCurrentOrg,
);

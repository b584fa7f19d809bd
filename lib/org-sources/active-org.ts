import type { OrgSource } from '../options/org-source.interface.js';
import { getCurrentApiKey, getCurrentUser } from '../decision/current-caller.js';
import { createOrgSource } from './org-source.factory.js';

/**
 * Organization rules take the organization that the access token itself is scoped to. A token that is not scoped to one, as
 * front ends get unless they ask for an active organization, is refused (403). An API key is scoped to the organization it was made
 * in, if it was made in one.
 *
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @see PropelAuth, "Active Org"
 * @example
 * ```ts
 * @Get('/reports')
 * @RequirePermission('can_view_reports', { org: activeOrg() })
 * listReports(@CurrentOrg() org: OrgMemberInfo) {}
 * ```
 *
 * @publicApi
 */
export function activeOrg(): OrgSource {
  return createOrgSource({ from: 'token' }, (context) => {
    const orgId =
      getCurrentUser(context)?.getActiveOrgId() ?? getCurrentApiKey(context)?.org?.orgId;
    return orgId === undefined ? undefined : { orgId };
  });
}

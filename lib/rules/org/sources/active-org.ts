import type { OrgSource } from '../../../options/org-source.interface.js';
import { getCurrentCaller } from '../../../decision/caller-of-context.js';
import { createOrgSource } from './org-source.factory.js';

/**
 * Reads the organization that the access token is scoped to. A token without an active organization, as front ends get by default, is
 * rejected with 403. An API key is scoped to the organization in which it was created, if any, and the token of an MCP client to the
 * organization that the user chose for it. Callers of an own kind have the organization that its `activeOrgId()` returns.
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
    const orgId = getCurrentCaller(context)?.orgId;
    return orgId === undefined ? undefined : { orgId };
  });
}

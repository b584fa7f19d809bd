import type { OrgSource } from '../../../options/org-source.interface.js';
import { callOf } from '../../../transports/call-of.js';
import { createOrgSource } from './org-source.factory.js';
import { assertSourceName } from '../../../options/source-name.js';
import { readPlainString } from '../../../values/plain-string.js';

/**
 * Reads the id of the organization from the query string. A repeated or nested value is rejected with 403.
 *
 * @param name the name of the query parameter. Default: `'orgId'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} if the name is empty or not a string
 * @example
 * ```ts
 * @Get('/reports') // GET /reports?orgId=…
 * @RequireOrgMember({ org: orgFromQuery() })
 * listReports(@CurrentOrg() org: OrgMemberInfo) {}
 * ```
 *
 * @publicApi
 */
export function orgFromQuery(name = 'orgId'): OrgSource {
  assertSourceName('orgFromQuery', name, arguments);
  return createOrgSource({ from: 'query', name }, (context) => {
    const orgId = readPlainString(callOf(context).part('query'), name);
    return orgId === undefined ? undefined : { orgId };
  });
}

import type { OrgSource } from '../options/org-source.interface.js';
import {
  assertSourceName,
  createOrgSource,
  httpRequestPart,
  readPlainString,
} from './org-source.factory.js';

/**
 * Organization rules find the id of the organization in the query string. A repeated or nested value is refused (403).
 *
 * @param name the name of the query parameter; default `'orgId'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} when the name is not a string or empty
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
  assertSourceName('orgFromQuery', name);
  return createOrgSource({ from: 'query', name }, (context) => {
    const orgId = readPlainString(httpRequestPart(context, 'query'), name);
    return orgId === undefined ? undefined : { orgId };
  });
}

import type { OrgSource } from '../options/org-source.interface.js';
import {
  assertSourceName,
  createOrgSource,
  httpRequestPart,
  readPlainString,
} from './org-source.factory.js';

/**
 * Organization rules find the id of the organization in a path parameter. This is the default.
 *
 * @param name the name of the path parameter; default `'orgId'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} when the name is not a string or empty
 * @example
 * ```ts
 * @Get('/tenants/:tenantId/reports')
 * @RequireOrgMember({ org: orgFromParam('tenantId') })
 * listReports(@CurrentOrg() org: OrgMemberInfo) {}
 * ```
 *
 * @publicApi
 */
export function orgFromParam(name = 'orgId'): OrgSource {
  assertSourceName('orgFromParam', name);
  return createOrgSource({ from: 'path', name }, (context) => {
    const orgId = readPlainString(httpRequestPart(context, 'params'), name);
    return orgId === undefined ? undefined : { orgId };
  });
}

/**
 * Organization rules find the URL-safe name of the organization in a path parameter, and compare it exactly.
 *
 * @param name the name of the path parameter; default `'orgName'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} when the name is not a string or empty
 * @example
 * ```ts
 * @Get('/:orgName/reports') // acme-inc for "Acme Inc"
 * @RequireOrgMember({ org: orgNameFromParam() })
 * listReports(@CurrentOrg() org: OrgMemberInfo) {}
 * ```
 *
 * @publicApi
 */
export function orgNameFromParam(name = 'orgName'): OrgSource {
  assertSourceName('orgNameFromParam', name);
  const description = 'The URL-safe name of the organization, such as acme-inc.';
  return createOrgSource({ from: 'path', name, description }, (context) => {
    const orgName = readPlainString(httpRequestPart(context, 'params'), name);
    return orgName === undefined ? undefined : { orgName };
  });
}

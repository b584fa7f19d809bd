import type { OrgSource } from '../../../options/org-source.interface.js';
import { callOf } from '../../../transports/call-of.js';
import { createOrgSource } from './org-source.factory.js';
import { assertSourceName } from '../../../options/source-name.js';
import { readPlainString } from '../../../values/plain-string.js';

/**
 * Reads the id of the organization from a path parameter. This is the default source.
 *
 * @param name the name of the path parameter. Default: `'orgId'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} if the name is empty or not a string
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
  assertSourceName('orgFromParam', name, arguments);
  return createOrgSource({ from: 'path', name }, (context) => {
    const orgId = readPlainString(callOf(context).part('path'), name);
    return orgId === undefined ? undefined : { orgId };
  });
}

/**
 * Reads the URL-safe name of the organization from a path parameter, and compares it exactly.
 *
 * @param name the name of the path parameter. Default: `'orgName'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} if the name is empty or not a string
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
  assertSourceName('orgNameFromParam', name, arguments);
  const description = 'The URL-safe name of the organization, such as acme-inc.';
  return createOrgSource({ from: 'path', name, description }, (context) => {
    const orgName = readPlainString(callOf(context).part('path'), name);
    return orgName === undefined ? undefined : { orgName };
  });
}

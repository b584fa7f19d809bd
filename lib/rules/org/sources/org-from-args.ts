import type { OrgSource } from '../../../options/org-source.interface.js';
import { callOf } from '../../../transports/call-of.js';
import { createOrgSource } from './org-source.factory.js';
import { assertSourceName } from '../../../options/source-name.js';
import { readPlainStringAt } from '../../../values/plain-string.js';

/**
 * Reads the id of the organization from a GraphQL argument of the query, mutation, subscription or field. Guards run before pipes: the
 * argument is read as it was sent, and only a plain string is accepted.
 *
 * @param name the name of the argument, or a path into an input object, such as `'input.orgId'`. Default: `'orgId'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} if the name is empty or not a string
 * @example
 * ```ts
 * @Mutation(() => Boolean)
 * @RequireOrgMember({ org: orgFromArgs('orgId') })
 * async createReport(@Args('orgId') _orgId: string, @CurrentOrg() org: OrgMemberInfo) {
 *   await this.reports.create({ orgId: org.orgId });
 *   return true;
 * }
 * ```
 *
 * @publicApi
 */
export function orgFromArgs(name = 'orgId'): OrgSource {
  assertSourceName('orgFromArgs', name, arguments);
  return createOrgSource({ from: 'argument', name }, (context) => {
    const orgId = readPlainStringAt(callOf(context).part('argument'), name);
    return orgId === undefined ? undefined : { orgId };
  });
}

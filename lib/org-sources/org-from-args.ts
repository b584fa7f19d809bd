import type { OrgSource } from '../options/org-source.interface.js';
import { graphqlCallOf } from '../transport/graphql/graphql-call.js';
import { assertSourceName, createOrgSource, readPlainStringAt } from './org-source.factory.js';

/**
 * Organization rules of GraphQL resolvers find the id of the organization in an argument of the query, mutation, subscription or
 * field. Guards run before pipes: the argument is looked at as it was sent, and only a plain string will do.
 *
 * @param name the name of the argument; in an argument that is an input object, the path to it, such as `'input.orgId'`.
 * Default: `'orgId'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} when the name is not a string or empty
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
  assertSourceName('orgFromArgs', name);
  return createOrgSource({ from: 'argument', name }, (context) => {
    if (context.getType<string>() !== 'graphql') return undefined;
    const orgId = readPlainStringAt(graphqlCallOf(context).args, name);
    return orgId === undefined ? undefined : { orgId };
  });
}

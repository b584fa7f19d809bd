import type { OrgSource } from '../../../options/org-source.interface.js';
import { callOf } from '../../../transports/call-of.js';
import { createOrgSource } from './org-source.factory.js';
import { assertSourceName } from '../../../options/source-name.js';
import { readPlainString } from '../../../values/plain-string.js';

/**
 * Reads the id of the organization from a top-level property of the parsed body. Guards run before validation pipes: the value is read as
 * it was sent, and only a plain string is accepted.
 *
 * @param name the name of the property
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} if the name is empty or not a string
 * @example
 * ```ts
 * @Post('/reports') // { "orgId": "…", "title": "…" }
 * @RequireOrgMember({ org: orgFromBody('orgId') })
 * createReport(@CurrentOrg() org: OrgMemberInfo, @Body('title') title: string) {}
 * ```
 *
 * @publicApi
 */
export function orgFromBody(name: string): OrgSource {
  assertSourceName('orgFromBody', name, arguments);
  return createOrgSource({ from: 'body', name }, (context) => {
    const orgId = readPlainString(callOf(context).part('body'), name);
    return orgId === undefined ? undefined : { orgId };
  });
}

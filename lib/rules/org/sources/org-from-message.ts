import type { OrgSource } from '../../../options/org-source.interface.js';
import { callOf } from '../../../transports/call-of.js';
import { createOrgSource } from './org-source.factory.js';
import { assertSourceName } from '../../../options/source-name.js';
import { readPlainStringAt } from '../../../values/plain-string.js';

/**
 * Reads the id of the organization from a WebSocket or microservice message. Guards run before pipes: the message is read as it was sent,
 * and only a plain string is accepted.
 *
 * @param path the name of a property of the message, or a path, such as `'filter.orgId'`. Default: `'orgId'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} if the path is empty or not a string
 * @example
 * ```ts
 * @SubscribeMessage('reports') // { "orgId": "…" }
 * @RequireOrgMember({ org: orgFromMessage('orgId') })
 * list(@CurrentOrg() org: OrgMemberInfo) {
 *   return this.reports.findByOrg(org.orgId);
 * }
 * ```
 *
 * @publicApi
 */
export function orgFromMessage(path = 'orgId'): OrgSource {
  assertSourceName('orgFromMessage', path, arguments);
  return createOrgSource({ from: 'message', name: path }, (context) => {
    const orgId = readPlainStringAt(callOf(context).part('message'), path);
    return orgId === undefined ? undefined : { orgId };
  });
}

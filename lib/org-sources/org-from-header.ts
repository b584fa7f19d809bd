import type { OrgSource } from '../options/org-source.interface.js';
import { requestHeadersOf } from '../transport/transport-of.js';
import { assertSourceName, createOrgSource, readPlainString } from './org-source.factory.js';

/**
 * Organization rules find the id of the organization in a header of the request; of a WebSocket connection in a header of its
 * handshake.
 *
 * @param name the name of the header, in any case
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} when the name is not a string or empty
 * @example
 * ```ts
 * PropelAuthModule.forRoot({ authUrl, apiKey, orgSource: orgFromHeader('x-org-id') })
 * ```
 *
 * @publicApi
 */
export function orgFromHeader(name: string): OrgSource {
  assertSourceName('orgFromHeader', name);
  // Node.js gives the names of headers in lower case.
  const lowerCaseName = name.toLowerCase();
  return createOrgSource({ from: 'header', name }, (context) => {
    const orgId = readPlainString(requestHeadersOf(context), lowerCaseName);
    return orgId === undefined ? undefined : { orgId };
  });
}

import type { OrgSource } from '../../../options/org-source.interface.js';
import { callOf } from '../../../transports/call-of.js';
import { createOrgSource } from './org-source.factory.js';
import { assertSourceName } from '../../../options/source-name.js';
import { readPlainString } from '../../../values/plain-string.js';

/**
 * Reads the id of the organization from a header of the request, or of the handshake of a WebSocket connection.
 *
 * @param name the name of the header, in upper or lower case
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} if the name is empty or not a string
 * @example
 * ```ts
 * PropelAuthModule.forRoot({ authUrl, apiKey, orgSource: orgFromHeader('x-org-id') })
 * ```
 *
 * @publicApi
 */
export function orgFromHeader(name: string): OrgSource {
  assertSourceName('orgFromHeader', name, arguments);
  // Node.js gives header names in lower case.
  const lowerCaseName = name.toLowerCase();
  return createOrgSource({ from: 'header', name }, (context) => {
    const orgId = readPlainString(callOf(context).request?.headers, lowerCaseName);
    return orgId === undefined ? undefined : { orgId };
  });
}

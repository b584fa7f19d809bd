import type { OrgSource } from '../../../options/org-source.interface.js';
import { callOf } from '../../../transports/call-of.js';
import { sentHost } from '../../../transports/request-headers.js';
import { assertDefinedArguments } from '../../../values/defined-arguments.js';
import { createOrgSource } from './org-source.factory.js';

/** Stands for the URL-safe name of the organization in a pattern. */
const PLACEHOLDER = '{org}';

/** The name of a domain with at least one dot or none (`localhost`), as RFC 1123, section 2.1, allows it. */
const DOMAIN = /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/;

/** One label of a domain. It has at most 63 characters (RFC 1035, section 2.3.4). */
const LABEL = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/;

/** The port of a host, if there is one. */
const PORT = /:\d{1,5}$/;

/**
 * Reads the URL-safe name of the organization from the host that the request was sent to, for tenants with a sub-domain each. It reads the
 * header `Host` (`:authority` in HTTP/2), and never `X-Forwarded-Host`, which any client can send: a proxy in front of the application has to
 * pass the host on. Port and case are ignored. Another domain, another number of labels and a final dot name no organization: 403.
 *
 * @param pattern the host, with `{org}` as its first label, such as `'{org}.example.com'`
 * @returns the source, for the option `org` of a decorator or the option `orgSource` of the module
 * @throws {TypeError} for another pattern
 * @see RFC 9110, section 7.2
 * @example
 * ```ts
 * PropelAuthModule.forRoot({ authUrl, apiKey, orgSource: orgNameFromHost('{org}.example.com') })
 * ```
 *
 * @publicApi
 */
export function orgNameFromHost(pattern: string): OrgSource {
  assertDefinedArguments('orgNameFromHost()', arguments);
  const suffix = suffixOf(pattern);
  const description = `The URL-safe name of the organization: the first label of the host ${pattern}.`;
  return createOrgSource({ from: 'host', name: pattern, description }, (context) => {
    const { request } = callOf(context);
    const host = request && sentHost(request)?.toLowerCase().replace(PORT, '');
    if (host === undefined || !host.endsWith(suffix)) return undefined;
    const orgName = host.slice(0, -suffix.length);
    return LABEL.test(orgName) ? { orgName } : undefined;
  });
}

/** What follows the organization in a host, in lower case. */
function suffixOf(pattern: unknown): string {
  if (typeof pattern === 'string' && pattern.startsWith(`${PLACEHOLDER}.`)) {
    const suffix = pattern.slice(PLACEHOLDER.length).toLowerCase();
    if (DOMAIN.test(suffix.slice(1))) return suffix;
  }
  throw new TypeError(
    "orgNameFromHost() needs a host whose first label is {org}, without scheme and port. Pass a pattern such as '{org}.example.com'.",
  );
}

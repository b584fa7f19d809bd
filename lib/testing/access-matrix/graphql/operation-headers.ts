import { credentialHeaders, mergedHeaders, type RequestHeaders } from '../credential-headers.js';
import type { CallParts } from '../entry-point.js';
import { orgPlacesOf, orgValuesIn } from '../org-places.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';

/** What a caller sends in headers: credentials, the organization where a source reads it there, and what the application adds. */
export function requestHeadersFor({ access }: DescribedHandler, parts: CallParts): RequestHeaders {
  return mergedHeaders(
    orgValuesIn('header', orgPlacesOf(access.orgSources, parts)),
    credentialHeaders(parts.credentials),
    parts.given.headers ?? {},
  );
}

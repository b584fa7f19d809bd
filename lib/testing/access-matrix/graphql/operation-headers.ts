import { credentialHeaders, mergedHeaders, type SentHeaders } from '../sent-headers.js';
import type { CallParts } from '../entry-point.js';
import { orgPlacesOf, orgValuesIn } from '../org-places.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';

/** The headers of a caller's request: credentials, the organization if a source reads a header, and headers from the application. */
export function requestHeadersFor({ access }: DescribedHandler, parts: CallParts): SentHeaders {
  return mergedHeaders(
    orgValuesIn('header', orgPlacesOf(access.orgSources, parts)),
    credentialHeaders(parts.credentials),
    parts.given.headers ?? {},
  );
}

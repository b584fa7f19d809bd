import type { CallParts } from '../entry-point.js';
import { orgPlacesOf, orgValuesIn } from '../org-places.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';

/** The headers of a request with GraphQL operations: one value, or several of one name. */
export type RequestHeaders = Record<string, string | string[]>;

/** What a caller sends in headers: credentials, the organization where a source reads it there, and what the application adds. */
export function requestHeadersFor({ access }: DescribedHandler, parts: CallParts): RequestHeaders {
  const { credentials, given } = parts;
  const { tokens, apiKey, grants } = credentials;
  const headers = {
    ...orgValuesIn('header', orgPlacesOf(access.orgSources, parts)),
    // As many headers as there are tokens.
    ...(tokens.length > 0 && { authorization: tokens.map((token) => `Bearer ${token}`) }),
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
    ...grants,
  };
  return { ...lowerCased(headers), ...lowerCased(given.headers ?? {}) };
}

function lowerCased(headers: RequestHeaders): RequestHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

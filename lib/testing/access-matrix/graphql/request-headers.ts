import type { CallParts } from '../entry-point.js';
import { orgPlacesOf, orgValuesIn } from '../org-places.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';

/** The headers of a request with GraphQL operations: one value, or several of one name. */
export type RequestHeaders = Record<string, string | string[]>;

/** What a caller sends in headers: credentials, the organization where a source reads it there, and what the application adds. */
export function requestHeadersFor({ access }: DescribedHandler, parts: CallParts): RequestHeaders {
  const { credentials, given } = parts;
  const authorization = credentials.tokens.map((token) => `Bearer ${token}`);
  return {
    ...orgValuesIn('header', orgPlacesOf(access.orgSources, parts)),
    ...(authorization.length > 0 && {
      authorization: authorization.length === 1 ? (authorization[0] as string) : authorization,
    }),
    ...(credentials.apiKey !== undefined && { 'x-api-key': credentials.apiKey }),
    ...credentials.grants,
    ...given.headers,
  };
}

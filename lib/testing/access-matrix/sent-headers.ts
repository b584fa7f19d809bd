import type { Credentials } from './entry-point.js';

/** Request headers, with one or several values for a name. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The headers of an HTTP request for credentials. */
export function credentialHeaders({ tokens, apiKey, grants }: Credentials): RequestHeaders {
  return {
    // One header for each token.
    ...(tokens.length > 0 && { authorization: tokens.map((token) => `Bearer ${token}`) }),
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
    ...grants,
  };
}

/** The headers of several objects, with names in lower case. Later objects take precedence. */
export function mergedHeaders(...all: readonly RequestHeaders[]): RequestHeaders {
  const entries = all.flatMap((headers) => Object.entries(headers));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

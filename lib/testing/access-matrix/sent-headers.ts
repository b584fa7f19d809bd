import type { Credentials } from './entry-point.js';

/** The headers to send with a request, with one or several values for a name. */
export type SentHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The headers of an HTTP request for credentials. */
export function credentialHeaders({ tokens, apiKey, grants }: Credentials): SentHeaders {
  return {
    // One header for each token.
    ...(tokens.length > 0 && { authorization: tokens.map((token) => `Bearer ${token}`) }),
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
    ...grants,
  };
}

/** The headers of several objects, with names in lower case. Later objects take precedence. */
export function mergedHeaders(...all: readonly SentHeaders[]): SentHeaders {
  const entries = all.flatMap((headers) => Object.entries(headers));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

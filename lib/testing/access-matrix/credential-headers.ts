import type { Credentials } from './entry-point.js';

/** Headers of a request: one value, or several of one name. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Credentials where HTTP requests have them. */
export function credentialHeaders({ tokens, apiKey, grants }: Credentials): RequestHeaders {
  return {
    // As many headers as there are tokens.
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

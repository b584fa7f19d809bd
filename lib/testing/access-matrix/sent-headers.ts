import type { Credentials } from './entry-point.js';

/** The headers to send with a request, with one or several values for a name. */
export type SentHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The headers of an HTTP request for credentials. */
export function credentialHeaders(credentials: Credentials): SentHeaders {
  const { apiKey, grants } = credentials;
  return {
    ...tokenHeaders(credentials),
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
    ...grants,
  };
}

/** The headers for access tokens: one header for each token, or one cookie for each, as a page of the own origin sends it. */
export function tokenHeaders({ tokens, tokenCookie }: Credentials): SentHeaders {
  if (tokens.length === 0) return {};
  if (tokenCookie === undefined) {
    return { authorization: tokens.map((token) => `Bearer ${token}`) };
  }
  const cookie = tokens.map((token) => `${tokenCookie}=${token}`).join('; ');
  return { cookie, 'sec-fetch-site': 'same-origin' };
}

/** The headers of several objects, with names in lower case. Later objects take precedence. */
export function mergedHeaders(...all: readonly SentHeaders[]): SentHeaders {
  const entries = all.flatMap((headers) => Object.entries(headers));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

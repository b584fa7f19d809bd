import { isLoopbackOrigin, parseOrigin } from './origin.js';

export const PROPELAUTH_API_URL = 'https://propelauth-api.com';

/**
 * The origin for the requests that decide access. Default: PropelAuth's own, or `authUrl` if it is a loopback address, which PropelAuth's
 * never is.
 */
export function parseApiUrl(value: unknown, authUrl: URL): URL {
  const fallback = isLoopbackOrigin(authUrl) ? authUrl.origin : PROPELAUTH_API_URL;
  return parseOrigin(
    'apiUrl',
    value === undefined ? fallback : value,
    'Set it to an origin that passes calls on to PropelAuth, for example https://egress.example.com, or remove it to call ' +
      `${PROPELAUTH_API_URL}.`,
  );
}

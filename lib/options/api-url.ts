import { parseOrigin } from './origin.js';

export const PROPELAUTH_API_URL = 'https://propelauth-api.com';

/** The origin that receives the calls that decide access. Default: PropelAuth's own. */
export function parseApiUrl(value: unknown): URL {
  return parseOrigin(
    'apiUrl',
    value === undefined ? PROPELAUTH_API_URL : value,
    'Set it to an origin that passes calls on to PropelAuth, for example https://egress.example.com, or remove it to call ' +
      `${PROPELAUTH_API_URL}.`,
  );
}

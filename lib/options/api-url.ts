import { isProduction } from '../values/node-environment.js';
import { PropelAuthConfigurationError } from './configuration.error.js';
import { isLoopbackOrigin, parseOrigin } from './origin.js';

export const PROPELAUTH_API_URL = 'https://propelauth-api.com';

/**
 * The origin for the requests that decide access. Default: PropelAuth's own, or `authUrl` if it is a loopback address, which PropelAuth's
 * never is.
 *
 * @throws {PropelAuthConfigurationError} in production, if `authUrl` is a loopback address and the option does not name it: its responses
 * would decide access
 */
export function parseApiUrl(value: unknown, authUrl: URL): URL {
  const isLocal = isLoopbackOrigin(authUrl);
  const fallback = isLocal ? authUrl.origin : PROPELAUTH_API_URL;
  const apiUrl = parseOrigin(
    'apiUrl',
    value === undefined ? fallback : value,
    'Set it to an origin that passes calls on to PropelAuth, for example https://egress.example.com, or remove it to call ' +
      `${PROPELAUTH_API_URL}.`,
  );
  const isNamed = value !== undefined && apiUrl.origin === authUrl.origin;
  if (isLocal && !isNamed && isProduction()) {
    throw new PropelAuthConfigurationError(
      `authUrl ${authUrl.origin} is an address of this machine, with NODE_ENV=production. Set it to the Auth URL from the ` +
        'Backend Integration page, or set apiUrl to the same address to try a production build.',
    );
  }
  return apiUrl;
}

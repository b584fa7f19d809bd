import { PropelAuthConfigurationError } from './configuration.error.js';

const AUTH_URL_ADVICE =
  'Set it to the Auth URL from the Backend Integration page with its scheme, for example https://auth.example.com.';

/** Hosts that no name server can move to another machine, so that http is safe there. */
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Other hosts that are this machine: names below `localhost`, an unspecified address, and an IPv4 address written as IPv6. */
const OTHER_LOOPBACK_HOST =
  /^(([^.]+\.)*localhost\.?|0\.0\.0\.0|\[::\]|\[::ffff:(7f[0-9a-f]{2}:[0-9a-f]+|0:0)\])$/;

export const PROPELAUTH_API_URL = 'https://propelauth-api.com';

/** The hosts of PropelAuth's dashboard and API. People copy the address of the dashboard from their browser. */
const OF_PROPELAUTH = ['app.propelauth.com', 'propelauth-api.com'];

/** The option `authUrl`: the origin of the PropelAuth project. */
export function parseAuthUrl(value: unknown): URL {
  if (
    typeof value === 'string' &&
    URL.canParse(value) &&
    OF_PROPELAUTH.includes(new URL(value).hostname)
  ) {
    throw new PropelAuthConfigurationError(
      `authUrl is an address of PropelAuth's dashboard or API, and not of your project. ${AUTH_URL_ADVICE}`,
    );
  }
  return parseOrigin('authUrl', value);
}

/**
 * The option `apiUrl`: the origin for the requests that decide access. Default: PropelAuth's own, or `authUrl` if it is a loopback address,
 * which PropelAuth's never is.
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

/**
 * Reduces an option that contains a URL to its origin. Rejects a URL with more than an origin.
 *
 * @param option the option's name, for the error
 * @param value the option's value
 * @param advice the valid values, for the error
 */
export function parseOrigin(option: string, value: unknown, advice = AUTH_URL_ADVICE): URL {
  const url = parseSecureUrl(option, value, advice);
  if (url.username || url.password) {
    throw new PropelAuthConfigurationError(
      `${option} contains a user name or password. Set it to the origin alone: ${url.origin}.`,
    );
  }
  if (url.pathname !== '/' || url.search || url.hash) {
    throw new PropelAuthConfigurationError(
      `${option} contains a path, a query or a fragment. Set it to the origin alone: ${url.origin}.`,
    );
  }
  return new URL(url.origin);
}

const ORIGINS_ADVICE =
  "Set it to the origins of web pages, such as ['https://app.example.com'], or remove it to allow none.";

/** Checks an option that lists the origins of web pages. They are compared exactly, as browsers write them. */
export function parseOrigins(option: string, value: unknown): ReadonlySet<string> {
  if (value === undefined) return new Set();
  if (!Array.isArray(value)) {
    throw new PropelAuthConfigurationError(`${option} is not a list. ${ORIGINS_ADVICE}`);
  }
  return new Set(
    [...(value as unknown[])].map((origin, index) => parseListed(`${option}[${index}]`, origin)),
  );
}

function parseListed(option: string, value: unknown): string {
  const { origin } = parseOrigin(option, value, ORIGINS_ADVICE);
  // A URL may contain a wildcard, but it would be compared literally.
  if (origin.includes('*')) {
    throw new PropelAuthConfigurationError(
      `${option} contains a wildcard. List each origin separately.`,
    );
  }
  return origin;
}

/** Parses an option that contains a URL which is safe on the network: https, or a loopback host. The URL may have a path and more. */
export function parseSecureUrl(option: string, value: unknown, advice: string): URL {
  if (value === undefined || value === '') {
    throw new PropelAuthConfigurationError(`${option} is missing. ${advice}`);
  }
  if (typeof value !== 'string' || !URL.canParse(value)) {
    throw new PropelAuthConfigurationError(`${option} is not a URL. ${advice}`);
  }
  const url = new URL(value);
  if (url.protocol !== 'https:' && !isLoopbackOrigin(url)) {
    throw new PropelAuthConfigurationError(
      `${option} has to start with https:// (http:// is for localhost and other loopback addresses only).`,
    );
  }
  return url;
}

/** Whether a host is this machine, with whatever scheme. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK_HOST.test(hostname) || OTHER_LOOPBACK_HOST.test(hostname);
}

/** Whether a URL is http on a loopback host, and so on this machine. */
export function isLoopbackOrigin({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && LOOPBACK_HOST.test(hostname);
}

import { ConfigurationError } from './configuration.error.js';
import type { Configuration } from './configuration.js';

const LOCAL_ISSUER = '--local-issuer';
const DEFAULT_PORT = 3000;
const HIGHEST_PORT = 65_535;
const WHERE_THEY_ARE = 'they are on the page "Backend Integration" of its dashboard';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads how to run the app. A PropelAuth project goes before the local issuer, which has to be
 * asked for: no variable that is missing, or set for something else, can open it.
 *
 * @param environment `PROPELAUTH_AUTH_URL`, `PROPELAUTH_API_KEY`, `PROPELAUTH_OAUTH_CLIENT_ID`,
 * `PROPELAUTH_WEBHOOK_SECRET`, `LOCAL_SECRET`, `PORT` and `NODE_ENV`; an empty string counts as unset
 * @param args the arguments of the program: `--local-issuer` or none
 * @throws {ConfigurationError} when they do not say how
 */
export function readConfiguration(
  environment: Environment,
  args: readonly string[],
): Configuration {
  const wantsLocalIssuer = readArguments(args);
  const port = readPort(environment.PORT);
  // Through URL, which leaves out the default port as browsers and PropelAuthModule do.
  const { origin } = new URL(`http://localhost:${port}`);
  const project = readProject(environment);
  if (project) {
    const oauthClientId = environment.PROPELAUTH_OAUTH_CLIENT_ID || undefined;
    const webhookSecret = environment.PROPELAUTH_WEBHOOK_SECRET || undefined;
    return { mode: 'propelauth', port, origin, ...project, oauthClientId, webhookSecret };
  }
  assertLocalIssuerIsWanted(wantsLocalIssuer);
  assertNotInProduction(environment.NODE_ENV);
  // Clients try each address of "localhost", so listening on this one is enough for them.
  const secret = environment.LOCAL_SECRET || undefined;
  return { mode: 'local-issuer', port, host: '127.0.0.1', origin, secret };
}

function readArguments(args: readonly string[]): boolean {
  const unknown = args.find((argument) => argument !== LOCAL_ISSUER);
  if (unknown === undefined) return args.includes(LOCAL_ISSUER);
  throw new ConfigurationError(
    `${unknown} is not an argument of the app. The only one is ${LOCAL_ISSUER}.`,
  );
}

function readPort(value: string | undefined): number {
  if (!value) return DEFAULT_PORT;
  const port = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (port >= 1 && port <= HIGHEST_PORT) return port;
  throw new ConfigurationError(
    `PORT is ${JSON.stringify(value)}, which is no port. Set it to a number from 1 to ` +
      `${HIGHEST_PORT}, or leave it out for ${DEFAULT_PORT}.`,
  );
}

function readProject(environment: Environment): { authUrl: string; apiKey: string } | undefined {
  const { PROPELAUTH_AUTH_URL: authUrl, PROPELAUTH_API_KEY: apiKey } = environment;
  if (authUrl && apiKey) return { authUrl, apiKey };
  if (!authUrl && !apiKey) return undefined;
  const [present, missing] = authUrl
    ? ['PROPELAUTH_AUTH_URL', 'PROPELAUTH_API_KEY']
    : ['PROPELAUTH_API_KEY', 'PROPELAUTH_AUTH_URL'];
  throw new ConfigurationError(
    `${present} is set but ${missing} is missing. Set both to use your PropelAuth project ` +
      `(${WHERE_THEY_ARE}), or neither to run with the local issuer: npm start.`,
  );
}

function assertLocalIssuerIsWanted(isWanted: boolean): void {
  if (isWanted) return;
  throw new ConfigurationError(
    'Nothing says where access tokens come from. Set PROPELAUTH_AUTH_URL and PROPELAUTH_API_KEY ' +
      `to use your PropelAuth project (${WHERE_THEY_ARE}), or run without a PropelAuth account, ` +
      'for development on this machine: npm start.',
  );
}

function assertNotInProduction(nodeEnv: string | undefined): void {
  if (nodeEnv !== 'production') return;
  throw new ConfigurationError(
    'The local issuer gives access tokens to anyone who asks, so it does not run with ' +
      'NODE_ENV=production. Set PROPELAUTH_AUTH_URL and PROPELAUTH_API_KEY to use your ' +
      `PropelAuth project (${WHERE_THEY_ARE}), or unset NODE_ENV for development.`,
  );
}

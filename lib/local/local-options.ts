import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { parseOrigin } from '../options/origin.js';
import { assertNotInProduction } from '../testing/development-only.js';
import type { LocalPropelAuthOptions } from './local-propel-auth-options.interface.js';
import { isLoopbackHostname } from './loopback.js';
import { OAuthClient } from './oauth/oauth-client.js';
import { DEFAULT_SEED } from './seed/default-seed.js';
import type { LocalSeed } from './seed/local-seed.interface.js';

/** The options of the local PropelAuth, checked. */
export interface LocalOptions {
  readonly origin: string;
  readonly seed: string | LocalSeed;
  readonly client: OAuthClient | undefined;
}

/**
 * Checks that a local PropelAuth may run here.
 *
 * @throws {PropelAuthConfigurationError} when it is not asked for, in production, or beside a real project, and for bad
 * options
 */
export function checkLocalOptions(
  { askedFor, origin, seed = DEFAULT_SEED, oauthClient, ...others }: LocalPropelAuthOptions,
  environment: NodeJS.ProcessEnv = process.env,
): LocalOptions {
  assertNotInProduction('LocalPropelAuthModule');
  assertAskedFor(askedFor);
  assertNoProject(others, environment);
  const client = oauthClient && {
    id: checkText('oauthClient.clientId', oauthClient.clientId),
    redirectUri: checkRedirectUri(oauthClient.redirectUri),
  };
  return {
    origin: checkOrigin(origin),
    seed,
    client: client && new OAuthClient(client.id, client.redirectUri),
  };
}

function assertAskedFor(askedFor: unknown): void {
  if (askedFor === true) return;
  throw new PropelAuthConfigurationError(
    'LocalPropelAuthModule gives access to anyone on this machine who asks, so it runs only where it is asked for: ' +
      "askedFor is not true. Set it from an argument, as in askedFor: process.argv.includes('--local-propelauth'), and start " +
      'with that argument; or import PropelAuthModule.',
  );
}

function assertNoProject(options: object, { PROPELAUTH_AUTH_URL }: NodeJS.ProcessEnv): void {
  const credential = ['authUrl', 'apiKey', 'manualTokenVerificationMetadata'].find(
    (option) => option in options,
  );
  const found = credential ?? (PROPELAUTH_AUTH_URL ? 'PROPELAUTH_AUTH_URL' : undefined);
  if (found === undefined) return;
  throw new PropelAuthConfigurationError(
    `${found} is set, so there is a PropelAuth project, and LocalPropelAuthModule does not run beside one. Import ` +
      `PropelAuthModule for the project, or take ${found} away to run without.`,
  );
}

function checkOrigin(value: unknown): string {
  const { origin, hostname } = parseOrigin('origin', value);
  if (isLoopbackHostname(hostname)) return origin;
  throw new PropelAuthConfigurationError(
    'origin is not on this machine. Give where you reach the application while developing, such as http://localhost:3000.',
  );
}

function checkText(option: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new PropelAuthConfigurationError(`${option} is empty or not a string.`);
}

function checkRedirectUri(value: unknown): string {
  const uri = checkText('oauthClient.redirectUri', value);
  if (URL.canParse(uri) && isLoopbackHostname(new URL(uri).hostname)) return uri;
  throw new PropelAuthConfigurationError(
    'oauthClient.redirectUri is not a URL on this machine. Give where codes are sent to, such as ' +
      'http://localhost:3000/docs/oauth2-redirect.html.',
  );
}

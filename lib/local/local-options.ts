import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { parseOrigin } from '../options/origin.js';
import { assertNotInProduction } from '../testing/development-only.js';
import type { LocalPropelAuthOptions } from './local-propel-auth-options.interface.js';
import { isLoopbackHostname } from './loopback.js';
import { OAuthClient } from './oauth/oauth-client.js';
import { DEFAULT_SEED } from './seed/default-seed.js';
import type { LocalSeed } from './seed/local-seed.interface.js';

/** The checked options of {@link LocalPropelAuthModule}. */
export interface LocalOptions {
  readonly origin: string;
  readonly seed: string | LocalSeed;
  readonly client: OAuthClient | undefined;
}

/**
 * Checks the options, and that the local PropelAuth may run in this environment.
 *
 * @throws {PropelAuthConfigurationError} if `enabled` is not `true`, in production, if a PropelAuth project is configured, and
 * for invalid options
 */
export function checkLocalOptions(
  { enabled, origin, seed = DEFAULT_SEED, oauthClient, ...others }: LocalPropelAuthOptions,
  environment: NodeJS.ProcessEnv = process.env,
): LocalOptions {
  assertNotInProduction('LocalPropelAuthModule');
  assertEnabled(enabled);
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

function assertEnabled(enabled: unknown): void {
  if (enabled === true) return;
  throw new PropelAuthConfigurationError(
    'enabled is not true. LocalPropelAuthModule signs in anyone without a password, so it has to be enabled explicitly: ' +
      'put it in a file that production never imports, such as src/main.local.ts, with { enabled: true }.',
  );
}

function assertNoProject(options: object, { PROPELAUTH_AUTH_URL }: NodeJS.ProcessEnv): void {
  const credential = ['authUrl', 'apiKey', 'manualTokenVerificationMetadata'].find(
    (option) => option in options,
  );
  const found = credential ?? (PROPELAUTH_AUTH_URL ? 'PROPELAUTH_AUTH_URL' : undefined);
  if (found === undefined) return;
  throw new PropelAuthConfigurationError(
    `${found} is set, and LocalPropelAuthModule does not run when a PropelAuth project is configured. Remove ${found}, or ` +
      'import PropelAuthModule to use the project.',
  );
}

function checkOrigin(value: unknown): string {
  const { origin, hostname } = parseOrigin('origin', value);
  if (isLoopbackHostname(hostname)) return origin;
  throw new PropelAuthConfigurationError(
    'origin is not on this machine. Set it to the URL of the application during development, such as http://localhost:3000.',
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
    'oauthClient.redirectUri is not a URL on this machine. Set it to the page that receives the authorization code, such as ' +
      'http://localhost:3000/docs/oauth2-redirect.html.',
  );
}

import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { parseOrigin } from '../options/origin.js';
import { assertNotInProduction } from './development-only.js';
import type { LocalPropelAuthOptions } from './local-propel-auth-options.interface.js';
import type { ResolvedMcpOptions } from '../options/mcp-options.js';
import { isLoopbackHostname } from './access/loopback.js';
import { checkLocalMcp } from './mcp/local-mcp-options.js';
import { OAuthClient } from './oauth/oauth-client.js';
import { DEFAULT_SEED } from './seed/default-seed.js';
import type { LocalSeed } from './seed/local-seed.interface.js';

/** The checked options of {@link LocalPropelAuthModule}. */
export interface LocalOptions {
  readonly origin: string;
  readonly seed: string | LocalSeed;
  readonly client: OAuthClient | undefined;
  readonly secret: string | undefined;
  readonly allowedOrigins: readonly string[];
  /** For an application that is an MCP server. */
  readonly mcp: ResolvedMcpOptions | undefined;
}

const SECRET = /^[\w.~-]{16,}$/;

/**
 * Checks the options.
 *
 * @throws {PropelAuthConfigurationError} if `enabled` is not `true`, in production, if a PropelAuth project is among the options, and
 * for invalid options
 */
export function checkLocalOptions({
  enabled,
  origin,
  seed = DEFAULT_SEED,
  oauthClient,
  secret,
  allowedOrigins = [],
  mcp,
  ...others
}: LocalPropelAuthOptions): LocalOptions {
  assertNotInProduction('LocalPropelAuthModule');
  assertEnabled(enabled);
  assertNoProject(['authUrl', 'apiKey', 'apiUrl', 'manualTokenVerificationMetadata'], others);
  const client = oauthClient && {
    id: checkText('oauthClient.clientId', oauthClient.clientId),
    redirectUri: checkRedirectUri(oauthClient.redirectUri),
  };
  return {
    origin: checkOrigin(origin),
    seed,
    client: client && new OAuthClient(client.id, client.redirectUri),
    secret: checkSecret(secret),
    allowedOrigins: checkAllowedOrigins(allowedOrigins),
    mcp: checkLocalMcp(mcp),
  };
}

/**
 * Checks that the environment is not one of production, nor of a PropelAuth project. Modules that load the environment run in any order, so
 * this is for when they have run.
 *
 * @throws {PropelAuthConfigurationError} with `NODE_ENV=production`, and with `PROPELAUTH_AUTH_URL`
 */
export function assertLocalEnvironment(): void {
  assertNotInProduction('LocalPropelAuthModule');
  assertNoProject(['PROPELAUTH_AUTH_URL'], process.env);
}

function assertEnabled(enabled: unknown): void {
  if (enabled === true) return;
  throw new PropelAuthConfigurationError(
    'enabled is not true. LocalPropelAuthModule signs in anyone without a password, so it has to be enabled explicitly: ' +
      'put it in a file that production never imports, such as src/main.local.ts, with { enabled: true }.',
  );
}

function assertNoProject(names: readonly string[], settings: object): void {
  const values = new Map(Object.entries(settings));
  const found = names.find((name) => values.get(name));
  if (found === undefined) return;
  throw new PropelAuthConfigurationError(
    `${found} is set, and LocalPropelAuthModule does not run when a PropelAuth project is configured. Remove ${found}, or ` +
      'import PropelAuthModule to use the project.',
  );
}

const ORIGIN_ADVICE =
  'Set it to the URL of the application during development, for example http://localhost:3000.';

function checkOrigin(value: unknown): string {
  const { origin, hostname } = parseOrigin('origin', value, ORIGIN_ADVICE);
  if (isLoopbackHostname(hostname)) return origin;
  throw new PropelAuthConfigurationError(`origin is not on this machine. ${ORIGIN_ADVICE}`);
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

function checkSecret(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && SECRET.test(value)) return value;
  throw new PropelAuthConfigurationError(
    'secret is not a string of 16 or more letters, digits, "-", "_", "." or "~". Set it to one, or remove it for a ' +
      'random secret.',
  );
}

function checkAllowedOrigins(values: unknown): readonly string[] {
  if (Array.isArray(values) && values.every(isOrigin)) return values;
  throw new PropelAuthConfigurationError(
    'allowedOrigins is not a list of origins. Set it to the origins of your front ends in development, such as ' +
      "['http://localhost:5173'], without a path.",
  );
}

function isOrigin(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { origin, protocol } = new URL(value);
  return origin === value && /^https?:$/.test(protocol);
}

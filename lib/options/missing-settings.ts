import { PropelAuthConfigurationError } from './configuration.error.js';

/** The options that come from the environment: the usual variable of each, and what to set it to. */
const SETTINGS = {
  authUrl: [
    'PROPELAUTH_AUTH_URL',
    'the Auth URL from the Backend Integration page of your PropelAuth dashboard',
  ],
  apiKey: [
    'PROPELAUTH_API_KEY',
    'an API key from the Backend Integration page of your PropelAuth dashboard',
  ],
  'manualTokenVerificationMetadata.verifierKey': [
    'PROPELAUTH_VERIFIER_KEY',
    'the public key from the Backend Integration page of your PropelAuth dashboard',
  ],
  'webhooks.secret': [
    'PROPELAUTH_WEBHOOK_SECRET',
    'the signing secret from the page of the webhook endpoint in your PropelAuth dashboard',
  ],
  'mcpServer.introspection.clientId': [
    'PROPELAUTH_INTROSPECTION_CLIENT_ID',
    'the client id from the Request Validation page, under MCP, of your PropelAuth dashboard',
  ],
  'mcpServer.introspection.clientSecret': [
    'PROPELAUTH_INTROSPECTION_CLIENT_SECRET',
    'the client secret from the Request Validation page, under MCP, of your PropelAuth dashboard',
  ],
} as const;

type Settings = { readonly [Name in keyof typeof SETTINGS]?: unknown };

/**
 * Checks that settings have a value, before their values are checked.
 *
 * @throws {PropelAuthConfigurationError} one error for all that are missing
 */
export function assertNoneMissing(settings: Settings): void {
  const missing = (Object.keys(settings) as (keyof Settings)[]).filter(
    (name) => settings[name] === undefined || settings[name] === '',
  );
  if (missing.length === 0) return;
  throw new PropelAuthConfigurationError([HEADING, ...missing.map(describe)].join('\n- '));
}

const HEADING =
  'Options of PropelAuthModule are missing. Set the variables below, or use the emulator: npx propelauth-emulator exec -- nest ' +
  'start, and overridePropelAuth(builder, { emulator }) in tests.';

function describe(name: keyof Settings): string {
  const [variable, value] = SETTINGS[name];
  return process.env[variable]
    ? `${name} is missing, although ${variable} is set. Read process.env.${variable}, and load .env before: start Node.js with ` +
        '--env-file=.env, or write ConfigModule.forRoot() above PropelAuthModule in imports.'
    : `${name} is missing. Set ${variable} to ${value}.`;
}

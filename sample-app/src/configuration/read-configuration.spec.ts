import { ConfigurationError } from './configuration.error.js';
import type { Configuration } from './configuration.js';
import { readConfiguration } from './read-configuration.js';

const AUTH_URL = 'https://auth.example.com';
const API_KEY = 'integration-key-that-must-never-be-seen';

const PROJECT = { PROPELAUTH_AUTH_URL: AUTH_URL, PROPELAUTH_API_KEY: API_KEY };
const NOTHING = {};

const ASKED = ['--local-issuer'];
const NOT_ASKED: string[] = [];

const NODE_ENVS = [undefined, '', 'development', 'test', 'production'];
const NOT_PRODUCTION = NODE_ENVS.filter((nodeEnv) => nodeEnv !== 'production');

type Environment = Readonly<Record<string, string | undefined>>;

describe('readConfiguration()', () => {
  it.each([[NOT_ASKED], [ASKED]])(
    'uses the project if both variables are set, with the arguments %j',
    (args) => {
      for (const environment of waysToSet(PROJECT)) {
        expect(readConfiguration(environment, args).mode).toBe('propelauth');
      }
    },
  );

  it.each([
    ['PROPELAUTH_API_KEY', 'PROPELAUTH_AUTH_URL', NOT_ASKED],
    ['PROPELAUTH_API_KEY', 'PROPELAUTH_AUTH_URL', ASKED],
    ['PROPELAUTH_AUTH_URL', 'PROPELAUTH_API_KEY', NOT_ASKED],
    ['PROPELAUTH_AUTH_URL', 'PROPELAUTH_API_KEY', ASKED],
  ] as const)(
    'says that %s is missing if only %s is set, with the arguments %j',
    (missing, present, args) => {
      for (const environment of waysToSet({ [present]: PROJECT[present] })) {
        const { message } = errorOf(environment, args);
        expect(message).toContain(`${present} is set but ${missing} is missing.`);
        expect(message).not.toContain(API_KEY);
      }
    },
  );

  it('uses the local issuer if it is requested and neither variable is set', () => {
    for (const environment of waysToSet(NOTHING, NOT_PRODUCTION)) {
      expect(readConfiguration(environment, ASKED).mode).toBe('local-issuer');
    }
  });

  it('says what to set, and how to start without it, if the local issuer is not requested', () => {
    for (const environment of waysToSet(NOTHING)) {
      const { message } = errorOf(environment, NOT_ASKED);
      expect(message).toMatch(/Set PROPELAUTH_AUTH_URL and PROPELAUTH_API_KEY .*: npm start\.$/);
    }
  });

  it('rejects the local issuer in production', () => {
    for (const environment of waysToSet(NOTHING, ['production'])) {
      const { message } = errorOf(environment, ASKED);
      expect(message).toContain('it does not run with NODE_ENV=production');
    }
  });

  it('reads the project from the environment and listens on all addresses', () => {
    expect(readConfiguration(PROJECT, NOT_ASKED)).toEqual({
      mode: 'propelauth',
      port: 3000,
      origin: 'http://localhost:3000',
      authUrl: AUTH_URL,
      apiKey: API_KEY,
    });
  });

  it.each([
    ['the-client', 'the-client'],
    ['', undefined],
    [undefined, undefined],
  ])('reads PROPELAUTH_OAUTH_CLIENT_ID %j as %j', (PROPELAUTH_OAUTH_CLIENT_ID, oauthClientId) => {
    const environment = { ...PROJECT, PROPELAUTH_OAUTH_CLIENT_ID };
    expect(readConfiguration(environment, NOT_ASKED)).toHaveProperty(
      'oauthClientId',
      oauthClientId,
    );
  });

  it.each([
    ['whsec_secret', 'whsec_secret'],
    ['', undefined],
    [undefined, undefined],
  ])('reads PROPELAUTH_WEBHOOK_SECRET %j as %j', (PROPELAUTH_WEBHOOK_SECRET, webhookSecret) => {
    const environment = { ...PROJECT, PROPELAUTH_WEBHOOK_SECRET };
    expect(readConfiguration(environment, NOT_ASKED)).toHaveProperty(
      'webhookSecret',
      webhookSecret,
    );
  });

  it('ignores PROPELAUTH_OAUTH_CLIENT_ID with the local issuer', () => {
    expect(local({ PROPELAUTH_OAUTH_CLIENT_ID: 'the-client' })).toEqual(local({}));
  });

  it('makes the local issuer listen on a loopback address', () => {
    expect(local({})).toEqual({
      mode: 'local-issuer',
      port: 3000,
      host: '127.0.0.1',
      origin: 'http://localhost:3000',
    });
  });

  it.each([
    [undefined, 3000, 'http://localhost:3000'],
    ['', 3000, 'http://localhost:3000'],
    ['4000', 4000, 'http://localhost:4000'],
    ['1', 1, 'http://localhost:1'],
    ['65535', 65_535, 'http://localhost:65535'],
    // The port that http:// means anyway; with it the origin would be another than
    // PropelAuthModule's.
    ['80', 80, 'http://localhost'],
  ])('reads PORT %j as port %d of %s', (PORT, port, origin) => {
    expect(local({ PORT })).toMatchObject({ port, origin });
  });

  it.each(['0', '65536', '-1', '3000.5', '3e3', '0x10', '80x', ' 4000', 'http'])(
    'rejects PORT %j, and names the valid ports',
    (PORT) => {
      const { message } = errorOf({ PORT }, ASKED);
      expect(message).toContain(`PORT is "${PORT}"`);
      expect(message).toContain('from 1 to 65535');
    },
  );

  it('rejects an invalid PORT with a project as well', () => {
    expect(errorOf({ ...PROJECT, PORT: '0' }, NOT_ASKED).message).toContain('PORT is "0"');
  });

  it.each(['--local-isuer', '--local-issuer=false', '--no-local-issuer', 'local-issuer'])(
    'rejects the argument %s',
    (argument) => {
      expect(errorOf({}, [...ASKED, argument]).message).toBe(
        `${argument} is not an argument of the app. The only one is --local-issuer.`,
      );
    },
  );
});

/**
 * The same variables with each NODE_ENV, and with the others both unset and empty.
 */
function waysToSet(variables: Environment, nodeEnvs = NODE_ENVS): Environment[] {
  const empty = { PROPELAUTH_AUTH_URL: '', PROPELAUTH_API_KEY: '' };
  return [variables, { ...empty, ...variables }].flatMap((environment) =>
    nodeEnvs.map((NODE_ENV) => ({ ...environment, NODE_ENV })),
  );
}

function local(environment: Environment): Configuration {
  return readConfiguration(environment, ASKED);
}

function errorOf(environment: Environment, args: readonly string[]): ConfigurationError {
  try {
    readConfiguration(environment, args);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('There was no error');
}

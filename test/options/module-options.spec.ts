import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { DynamicModule } from '@nestjs/common';
import {
  orgFromHeader,
  PropelAuthConfigurationError,
  PropelAuthModule,
  PropelAuthService,
} from 'nestjs-propelauth';
import { failureOf, startApplication, type RunningApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { alice, API_KEY, AUTH_URL } from '../support/project.js';
import { generateRsaKeyPair } from '../support/keys.js';

const keys = generateRsaKeyPair();
const valid = issuer.moduleOptions;

type Options = Record<string, unknown>;

/** The two ways to give options; an option is checked either way. */
const forms: [string, (options: Options) => DynamicModule][] = [
  ['forRoot()', (options) => PropelAuthModule.forRoot(options as never)],
  [
    'useFactory',
    (options) => PropelAuthModule.forRootAsync({ useFactory: () => options as never }),
  ],
];

async function start(makeModule: () => DynamicModule): Promise<RunningApplication> {
  return startApplication({ imports: [makeModule()] });
}

function withVerifierKey(verifierKey: unknown): Options {
  return { manualTokenVerificationMetadata: { verifierKey, issuer: AUTH_URL } };
}

function withIssuer(iss: unknown): Options {
  return { manualTokenVerificationMetadata: { verifierKey: issuer.verifierKey, issuer: iss } };
}

function pemOf({ publicKey }: { publicKey: KeyObject }): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const ecPem = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const ed25519Pem = pemOf(generateKeyPairSync('ed25519'));
const rsaPssPem = pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }));
const privateKeyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1Pem = keys.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const REQUIRED_URLS = { authUrl: (url: unknown) => ({ authUrl: url }), issuer: withIssuer };
const URL_OPTIONS = { ...REQUIRED_URLS, apiUrl: (url: unknown) => ({ apiUrl: url }) };

/** What is wrong, the option that the error has to name, and the options. */
const mistakes: [string, string, Options][] = [
  ...Object.entries(REQUIRED_URLS).map(([option, make]): [string, string, Options] => [
    'missing',
    option,
    make(undefined),
  ]),
  ...Object.entries(URL_OPTIONS).flatMap(([option, make]): [string, string, Options][] => [
    ['null', option, make(null)],
    ['empty', option, make('')],
    ['a URL object', option, make(new URL(AUTH_URL))],
    ['without a scheme', option, make('auth.example.com')],
    ['http on another host', option, make('http://auth.example.com')],
    [
      'http on a host that begins like a loopback one',
      option,
      make('http://localhost.evil.example'),
    ],
    ['http on a host that ends like a loopback one', option, make('http://evil-localhost')],
    ['http on an address that begins like one', option, make('http://127.0.0.1.evil.example')],
    ['of another scheme', option, make('ftp://auth.example.com')],
    ['a script', option, make('javascript:alert(1)')],
    ['with a path', option, make(`${AUTH_URL}/api`)],
    ['with a query', option, make(`${AUTH_URL}?a=b`)],
    ['with a fragment', option, make(`${AUTH_URL}#a`)],
    ['with a user name', option, make('https://alice@auth.example.com')],
    ['with a password', option, make('https://:secret@auth.example.com')],
    ['the API key', option, make(API_KEY)],
  ]),
  ['missing', 'apiKey', { apiKey: undefined }],
  ['null', 'apiKey', { apiKey: null }],
  ['empty', 'apiKey', { apiKey: '' }],
  ['blank', 'apiKey', { apiKey: '  ' }],
  ['with a line break', 'apiKey', { apiKey: `${API_KEY}\n` }],
  ['with a line break inside', 'apiKey', { apiKey: `${API_KEY}\r\nX-Evil: 1` }],
  ['with a space', 'apiKey', { apiKey: ` ${API_KEY}` }],
  ['with a character outside ASCII', 'apiKey', { apiKey: `${API_KEY}é` }],
  ['a number', 'apiKey', { apiKey: 1 }],
  ['an array', 'apiKey', { apiKey: [API_KEY] }],
  ['null', 'manualTokenVerificationMetadata', { manualTokenVerificationMetadata: null }],
  [
    'a string',
    'manualTokenVerificationMetadata',
    { manualTokenVerificationMetadata: issuer.verifierKey },
  ],
  [
    'with an additional property',
    'manualTokenVerificationMetadata',
    { manualTokenVerificationMetadata: { ...valid.manualTokenVerificationMetadata, kid: '1' } },
  ],
  ['missing', 'verifierKey', withVerifierKey(undefined)],
  ['empty', 'verifierKey', withVerifierKey('')],
  ['garbage', 'verifierKey', withVerifierKey('garbage')],
  [
    'garbage between the right lines',
    'verifierKey',
    withVerifierKey('-----BEGIN PUBLIC KEY-----\nZ2FyYmFnZQ==\n-----END PUBLIC KEY-----'),
  ],
  ['cut off', 'verifierKey', withVerifierKey(issuer.verifierKey.slice(0, 200))],
  [
    'without its first and last lines',
    'verifierKey',
    withVerifierKey(issuer.verifierKey.split('\n').slice(1, -2).join('')),
  ],
  ['an EC key', 'verifierKey', withVerifierKey(ecPem)],
  ['an Ed25519 key', 'verifierKey', withVerifierKey(ed25519Pem)],
  ['an RSA-PSS key', 'verifierKey', withVerifierKey(rsaPssPem)],
  [
    'an RSA key of 1024 bits',
    'verifierKey',
    withVerifierKey(generateRsaKeyPair(1024).publicKeyPem),
  ],
  ['a private key', 'verifierKey', withVerifierKey(privateKeyPem)],
  ['a PKCS #1 key', 'verifierKey', withVerifierKey(pkcs1Pem)],
  [
    'a certificate',
    'verifierKey',
    withVerifierKey(issuer.verifierKey.replaceAll('PUBLIC KEY', 'CERTIFICATE')),
  ],
  ...[-1, 1.5, 301, '60', NaN, Infinity, null, true].map((seconds): [string, string, Options] => [
    String(seconds),
    'clockToleranceSeconds',
    { clockToleranceSeconds: seconds },
  ]),
  ['true', 'tokenCache', { tokenCache: true }],
  ['null', 'tokenCache', { tokenCache: null }],
  ['a number', 'tokenCache', { tokenCache: 100 }],
  ['with an unknown key', 'tokenCache', { tokenCache: { max: 100 } }],
  ...[0, -1, 1.5, '100', NaN, Infinity, null].map((maxEntries): [string, string, Options] => [
    `for ${maxEntries} entries`,
    'tokenCache',
    { tokenCache: { maxEntries } },
  ]),
  ['null', 'apiKeys', { apiKeys: null }],
  ['with an unknown key', 'apiKeys.ttl', { apiKeys: { ttl: 60 } }],
  ['too long', 'apiKeys.cacheSeconds', { apiKeys: { cacheSeconds: 301 } }],
  ['an address', 'apiKeys.store', { apiKeys: { cacheSeconds: 60, store: 'redis://localhost' } }],
  ['the text true', 'apiKeys.imported', { apiKeys: { imported: 'true' } }],
  ['without cacheSeconds', 'apiKeys.store', { apiKeys: { store: new Map() } }],
  ['zero', 'apiTimeoutMs', { apiTimeoutMs: 0 }],
  ['a string', 'orgSource', { orgSource: 'orgId' }],
  ['null', 'orgSource', { orgSource: null }],
  ['an object', 'orgSource', { orgSource: { from: 'path', name: 'orgId' } }],
  ...[0, -1, 1.5, 300_001, '10000', NaN, Infinity, null].map(
    (apiTimeoutMs): [string, string, Options] => [
      String(apiTimeoutMs),
      'apiTimeoutMs',
      { apiTimeoutMs },
    ],
  ),
  ['an unknown value', 'startupAudit', { startupAudit: 'off' }],
  ['false', 'startupAudit', { startupAudit: false }],
  ['null', 'startupAudit', { startupAudit: null }],
  ['a string', 'debugMode', { debugMode: 'false' }],
  ['null', 'debugMode', { debugMode: null }],
  ['unknown', 'requireUserByDefualt', { requireUserByDefualt: true }],
  ['unknown', 'clockTolerance', { clockTolerance: 60 }],
];

describe.each(forms)('an invalid option in %s fails startup', (_form, moduleOf) => {
  it.each(mistakes)('%s: %s', async (_what, option, options) => {
    const error = await failureOf(start(() => moduleOf({ ...valid, ...options })));
    expect(error).toBeInstanceOf(PropelAuthConfigurationError);
    const { message } = error as Error;
    expect(message).toContain(option);
    expect(message).not.toContain(API_KEY);
    expect(message).not.toContain('secret');
    // Not the name alone, but also what is wrong with it.
    expect(message.length).toBeGreaterThan(option.length + 20);
  });
});

describe('The options', () => {
  it.each([undefined, null, 'options', [valid], () => valid])(
    'must be an object: %s fails startup',
    async (options) => {
      const returned = await failureOf(
        start(() => PropelAuthModule.forRootAsync({ useFactory: () => options as never })),
      );
      expect(returned).toBeInstanceOf(PropelAuthConfigurationError);
    },
  );
});

describe('A valid option is', () => {
  it.each<[string, Options]>([
    ['an authUrl with a slash', { authUrl: `${AUTH_URL}/` }],
    ['an authUrl with a port', { authUrl: `${AUTH_URL}:8443` }],
    ['an authUrl in upper case', { authUrl: AUTH_URL.toUpperCase() }],
    ['http on localhost', { authUrl: 'http://localhost:3000' }],
    ['http on an IPv4 loopback address', { authUrl: 'http://127.0.0.1:3000' }],
    ['http on the IPv6 loopback address', { authUrl: 'http://[::1]:3000' }],
    ['an apiUrl with a slash', { apiUrl: 'https://egress.example.com/' }],
    ['an apiUrl with http on a loopback host', { apiUrl: 'http://localhost:4000' }],
    ['an issuer with a slash', withIssuer(`${AUTH_URL}/`)],
    ['a key with white space around it', withVerifierKey(`\n\t ${issuer.verifierKey} \n\n`)],
    ['a key with literal \\n', withVerifierKey(issuer.verifierKey.replaceAll('\n', '\\n'))],
    ['a key with literal \\r\\n', withVerifierKey(issuer.verifierKey.replaceAll('\n', '\\r\\n'))],
    [
      'a key with Windows line breaks',
      withVerifierKey(issuer.verifierKey.replaceAll('\n', '\r\n')),
    ],
    ['no leeway', { clockToleranceSeconds: 0 }],
    ['the largest leeway', { clockToleranceSeconds: 300 }],
    ['no cache', { tokenCache: false }],
    ['a cache of one token', { tokenCache: { maxEntries: 1 } }],
    ['a cache of the default size', { tokenCache: {} }],
    ['another org source', { orgSource: orgFromHeader('x-org-id') }],
    ['an audit that only warns', { startupAudit: 'warn' }],
    [
      'undefined',
      { apiUrl: undefined, debugMode: undefined, tokenCache: undefined, orgSource: undefined },
    ],
  ])('%s', async (_what, options) => {
    for (const [, moduleOf] of forms) {
      const application = await start(() => moduleOf({ ...valid, ...options }));
      const propelAuth = application.app.get(PropelAuthService);
      const user = await propelAuth.validateAccessToken(await issuer.accessToken(alice));
      expect(user.userId).toBe(alice.userId);
    }
  });
});

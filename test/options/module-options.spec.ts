import type { DynamicModule } from '@nestjs/common';
import {
  PropelAuthConfigurationError,
  PropelAuthModule,
  PropelAuthService,
} from 'nestjs-propelauth';
import { failureOf, startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { generateRsaKeyPair } from '../support/keys.js';
import { alice, API_KEY, AUTH_URL } from '../support/project.js';

type Options = Record<string, unknown>;

/** The two ways to give options; an option is checked either way. */
const FORMS = {
  'forRoot()': (options: unknown) => PropelAuthModule.forRoot(options as never),
  useFactory: (options: unknown) =>
    PropelAuthModule.forRootAsync({ useFactory: () => options as never }),
};
const forms = Object.entries(FORMS);

const { verifierKey } = issuer;
const withKey = (key: unknown): Options => ({
  manualTokenVerificationMetadata: { verifierKey: key, issuer: AUTH_URL },
});
const withIssuer = (iss: unknown): Options => ({
  manualTokenVerificationMetadata: { verifierKey, issuer: iss },
});

const start = async (moduleOf: () => DynamicModule) => startApplication({ imports: [moduleOf()] });

// What is wrong about each option is in lib/options/resolved-options.spec.ts and lib/callers/user/parse-verifier-key.spec.ts.
describe.each(forms)('an invalid option in %s fails startup', (_form, moduleOf) => {
  it.each<[option: string, what: string, options: Options]>([
    ['authUrl', 'missing', { authUrl: undefined }],
    ['authUrl', 'with a password', { authUrl: 'https://:secret@auth.example.com' }],
    ['apiUrl', 'the API key', { apiUrl: API_KEY }],
    ['issuer', 'missing', withIssuer(undefined)],
    ['issuer', 'of another scheme', withIssuer('ftp://auth.example.com')],
    ['apiKey', 'with a line break inside', { apiKey: `${API_KEY}\r\nX-Evil: 1` }],
    ['verifierKey', 'missing', withKey(undefined)],
    ['verifierKey', 'an RSA key of 1024 bits', withKey(generateRsaKeyPair(1024).publicKeyPem)],
    [
      'verifierKey',
      'without its first and last lines',
      withKey(verifierKey.split('\n').slice(1, -2).join('')),
    ],
    ['verifierKey', 'a certificate', withKey(verifierKey.replaceAll('PUBLIC KEY', 'CERTIFICATE'))],
    ['clockToleranceSeconds', 'too long', { clockToleranceSeconds: 301 }],
    ['apiKeys.store', 'without cacheSeconds', { apiKeys: { store: new Map() } }],
    ['requireUserByDefualt', 'unknown', { requireUserByDefualt: true }],
  ])('%s: %s', async (option, _what, options) => {
    const error = await failureOf(start(() => moduleOf({ ...issuer.moduleOptions, ...options })));
    expect(error).toBeInstanceOf(PropelAuthConfigurationError);
    const { message } = error as Error;
    expect(message).toContain(option);
    expect(message).not.toContain(API_KEY);
    expect(message).not.toContain('secret');
    // Not the name alone, but also what is wrong with it.
    expect(message.length).toBeGreaterThan(option.length + 20);
  });
});

it.each([undefined, null, 'options', [issuer.moduleOptions], () => issuer.moduleOptions])(
  'The result of useFactory must be an object: %s fails startup',
  async (options) => {
    const error = await failureOf(start(() => FORMS.useFactory(options)));
    expect(error).toBeInstanceOf(PropelAuthConfigurationError);
  },
);

it.each<[string, Options]>([
  ['an authUrl with a slash', { authUrl: `${AUTH_URL}/` }],
  ['an issuer with a slash', withIssuer(`${AUTH_URL}/`)],
  ['a key with literal \\n', withKey(verifierKey.replaceAll('\n', '\\n'))],
  ['a cache of one token', { tokenCache: { maxEntries: 1 } }],
  ['undefined', { apiUrl: undefined, debugMode: undefined, orgSource: undefined }],
])('A token is accepted with %s', async (_what, options) => {
  for (const [, moduleOf] of forms) {
    const imports = [moduleOf({ ...issuer.moduleOptions, ...options })];
    const { app } = await startApplication({ imports });
    const token = await issuer.accessToken(alice);
    const user = await app.get(PropelAuthService).validateAccessToken(token);
    expect(user.userId).toBe(alice.userId);
  }
});

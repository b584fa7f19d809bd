import { inspect } from 'node:util';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { API_KEY, AUTH_URL } from '../../test/support/project.js';
import { PropelAuthConfigurationError } from './configuration.error.js';
import type { OrgSource } from './org-source.interface.js';
import type { PropelAuthModuleOptions } from './propel-auth-module-options.interface.js';
import { ResolvedOptions } from './resolved-options.js';

const minimal = { authUrl: AUTH_URL, apiKey: API_KEY };

const orgSource: OrgSource = () => undefined;
const store = new Map<string, string>();

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

/** Complete options for events, with something else. */
const webhooksWith = (more: object) => ({ secret: WEBHOOK_SECRET, path: '/webhooks', ...more });

function resolve(options: object = {}): ResolvedOptions {
  return new ResolvedOptions({ ...minimal, ...options });
}

/** The message of the error for these options. */
function rejectionOf(options: unknown): string {
  try {
    return `accepted: ${inspect(new ResolvedOptions(options as PropelAuthModuleOptions))}`;
  } catch (error) {
    if (error instanceof PropelAuthConfigurationError) return error.message;
    throw error;
  }
}

describe('ResolvedOptions', () => {
  it('gets all defaults', () => {
    expect(resolve()).toEqual({
      authUrl: new URL(AUTH_URL),
      apiUrl: new URL('https://propelauth-api.com'),
      issuer: AUTH_URL,
      isIssuerLocal: false,
      acceptsEmulator: true,
      verifierKey: undefined,
      debugMode: false,
      errorCodes: true,
      ignoreContextTypes: [],
      clockToleranceSeconds: 60,
      apiTimeoutMs: 10_000,
      tokenCacheEntries: 10_000,
      apiKeys: { cacheSeconds: 0, store: undefined, imported: false },
      orgSource: undefined,
      startupAudit: 'error',
      endStreamsAtExpiry: true,
      callerKinds: [],
    });
  });

  it.each<keyof PropelAuthModuleOptions>([
    'apiUrl',
    'manualTokenVerificationMetadata',
    'debugMode',
    'errorCodes',
    'clockToleranceSeconds',
    'apiTimeoutMs',
    'tokenCache',
    'apiKeys',
    'orgSource',
    'startupAudit',
    'accessTable',
    'webhooks',
  ])('treats undefined as absent: %s', (option) => {
    expect(resolve({ [option]: undefined })).toEqual(resolve());
  });

  it('accepts every option', async () => {
    const { manualTokenVerificationMetadata } = (await TestIssuer.create()).moduleOptions;
    const options: PropelAuthModuleOptions = {
      ...minimal,
      manualTokenVerificationMetadata: {
        ...manualTokenVerificationMetadata,
        issuer: 'https://other.example.com/',
      },
      debugMode: true,
      errorCodes: false,
      clockToleranceSeconds: 0,
      apiTimeoutMs: 1,
      tokenCache: { maxEntries: 1 },
      apiKeys: { cacheSeconds: 300, store, imported: true },
      orgSource,
      startupAudit: 'warn',
      accessTable: { 'GET /': 'user' },
      webhooks: { secret: [WEBHOOK_SECRET], path: '/webhooks/a.b_c~d-1', store },
    };
    expect(new ResolvedOptions(options)).toMatchObject({
      issuer: 'https://other.example.com',
      verifierKey: manualTokenVerificationMetadata.verifierKey,
      debugMode: true,
      errorCodes: false,
      clockToleranceSeconds: 0,
      apiTimeoutMs: 1,
      tokenCacheEntries: 1,
      apiKeys: { cacheSeconds: 300, store, imported: true },
      orgSource,
      startupAudit: 'warn',
      accessTable: { 'GET /': 'user' },
      webhooks: { path: '/webhooks/a.b_c~d-1', store, maxBodyBytes: 65_536 },
    });
  });

  it.each<[unknown, number]>([
    [false, 0],
    [{}, 10_000],
    [{ maxEntries: undefined }, 10_000],
    [{ maxEntries: 1 }, 1],
    [{ maxEntries: 1_000_000 }, 1_000_000],
  ])('reads a tokenCache of %j as %i entries', (tokenCache, entries) => {
    expect(resolve({ tokenCache }).tokenCacheEntries).toBe(entries);
  });

  it.each([
    ['https://auth.example.com', 'https://auth.example.com'],
    ['https://auth.example.com/', 'https://auth.example.com'],
    ['HTTPS://Auth.Example.COM:443', 'https://auth.example.com'],
    ['https://auth.example.com:8443', 'https://auth.example.com:8443'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('reduces the authUrl %s to its origin', (authUrl, origin) => {
    expect(resolve({ authUrl }).authUrl.href).toBe(`${origin}/`);
    expect(resolve({ authUrl }).issuer).toBe(origin);
    expect(resolve({ apiUrl: authUrl }).apiUrl.href).toBe(`${origin}/`);
  });

  it('says in its error what apiUrl is for, and that it is optional', () => {
    expect(() => resolve({ apiUrl: '' })).toThrow(
      /^apiUrl is missing\. .* or remove it to call https:\/\/propelauth-api\.com\.$/,
    );
    expect(() => resolve({ apiUrl: 'https://:secret@egress.example.com' })).toThrow(
      'apiUrl contains a user name or password. Set it to the origin alone: https://egress.example.com.',
    );
  });

  const urls = [
    [null, /is not a URL/],
    [7, /is not a URL/],
    ['auth.example.com', /is not a URL/],
    [new URL(AUTH_URL), /is not a URL/],
    ['http://auth.example.com', /has to start with https:/],
    ['http://localhost.example.com', /has to start with https:/],
    ['http://evil-localhost', /has to start with https:/],
    ['http://127.0.0.1.example.com', /has to start with https:/],
    ['http://10.0.0.1', /has to start with https:/],
    ['ftp://auth.example.com', /has to start with https:/],
    ['javascript:alert(1)', /has to start with https:/],
    ['https://user:SECRET@auth.example.com', /contains a user name or password/],
    ['https://user@auth.example.com', /contains a user name or password/],
    ['https://:SECRET@auth.example.com', /contains a user name or password/],
    ['https://auth.example.com/path', /contains a path, a query or a fragment/],
    ['https://auth.example.com/?a=b', /contains a path, a query or a fragment/],
    ['https://auth.example.com/#a', /contains a path, a query or a fragment/],
  ] as [unknown, RegExp][];

  describe.each(['authUrl', 'apiUrl'])('rejects the %s', (option) => {
    it.each(urls)('%s', (url, message) => {
      const rejection = rejectionOf({ ...minimal, [option]: url });
      expect(rejection).toMatch(new RegExp(`^${option} `));
      expect(rejection).toMatch(message);
      expect(rejection).not.toContain('SECRET');
    });
  });

  // Metadata without an issuer is a different error.
  it.each(urls.filter(([issuer]) => typeof issuer === 'string'))(
    'rejects the issuer %s',
    (issuer, message) => {
      const manualTokenVerificationMetadata = { verifierKey: 'key', issuer };
      const rejection = rejectionOf({ ...minimal, manualTokenVerificationMetadata });
      expect(rejection).toMatch(/^manualTokenVerificationMetadata\.issuer /);
      expect(rejection).toMatch(message);
    },
  );

  it.each<[keyof PropelAuthModuleOptions, unknown[], RegExp]>([
    [
      'authUrl',
      [undefined, ''],
      /^- authUrl is missing\. Set PROPELAUTH_AUTH_URL to the Auth URL /m,
    ],
    [
      'authUrl',
      ['https://app.propelauth.com/proj/1/backend_integration', 'https://propelauth-api.com'],
      /^authUrl is an address of PropelAuth's dashboard or API, and not of your project\. Set it to the Auth URL /,
    ],
    ['apiKey', [undefined, ''], /^- apiKey is missing\. Set PROPELAUTH_API_KEY to an API key /m],
    [
      'webhooks',
      [{ secret: undefined }, { secret: '', path: '/webhooks' }],
      /^- webhooks\.secret is missing\. Set PROPELAUTH_WEBHOOK_SECRET to the signing secret /m,
    ],
    [
      'manualTokenVerificationMetadata',
      [{ verifierKey: undefined, issuer: AUTH_URL }],
      /^- manualTokenVerificationMetadata\.verifierKey is missing\. Set PROPELAUTH_VERIFIER_KEY to the public key /m,
    ],
    ['apiKey', [null, 7, ' ', '\n', [API_KEY]], /apiKey is blank or not a string/],
    [
      'apiKey',
      ['a b', ' key', 'key\n', 'key\r\nX: y', 'kéy', '\u200bkey'],
      /apiKey contains white space/,
    ],
    [
      'manualTokenVerificationMetadata',
      [null, 7, 'pem', []],
      /manualTokenVerificationMetadata is not an object. Set it to \{ verifierKey, issuer \}/,
    ],
    [
      'manualTokenVerificationMetadata',
      [{}, { verifierKey: 'a' }, { issuer: AUTH_URL }, { verifierKey: 7, issuer: AUTH_URL }],
      /manualTokenVerificationMetadata is incomplete. Set it to \{ verifierKey, issuer \}/,
    ],
    [
      'manualTokenVerificationMetadata',
      [{ verifierKey: 'a', issuer: AUTH_URL, audience: 'b' }],
      /manualTokenVerificationMetadata.audience is not an option/,
    ],
    ['errorCodes', [null, 'true', 'false', 0, 1, {}], /errorCodes is not a boolean/],
    ['debugMode', [null, 'true', 'false', 0, 1, {}], /debugMode is not a boolean/],
    [
      'clockToleranceSeconds',
      [null, true, -1, 0.5, 301, NaN, Infinity, '60'],
      /clockToleranceSeconds has to be an integer from 0 to 300/,
    ],
    [
      'apiTimeoutMs',
      [null, 0, -1, 0.5, 300_001, NaN, Infinity, '10000'],
      /apiTimeoutMs has to be an integer from 1 to 300000/,
    ],
    ['apiKeys', [{ imported: 'true' }, { imported: 1 }], /apiKeys\.imported is not a boolean/],
    ['apiKeys', [null, true, 60, 'off', [], () => ({})], /apiKeys is not an object/],
    [
      'apiKeys',
      [null, -1, 0.5, 301, NaN, '60'].map((cacheSeconds) => ({ cacheSeconds })),
      /apiKeys.cacheSeconds has to be an integer from 0 to 300/,
    ],
    [
      'apiKeys',
      [{ cacheseconds: 60 }, { cacheSeconds: 60, ttl: 60 }, { maxEntries: 1 }],
      /apiKeys\.(cacheseconds|ttl|maxEntries) is not an option.*takes cacheSeconds, store, imported/,
    ],
    [
      'apiKeys',
      [null, 'redis://localhost', {}, { get: () => '' }, { set: () => '' }].map((wrong) => ({
        cacheSeconds: 60,
        store: wrong,
      })),
      /apiKeys.store has no get\(\) and set\(\)/,
    ],
    [
      'apiKeys',
      [{ store }, { cacheSeconds: 0, store }],
      /apiKeys.store has no effect without apiKeys.cacheSeconds. Set cacheSeconds/,
    ],
    [
      'tokenCache',
      [null, true, 7, 'off', []],
      /tokenCache is not an object. Set it to false or \{ maxEntries \}/,
    ],
    ['tokenCache', [{ max: 1 }], /tokenCache.max is not an option.*tokenCache takes maxEntries/],
    [
      'tokenCache',
      [0, -1, 0.5, 1_000_001, NaN, '10', null].map((maxEntries) => ({ maxEntries })),
      /tokenCache.maxEntries has to be an integer from 1 to 1000000/,
    ],
    ['webhooks', [null, true, 'whsec_', [], () => ({})], /webhooks is not an object/],
    [
      'webhooks',
      [{ secrets: [WEBHOOK_SECRET] }, { secret: WEBHOOK_SECRET, url: '/webhooks' }],
      /webhooks\.(secrets|url) is not an option.*takes secret, path, receive, store, maxBodyBytes/,
    ],
    [
      'webhooks',
      [
        {},
        webhooksWith({ secret: 'whsec_' }),
        webhooksWith({ secret: `whsec_${Buffer.alloc(23).toString('base64')}` }),
        webhooksWith({ secret: Buffer.alloc(24).toString('base64') }),
        webhooksWith({ secret: `whsec_${'!'.repeat(40)}` }),
        ...[[], [WEBHOOK_SECRET, ''], 7, null].map((secret) => webhooksWith({ secret })),
      ],
      /^(?!.*!!)webhooks\.secret is not a signing secret/,
    ],
    [
      'webhooks',
      [{ secret: WEBHOOK_SECRET }, { secret: [WEBHOOK_SECRET], maxBodyBytes: 2_000 }],
      /^webhooks has neither path nor receive, so no event can arrive\. Set path, such as '\/webhooks\/propelauth', or set receive to 'own'/,
    ],
    [
      'webhooks',
      [webhooksWith({ receive: 'own' })],
      /^webhooks has both path and receive\. Remove receive to .*, or remove path to pass them to PropelAuthWebhooks\.receive\(\)/,
    ],
    [
      'webhooks',
      [true, null, 'route', 'OWN', () => {}].map((receive) => webhooksWith({ receive })),
      /^webhooks\.receive is not 'own'\. Set it to 'own' to pass events to PropelAuthWebhooks\.receive\(\)/,
    ],
    [
      'webhooks',
      [0, 1_023, 1_048_577, 1_024.5, '65536', null].map((maxBodyBytes) =>
        webhooksWith({ maxBodyBytes }),
      ),
      /webhooks\.maxBodyBytes has to be an integer from 1024 to 1048576/,
    ],
    [
      'webhooks',
      [
        [null, 7, '', '/', 'webhooks', '/webhooks/', '//webhooks', '/webhooks//propelauth'],
        ['/:name', '/*all', '/a b', '/a%20b', '/a?b', '/a#b', '/.', '/a/..', '/../a', '/a\n'],
        ['https://example.com/webhooks', '/(a|b)', '/{a}', '/a+', '/ä'],
      ]
        .flat()
        .map((path) => webhooksWith({ path })),
      /webhooks\.path is not a path/,
    ],
    [
      'webhooks',
      [null, 'redis://localhost', {}, { get: () => '' }].map((wrong) =>
        webhooksWith({ store: wrong }),
      ),
      /webhooks\.store has no get\(\) and set\(\)/,
    ],
    ['orgSource', [null, 'orgId', {}, { orgId: 'x' }], /orgSource is not a function/],
    [
      'accessTable',
      [null, 'user', ['user'], true],
      /^accessTable is not an object\. Set accessTable to/,
    ],
    [
      'accessTable',
      [{ 'GET /': true }, { 'GET /': ['user'] }],
      /^accessTable\['GET \/'\] is not a string\. Set/,
    ],
    [
      'callerKinds',
      [null, 'service', {}, () => {}],
      /^callerKinds is not a list\. Set it to your provider classes that implement CallerKind/,
    ],
    [
      'startupAudit',
      [null, true, false, 'off', 'ERROR'],
      /startupAudit has to be 'error' or 'warn'/,
    ],
  ])('rejects %s in %j', (option, values, message) => {
    for (const value of values) {
      expect(rejectionOf({ ...minimal, [option]: value })).toMatch(message);
    }
  });

  it.each([undefined, null, 7, 'options', [], () => minimal])(
    'rejects %s as options',
    (options) => {
      expect(rejectionOf(options)).toMatch(/options of PropelAuthModule are not an object/);
    },
  );

  it.each(['tokencache', 'apikey', 'verifierKey', 'telemetry', 'constructor', 'toString'])(
    'rejects the unknown option %s by name, and lists the known ones',
    (option) => {
      const rejection = rejectionOf({ ...minimal, [option]: true });
      expect(rejection).toMatch(new RegExp(`^${option} is not an option of PropelAuthModule`));
      expect(rejection).toMatch(/authUrl, apiKey, .*tokenCache.*requireUserByDefault, .*plugins/);
    },
  );

  it.each(['isGlobal', 'requireUserByDefault', 'plugins'])(
    'says where the option %s belongs',
    (extra) => {
      const rejection = rejectionOf({ ...minimal, [extra]: true });
      expect(rejection).toMatch(new RegExp(`^${extra} has no effect .* next to useFactory`));
    },
  );

  it.each([
    ['another option is wrong', { debugMode: 'true' }],
    ['it is wrong itself', { apiKey: `${API_KEY} ` }],
    ['it is in place of another option', { authUrl: API_KEY }],
    ['it is in place of the address of the API', { apiUrl: API_KEY }],
    [
      'it is in place of the issuer',
      { manualTokenVerificationMetadata: { verifierKey: 'key', issuer: API_KEY } },
    ],
    ['it has a wrong name', { apikey: API_KEY }],
  ])('never repeats the API key if %s', (_when, options) => {
    const rejection = rejectionOf({ ...minimal, ...options });
    expect(rejection).not.toContain('accepted');
    expect(rejection).not.toContain(API_KEY);
  });

  it('does not print the API key', () => {
    const options = resolve();
    expect(options.readApiKey()).toBe(API_KEY);
    for (const printed of [
      inspect(options, { depth: null, showHidden: true, getters: false }),
      inspect({ nested: [options] }),
      JSON.stringify(options),
      JSON.stringify(Object.entries(options)),
    ]) {
      expect(printed).not.toContain(API_KEY);
    }
  });
});

import type { Emulator } from 'propelauth-emulator';
import {
  ACME,
  askToSignIn,
  AUTHORIZATION_REQUEST,
  CODE_CHALLENGE,
  codeOf,
  createProject,
  destinationOf,
  OTHER_ORG,
  REDIRECT_URI,
  signIn,
  type Parameters,
} from './oauth-client.js';

/** Not from a client, or for an address that is not trusted. */
const NOT_TO_BE_TRUSTED: [string, Parameters][] = [
  ['no client_id', { client_id: undefined }],
  ['an empty client_id', { client_id: '' }],
  ['two client_ids', { client_id: ['docs', 'another'] }],
  ['the same client_id twice', { client_id: ['docs', 'docs'] }],
  ['a client_id that is too long', { client_id: 'x'.repeat(201) }],
  ['no redirect_uri', { redirect_uri: undefined }],
  ['the same redirect_uri twice', { redirect_uri: [REDIRECT_URI, REDIRECT_URI] }],
  ...[
    'https://evil.example/',
    'http://localhost:3000@evil.example/docs/oauth2-redirect.html',
    'http://localhost.evil.example/',
    'http://127.0.0.1.evil.example/',
    '//evil.example/',
    'http://localhost:3000/docs/oauth2-redirect.html#',
    'http://localhost:3000/#evil',
    'javascript:alert(1)//localhost',
    'blob:http://localhost:3000/evil',
    'data:text/html,evil',
    'com.example.app:/callback',
    '/docs/oauth2-redirect.html',
    `http://localhost:3000/${'x'.repeat(2_000)}`,
  ].map((uri): [string, Parameters] => [
    `the redirect_uri ${JSON.stringify(uri.slice(0, 100))}`,
    { redirect_uri: uri },
  ]),
];

/** From a client, so that it can be told what is wrong. */
const WRONG: [string, Parameters, string][] = [
  ['no response_type', { response_type: undefined }, 'invalid_request'],
  ['the response_type token', { response_type: 'token' }, 'unsupported_response_type'],
  ['the response_type code token', { response_type: 'code token' }, 'unsupported_response_type'],
  ['no code_challenge', { code_challenge: undefined }, 'invalid_request'],
  ['an empty code_challenge', { code_challenge: '' }, 'invalid_request'],
  ['a code_challenge that is too short', { code_challenge: 'short' }, 'invalid_request'],
  ['a longer code_challenge', { code_challenge: `${CODE_CHALLENGE}A` }, 'invalid_request'],
  ['a padded code_challenge', { code_challenge: `${CODE_CHALLENGE}=` }, 'invalid_request'],
  ['no code_challenge_method', { code_challenge_method: undefined }, 'invalid_request'],
  ['the code_challenge_method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['the code_challenge_method s256', { code_challenge_method: 's256' }, 'invalid_request'],
  ['two response_types', { response_type: ['code', 'code'] }, 'invalid_request'],
  ['two code_challenges', { code_challenge: [CODE_CHALLENGE, 'B'] }, 'invalid_request'],
  ['two org_ids', { org_id: [ACME, ACME] }, 'invalid_request'],
  ['two prompts', { prompt: ['login', 'login'] }, 'invalid_request'],
  ['two of an unknown parameter', { unknown: ['1', '2'] }, 'invalid_request'],
];

describe('/propelauth/oauth/authorize', () => {
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await createProject();
  });

  const textFor = async (parameters: Parameters = {}) => {
    const response = await askToSignIn(emulator, parameters);
    expect(response.status).toBe(200);
    return response.text();
  };

  describe('GET', () => {
    it.each([
      {},
      { prompt: 'login' },
      { org_id: ACME },
      { unknown: '1' },
      { state: undefined },
      { client_id: 'any' },
      { redirect_uri: 'http://127.0.0.1:8000/callback?x=1' },
    ])('asks who signs in with %j', async (parameters: Parameters) => {
      const users = [
        ...(await textFor(parameters)).matchAll(/<button name="user" value="(\w+)">/g),
      ];
      expect(users.map(([, name]) => name)).toEqual(['alice', 'dave']);
    });

    it('creates no code, not even for a user in the query', async () => {
      const { headers } = await askToSignIn(emulator, { user: 'alice' });
      expect(headers.has('location')).toBe(false);
    });

    it('escapes the request in its markup', async () => {
      const hostile = `"><script>alert(1)</script>'&amp;`;
      const text = await textFor({ state: hostile, org_id: hostile, client_id: hostile });
      expect(text).not.toContain('<script');
      expect(
        text.match(/&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;&#39;&amp;amp;/g),
        // In both forms: choosing a user, and signing in with a password.
      ).toHaveLength(6);
    });

    it('sends only the request back with the form', async () => {
      const text = await textFor({ org_id: ACME, unknown: '1' });
      const fields = [...text.matchAll(/<input type="hidden" name="(\w+)" value="(.*?)"\s*\/?>/g)];
      expect(Object.fromEntries(fields.map(([, name, value]) => [name, value]))).toEqual({
        ...AUTHORIZATION_REQUEST,
        org_id: ACME,
        // The address of this page, for the pages that lead back to it.
        rt: expect.stringMatching(/^[\w+/=]+$/),
      });
      expect(text).toContain('<form method="post" action="?">');
    });
  });

  describe('POST', () => {
    it('redirects the browser with GET, with a code and the state', async () => {
      const response = await signIn(emulator, { user: 'alice' });
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(destinationOf(response)).toEqual({
        address: REDIRECT_URI,
        parameters: { code: expect.stringMatching(/^[\w-]{43}$/), state: 'the state' },
      });
    });

    it('creates a new code each time', async () => {
      const codes = await Promise.all([1, 2, 3].map(() => codeOf(emulator, 'alice')));
      expect(new Set(codes).size).toBe(3);
    });

    it.each([undefined, '', 'mallory', 'Alice', '__proto__'])(
      'creates no code for the user %j',
      async (user) => {
        const { status, headers } = await signIn(emulator, { user });
        expect(status).toBe(400);
        expect(headers.has('location')).toBe(false);
      },
    );

    it('creates no code for two users', async () => {
      const response = await signIn(emulator, { user: ['alice', 'dave'] });
      expect(destinationOf(response).parameters).toMatchObject({ error: 'invalid_request' });
    });

    it('creates no code for a body that is no form', async () => {
      const { status } = await emulator.fetch('http://localhost:4000/propelauth/oauth/authorize', {
        method: 'POST',
        headers: { origin: 'http://localhost:4000', 'content-type': 'application/json' },
        body: '['.repeat(10_000),
      });
      expect(status).toBe(400);
    });

    it.each([
      ['dave', ACME],
      ['alice', OTHER_ORG],
      ['alice', '__proto__'],
    ])('denies %s a token of the organization %s', async (user, orgId) => {
      const response = await signIn(emulator, { user, org_id: orgId });
      expect(destinationOf(response)).toEqual({
        address: REDIRECT_URI,
        parameters: {
          error: 'access_denied',
          error_description: 'The user is not in the organization.',
          state: 'the state',
        },
      });
    });
  });

  describe.each(['GET', 'POST'])('%s', (method) => {
    const send = (parameters: Parameters) =>
      method === 'GET'
        ? askToSignIn(emulator, parameters)
        : signIn(emulator, { user: 'alice', ...parameters });

    it.each(NOT_TO_BE_TRUSTED)('does not redirect for %s', async (_case, parameters) => {
      const response = await send(parameters);
      expect(response.status).toBe(400);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('x-frame-options')).toBe('DENY');
      expect(response.headers.has('location')).toBe(false);
      expect(await response.text()).not.toContain('evil');
    });

    it('redirects to an origin that is allowed', async () => {
      const allowing = await createProject(['https://app.example']);
      const parameters = { redirect_uri: 'https://app.example/callback', response_type: 'token' };
      const response = await (method === 'GET'
        ? askToSignIn(allowing, parameters)
        : signIn(allowing, { user: 'alice', ...parameters }));
      expect(destinationOf(response).address).toBe('https://app.example/callback');
    });

    it.each(WRONG)('reports %s to the client', async (_case, parameters, error) => {
      expect(destinationOf(await send(parameters))).toEqual({
        address: REDIRECT_URI,
        parameters: { error, error_description: expect.any(String), state: 'the state' },
      });
    });

    it('returns the state unchanged', async () => {
      const state = `a b+c&d=e?f#g%20ü"<>'`;
      const response = await send({ state, response_type: 'token' });
      expect(destinationOf(response).parameters['state']).toBe(state);
    });

    it('encodes spaces so that Swagger UI decodes them', async () => {
      const { headers } = await send({ state: 'a b', response_type: 'token' });
      expect(headers.get('location')).toMatch(/&state=a%20b$/);
      expect(headers.get('location')).not.toContain('+');
    });

    it.each([[undefined], [''], [['one', 'two']]])('adds no state for %j', async (state) => {
      const response = await send({ state, response_type: 'token' });
      expect(destinationOf(response).parameters).not.toHaveProperty('state');
    });
  });
});

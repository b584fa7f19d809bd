import { createHash } from 'node:crypto';
import request from 'supertest';
import {
  askToSignIn,
  AUTHORIZATION_REQUEST,
  AUTHORIZE,
  CODE_CHALLENGE,
  codeOf,
  destinationOf,
  encode,
  signIn,
  type Parameters,
} from './oauth.js';
import { LOCAL, startSampleApp, type SampleApp } from './sample-app.js';

const REDIRECT_URI = AUTHORIZATION_REQUEST.redirect_uri;
const OTHER_ORG = '0e1f0000-0000-4000-8000-000000000000';
const ACME = 'acce0000-0000-4000-8000-000000000000';

/** Not from the client, or for somewhere else than its redirect URI. */
const NOT_TO_BE_TRUSTED: [string, Parameters][] = [
  ['no client_id', { client_id: undefined }],
  ['an empty client_id', { client_id: '' }],
  ['an unknown client_id', { client_id: 'another' }],
  ['a client_id in another case', { client_id: 'Sample-App-Docs' }],
  ['two client_ids', { client_id: ['sample-app-docs', 'another'] }],
  ['the same client_id twice', { client_id: ['sample-app-docs', 'sample-app-docs'] }],
  ['no redirect_uri', { redirect_uri: undefined }],
  ['the same redirect_uri twice', { redirect_uri: [REDIRECT_URI, REDIRECT_URI] }],
  ...[
    'https://evil.example/',
    'http://127.0.0.1:3000/docs/oauth2-redirect.html',
    'http://localhost:3001/docs/oauth2-redirect.html',
    'http://localhost/docs/oauth2-redirect.html',
    'https://localhost:3000/docs/oauth2-redirect.html',
    'http://LOCALHOST:3000/docs/oauth2-redirect.html',
    'http://localhost:3000@evil.example/docs/oauth2-redirect.html',
    'http://localhost:3000/docs/oauth2-redirect.html/',
    'http://localhost:3000/docs/../docs/oauth2-redirect.html',
    'http://localhost:3000/docs/oauth2-redirect.html?next=1',
    'http://localhost:3000/docs/oauth2-redirect.html#',
    'http://localhost:3000/docs/oauth2-redirect.html ',
    'http://localhost:3000/docs/oauth2-redirect',
    '/docs/oauth2-redirect.html',
  ].map((uri): [string, Parameters] => [
    `the redirect_uri ${JSON.stringify(uri)}`,
    { redirect_uri: uri },
  ]),
];

/** From the client, so that it can be told what is wrong. */
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

describe('The authorization endpoint', () => {
  let sampleApp: SampleApp;

  beforeAll(async () => {
    sampleApp = await startSampleApp(LOCAL);
  });

  afterAll(() => sampleApp.close());

  const ask = (parameters: Parameters = {}) =>
    askToSignIn(sampleApp, { ...AUTHORIZATION_REQUEST, ...parameters });

  describe('GET', () => {
    it('asks who signs in', async () => {
      const { text } = await ask().expect(200).expect('Content-Type', 'text/html; charset=utf-8');
      const users = [...text.matchAll(/<button name="user" value="(\w+)">/g)];
      expect(users.map(([, name]) => name)).toEqual(['alice', 'bob', 'carol', 'dave']);
    });

    it.each([{ prompt: 'login' }, { org_id: ACME }, { unknown: '1' }, { state: undefined }])(
      'asks who signs in with %j',
      async (parameters) => {
        const { text } = await ask(parameters).expect(200);
        expect(text).toContain('<button ');
      },
    );

    it('creates no code, not even for a user in the query', async () => {
      const { headers } = await ask({ user: 'alice' }).expect(200);
      expect(headers).not.toHaveProperty('location');
    });

    it('is not cached, framed or readable by another site', async () => {
      const { headers: toOthers } = await ask().set('Origin', 'https://evil.example').expect(403);
      expect(toOthers).not.toHaveProperty('access-control-allow-origin');
      const { headers } = await ask()
        .expect('Cache-Control', 'no-store')
        .expect('X-Frame-Options', 'DENY')
        .expect('X-Content-Type-Options', 'nosniff')
        .expect('Content-Security-Policy', /(^|; )frame-ancestors 'none'(;|$)/);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    });

    it('lets its own POST send its origin', async () => {
      expect((await ask()).headers).toMatchObject({ 'referrer-policy': 'same-origin' });
    });

    it('allows only its own style and form', async () => {
      const { text, headers } = await ask();
      const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(headers['content-security-policy']).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' http://localhost:3000; ` +
          "frame-ancestors 'none'; base-uri 'none'",
      );
      expect(text).not.toMatch(/<script|<link|<img|@import|url\(|\bsrc=|\bstyle=|\bon\w+=/i);
    });

    it('has a language, a title and dark mode colors', async () => {
      const { text } = await ask();
      expect(text).toContain('<html lang="en">');
      expect(text).toContain('<title>Who are you?</title>');
      expect(text).toContain('color-scheme: light dark');
    });

    it('escapes the request in its markup', async () => {
      const hostile = `"><script>alert(1)</script>'&amp;`;
      const { text } = await ask({ state: hostile, org_id: hostile, user: hostile });
      expect(text).not.toContain('<script');
      expect(
        text.match(/&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;&#39;&amp;amp;/g),
      ).toHaveLength(2);
    });

    it('sends only the request back with the form', async () => {
      const { text } = await ask({ org_id: ACME, unknown: '1' });
      const fields = [...text.matchAll(/<input type="hidden" name="(\w+)" value="(.*?)">/g)];
      expect(Object.fromEntries(fields.map(([, name, value]) => [name, value]))).toEqual({
        ...AUTHORIZATION_REQUEST,
        org_id: ACME,
      });
      expect(text).toContain('<form method="post" action="?">');
    });
  });

  describe('POST', () => {
    it('redirects the browser with GET, with a code and the state', async () => {
      const response = await signIn(sampleApp, { user: 'alice' })
        .expect(303)
        .expect('Cache-Control', 'no-store');
      expect(destinationOf(response)).toEqual({
        address: REDIRECT_URI,
        parameters: { code: expect.stringMatching(/^[\w-]{43}$/), state: 'the state' },
      });
    });

    it('creates a new code each time', async () => {
      const codes = await Promise.all([1, 2, 3].map(() => codeOf('alice', sampleApp)));
      expect(new Set(codes).size).toBe(3);
    });

    it.each([
      undefined,
      'null',
      'https://evil.example',
      'http://127.0.0.1:3000',
      'http://localhost:3001',
      'http://localhost',
      'https://localhost:3000',
      'http://localhost:3000.evil.example',
    ])('creates no code for a form from the origin %s', async (origin) => {
      const posting = request(sampleApp.url).post(AUTHORIZE).type('form');
      if (origin !== undefined) posting.set('Origin', origin);
      const form = encode({ ...AUTHORIZATION_REQUEST, user: 'alice' });
      const { headers, text } = await posting.send(form).expect(403);
      expect(headers).not.toHaveProperty('location');
      expect(text).toMatch(
        /Only a page of http:\/\/localhost:3000 |Pages of other origins cannot /,
      );
    });

    it.each([undefined, '', 'mallory', 'Alice', '__proto__'])(
      'creates no code for the user %j',
      async (user) => {
        const { headers } = await signIn(sampleApp, { user }).expect(400);
        expect(headers).not.toHaveProperty('location');
      },
    );

    it('creates no code for two users', async () => {
      const response = await signIn(sampleApp, { user: ['alice', 'bob'] }).expect(303);
      expect(destinationOf(response).parameters).toMatchObject({ error: 'invalid_request' });
    });

    it.each([
      ['dave', ACME],
      ['alice', OTHER_ORG],
      ['alice', '__proto__'],
    ])('denies %s a token of the organization %s', async (user, orgId) => {
      const response = await signIn(sampleApp, { user, org_id: orgId }).expect(303);
      expect(destinationOf(response)).toEqual({
        address: REDIRECT_URI,
        parameters: {
          error: 'access_denied',
          error_description: `${user} is not in the organization.`,
          state: 'the state',
        },
      });
    });
  });

  describe.each(['GET', 'POST'])('%s', (method) => {
    const send = (parameters: Parameters) =>
      method === 'GET' ? ask(parameters) : signIn(sampleApp, { user: 'alice', ...parameters });

    it.each(NOT_TO_BE_TRUSTED)('does not redirect for %s', async (_case, parameters) => {
      const { headers, text } = await send(parameters)
        .expect(400)
        .expect('Cache-Control', 'no-store')
        .expect('X-Frame-Options', 'DENY')
        .expect('Content-Type', 'text/html; charset=utf-8');
      expect(headers).not.toHaveProperty('location');
      expect(text).not.toContain('evil');
    });

    it('names the valid redirect_uri, and where to start again', async () => {
      const uri = 'http://127.0.0.1:3000/docs/oauth2-redirect.html';
      const { text } = await send({ redirect_uri: uri });
      expect(text).toContain(`The only redirect_uri is ${REDIRECT_URI}`);
      expect(text).toContain('start again at http://localhost:3000/docs<');
    });

    it.each(WRONG)('reports %s to the client', async (_case, parameters, error) => {
      const response = await send(parameters).expect(303).expect('Cache-Control', 'no-store');
      expect(destinationOf(response)).toEqual({
        address: REDIRECT_URI,
        parameters: { error, error_description: expect.any(String), state: 'the state' },
      });
    });

    it('returns the state unchanged', async () => {
      const state = `a b+c&d=e?f#g%20ü"<>'`;
      const response = await send({ state, response_type: 'token' }).expect(303);
      expect(destinationOf(response).parameters['state']).toBe(state);
    });

    it('encodes spaces so that Swagger UI decodes them', async () => {
      const { headers } = await send({ state: 'a b', response_type: 'token' });
      expect(headers['location']).toMatch(/&state=a%20b$/);
      expect(headers['location']).not.toContain('+');
    });

    it.each([[undefined], [''], [['one', 'two']]])('adds no state for %j', async (state) => {
      const response = await send({ state, response_type: 'token' }).expect(303);
      expect(destinationOf(response).parameters).not.toHaveProperty('state');
    });
  });
});

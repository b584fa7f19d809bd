import assert from 'node:assert/strict';
import { stopClock } from '../../support/fake-timers.js';
import { Browser } from './browser.js';
import { allow, CALLBACK, McpClient, STATE, VERIFIER } from './mcp-client.js';
import { encode } from './oauth-client.js';
import { basic, createProject, introspect, SCOPES, type McpProject } from './mcp-project.js';

const REGISTRATION = '/oauth/2.1/register';
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const LONG = 'x'.repeat(1_000);
const MANY = Array.from({ length: 51 }, (_, index) => `s${index}`);
const NESTED = '['.repeat(8_000) + ']'.repeat(8_000);
const WITHOUT_PKCE = { code_challenge: undefined, code_challenge_method: undefined };

let project: McpProject;
let client: McpClient;

beforeEach(async () => {
  project = await createProject();
  client = await McpClient.register(project);
});

/** Sends a body to an endpoint. */
function post(
  path: string,
  body: string | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<Response> {
  return project.fetch(project.origin + path, { method: 'POST', body, headers });
}

function register(body: unknown): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return post(REGISTRATION, text, { 'content-type': JSON_TYPE });
}

async function codeFor(): Promise<URLSearchParams> {
  return client.readCallback(await client.authorize());
}

async function errorOf(response: Response): Promise<unknown> {
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  return ((await response.json()) as { error: unknown }).error;
}

async function isActive(token: string): Promise<boolean> {
  const response = await introspect(project, token);
  return ((await response.json()) as { active: boolean }).active;
}

describe('an attack on the authorization server for MCP clients', () => {
  describe('by an authorization request', () => {
    /** Errors that the client learns about, at its own redirect URI. */
    it.each([
      ['without a state', { state: undefined }, 'invalid_request'],
      ['with an empty state', { state: '' }, 'invalid_request'],
      ['without a resource', { resource: undefined }, 'invalid_target'],
      ['for another machine without TLS', { resource: 'http://api.example.com' }, 'invalid_target'],
      ['for a fragment', { resource: 'https://api.example.com/mcp#x' }, 'invalid_target'],
      ['for an empty fragment', { resource: 'https://api.example.com/mcp#' }, 'invalid_target'],
      ['for a password', { resource: 'https://a:b@api.example.com/mcp' }, 'invalid_target'],
      ['for a script', { resource: 'javascript:alert(1)' }, 'invalid_target'],
      ['for a long resource', { resource: `https://a.example/${LONG}` }, 'invalid_target'],
      ['for a resource that is no URL', { resource: 'mcp' }, 'invalid_target'],
      ['without PKCE', WITHOUT_PKCE, 'invalid_request'],
      ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
      ['without a method of PKCE', { code_challenge_method: undefined }, 'invalid_request'],
      ['with a short challenge', { code_challenge: 'short' }, 'invalid_request'],
      ['with a scope in quotes', { scope: '"read"' }, 'invalid_scope'],
      ['with a scope outside of ASCII', { scope: 'lés' }, 'invalid_scope'],
      ['with two spaces between scopes', { scope: 'read  write' }, 'invalid_scope'],
      ['with a line break between scopes', { scope: 'read\nwrite' }, 'invalid_scope'],
      ['with a scope that is too long', { scope: 'x'.repeat(101) }, 'invalid_scope'],
      ['with too many scopes', { scope: MANY.join(' ') }, 'invalid_scope'],
      ['with a state that is too long', { state: 'x'.repeat(4_001) }, 'invalid_request'],
      ['for an implicit token', { response_type: 'token' }, 'unsupported_response_type'],
      ['with response_type none', { response_type: 'none' }, 'unsupported_response_type'],
      ['without a response type', { response_type: undefined }, 'invalid_request'],
    ])('%s gets no code', async (_how, parameters, error) => {
      const browser = await project.newBrowser();
      const { url } = await browser.open(await client.authorizationUrl(parameters));
      const { origin, pathname, search, hash } = new URL(url);
      expect(origin + pathname).toBe(CALLBACK);
      // A client that asks for a token in the fragment looks for the error there.
      const answer = new URLSearchParams(search || hash.slice(1));
      expect(answer.get('error')).toBe(error);
      expect(answer.get('iss')).toBe(`${project.origin}/oauth/2.1`);
      const { state = '' } = { state: STATE, ...parameters } as { state?: string };
      expect(answer.get('state') ?? '').toBe(state);
      expect(answer.has('code')).toBe(false);
    });

    /** Redirecting would make the server an open redirect. */
    it.each([
      ['another port', 'http://127.0.0.1:9998/callback'],
      ['no port', 'http://127.0.0.1/callback'],
      ['another path', `${CALLBACK}/x`],
      ['a longer path', `${CALLBACK}x`],
      ['a query', `${CALLBACK}?x=1`],
      ['another host of this machine', 'http://localhost:9999/callback'],
      ['another scheme', 'https://127.0.0.1:9999/callback'],
      ['a user before the host', 'http://127.0.0.1:9999@attacker.example/callback'],
      ['another site', 'https://attacker.example/'],
      ['a script', 'javascript:alert(1)'],
      ['an invalid URL', '//attacker.example'],
    ])('with a redirect URI of %s is not redirected', async (_what, uri) => {
      const browser = await project.newBrowser();
      for (const parameters of [{}, { state: undefined }, { resource: undefined }]) {
        const url = await client.authorizationUrl({ redirect_uri: uri, ...parameters });
        const page = await browser.open(url);
        expect(page.status).toBe(400);
        expect(page.url).toBe(url.href);
        expect(page.headers.get('location')).toBeNull();
      }
    });

    it('with another port is not redirected, even for an application on a device', async () => {
      const application = 'com.example.app:/callback';
      client = await McpClient.register(project, { redirect_uris: [application, CALLBACK] });
      const browser = await project.newBrowser();
      const uri = 'http://127.0.0.1:9998/callback';
      const page = await browser.open(await client.authorizationUrl({ redirect_uri: uri }));
      expect(page.status).toBe(400);
    });

    it.each(['client_id', 'redirect_uri', 'state', 'scope', 'code_challenge', 'resource'])(
      'with two values for %s gets no code',
      async (name) => {
        const url = await client.authorizationUrl();
        url.searchParams.append(name, 'https://attacker.example/');
        const browser = await project.newBrowser();
        const page = await browser.open(url);
        expect(page.url).not.toContain('attacker.example/callback');
        expect(page.url).not.toContain('code=');
        expect(new URL(page.url).host).not.toBe('attacker.example');
        expect([303, 400]).toContain(page.status);
      },
    );

    it('with parameters of OpenID Connect gets the same as without them', async () => {
      const page = await client.authorize({
        prompt: 'none',
        response_mode: 'form_post',
        request: 'x',
        request_uri: 'urn:x',
        nonce: 'x',
        claims: '{}',
        id_token_hint: 'x',
        max_age: '0',
        registration: '{}',
      });
      expect(client.readCallback(page).has('code')).toBe(true);
    });
  });

  describe('by a code', () => {
    it('that was used gets nothing, and revokes its tokens', async () => {
      const callback = await codeFor();
      const tokens = await client.readTokens(await client.exchange(callback));
      expect(await errorOf(await client.exchange(callback))).toBe('invalid_grant');
      expect(await isActive(tokens.access_token)).toBe(false);
      expect(await errorOf(await client.refresh(tokens.refresh_token))).toBe('invalid_grant');
    });

    it('of another client gets nothing', async () => {
      const other = await McpClient.register(project);
      const page = await client.authorize();
      expect(await errorOf(await other.exchange(other.readCallback(page)))).toBe('invalid_grant');
    });

    it('for another resource gets nothing', async () => {
      const response = await client.exchange(await codeFor(), {
        resource: 'https://other.example/mcp',
      });
      expect(await errorOf(response)).toBe('invalid_target');
    });

    it('with another verifier gets nothing', async () => {
      const response = await client.exchange(await codeFor(), {}, 'x'.repeat(43));
      expect(await errorOf(response)).toBe('invalid_grant');
    });

    it.each([
      ['another redirect URI', { redirect_uri: 'http://127.0.0.1:9998/callback' }],
      ['no redirect URI', { redirect_uri: undefined }],
      ['no verifier', { code_verifier: undefined }],
      ['no code', { code: undefined }],
      ['no client', { client_id: undefined }],
      ['an unknown client', { client_id: 'unknown' }],
      ['no grant type', { grant_type: undefined }],
      ['the password grant', { grant_type: 'password' }],
      ['client credentials', { grant_type: 'client_credentials' }],
      ['a device code', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }],
    ])('with %s gets nothing', async (_what, changes) => {
      const callback = await codeFor();
      const form = encode({
        grant_type: 'authorization_code',
        client_id: client.client.client_id,
        code: callback.get('code') ?? '',
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
        ...changes,
      });
      const response = await post('/oauth/2.1/token', form);
      expect([400, 401]).toContain(response.status);
      expect(await response.json()).toEqual({
        error: expect.stringMatching(/^[a-z_]+$/),
        error_description: expect.any(String),
      });
    });
  });

  describe('by a refresh token', () => {
    it('that was rotated gets nothing, and revokes the newer ones', async () => {
      const first = await client.signIn();
      const second = await client.readTokens(await client.refresh(first.refresh_token));
      expect(await errorOf(await client.refresh(first.refresh_token))).toBe('invalid_grant');
      expect(await errorOf(await client.refresh(second.refresh_token))).toBe('invalid_grant');
      expect(await isActive(first.access_token)).toBe(false);
      expect(await isActive(second.access_token)).toBe(false);
    });

    it('of another client, for another resource or for more scopes gets nothing', async () => {
      const other = await McpClient.register(project);
      const { refresh_token: token } = await client.signIn({}, { scopes: [0] });
      expect(await errorOf(await other.refresh(token))).toBe('invalid_grant');
      const resource = { resource: 'https://other.example/mcp' };
      expect(await errorOf(await client.refresh(token, resource))).toBe('invalid_target');
    });

    it('for a scope that the user did not grant gets nothing', async () => {
      const { refresh_token: token } = await client.signIn(
        { scope: SCOPES.join(' ') },
        { scopes: [0] },
      );
      const response = await client.refresh(token, { scope: 'write:reports' });
      expect(await errorOf(response)).toBe('invalid_scope');
    });

    it('of a confidential client needs its secret', async () => {
      client = await McpClient.register(project, {
        token_endpoint_auth_method: 'client_secret_basic',
      });
      const { refresh_token: token } = await client.signIn();
      for (const changes of [{ client_secret: 'wrong' }, { client_secret: undefined }]) {
        expect(await errorOf(await client.with(changes).refresh(token))).toMatch(/^invalid_/);
      }
    });
  });

  describe('by introspection', () => {
    it('of a client that registered itself returns nothing', async () => {
      const { access_token: token } = await client.signIn();
      const { client: confidential } = await McpClient.register(project, {
        token_endpoint_auth_method: 'client_secret_basic',
      });
      const authorization = basic(confidential.client_id, confidential['client_secret'] as string);
      const response = await introspect(project, token, authorization);
      expect(response.status).toBe(401);
      expect(await response.json()).not.toHaveProperty('active');
    });

    it('of a refresh token or a code returns inactive', async () => {
      const callback = await codeFor();
      expect(await isActive(callback.get('code') ?? '')).toBe(false);
      const { refresh_token: token } = await client.signIn();
      expect(await isActive(token)).toBe(false);
    });

    it('cannot use the credentials as a client', async () => {
      const { clientId, clientSecret } = project.emulator.issuer.introspection;
      const form = encode({ grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK });
      const headers = { authorization: basic(clientId, clientSecret) };
      expect(await errorOf(await post('/oauth/2.1/token', form, headers))).toBe('invalid_client');
      const browser = await project.newBrowser();
      const url = await client.authorizationUrl({ client_id: clientId });
      expect((await browser.open(url)).status).toBe(400);
    });
  });

  describe('by a registration', () => {
    it.each([
      ['no redirect URI', { redirect_uris: [] }],
      ['redirect URIs that are not an array', { redirect_uris: CALLBACK }],
      ['a number', { redirect_uris: [1] }],
      ['an invalid URL', { redirect_uris: ['/callback'] }],
      ['a fragment', { redirect_uris: [`${CALLBACK}#x`] }],
      ['a page of another machine over http', { redirect_uris: ['http://app.example/callback'] }],
      ['a script', { redirect_uris: ['javascript:alert(1)'] }],
      ['a script in capitals', { redirect_uris: ['JavaScript:alert(1)'] }],
      ['data', { redirect_uris: ['data:text/html,x'] }],
      ['a file', { redirect_uris: ['file:///etc/passwd'] }],
      ['a password', { redirect_uris: ['https://user:password@app.example/'] }],
      ['markup', { redirect_uris: ['https://app.example/"><script>'] }],
      ['a second policy', { redirect_uris: ["https://app.example;script-src 'unsafe-inline'/"] }],
      ['a line break', { redirect_uris: ['https://app.example/\r\nSet-Cookie: x=1'] }],
      ['letters outside ASCII', { redirect_uris: ['https://app.exämple/'] }],
      [
        'too many redirect URIs',
        { redirect_uris: MANY.slice(0, 11).map((each) => CALLBACK + each) },
      ],
      ['a redirect URI that is too long', { redirect_uris: [`${CALLBACK}/${LONG}`] }],
      ['a name that is too long', { client_name: 'x'.repeat(101) }],
      ['a name that is not a string', { client_name: { toString: 'x' } }],
      ['signed authentication', { token_endpoint_auth_method: 'private_key_jwt' }],
      ['an unknown grant', { grant_types: ['password'] }],
      ['an implicit grant', { response_types: ['token'] }],
      ['a list of grants that is not an array', { grant_types: 'authorization_code' }],
      ['an array of arrays of grants', { grant_types: [['authorization_code']] }],
      ['authentication that is not a string', { token_endpoint_auth_method: ['none'] }],
    ])('with %s is rejected', async (_what, changes) => {
      const response = await register({ redirect_uris: [CALLBACK], ...changes });
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        error: expect.stringMatching(/^invalid_(redirect_uri|client_metadata)$/),
        error_description: expect.any(String),
      });
    });

    it.each([
      ['{', JSON_TYPE],
      ['null', JSON_TYPE],
      ['[]', JSON_TYPE],
      ['"x"', JSON_TYPE],
      ['', JSON_TYPE],
      [JSON.stringify({ redirect_uris: [CALLBACK] }), 'text/plain'],
      ['redirect_uris=x', FORM],
    ])('of the body %j as %s is rejected', async (body, type) => {
      const response = await post(REGISTRATION, body, { 'content-type': type });
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toBe('invalid_client_metadata');
    });

    it.each(['grant_types', 'response_types', 'token_endpoint_auth_method', 'client_name'])(
      'with %s that is nested thousands of levels deep is rejected',
      async (field) => {
        const nested = '['.repeat(7_900) + ']'.repeat(7_900);
        const body = `{"redirect_uris":["${CALLBACK}"],"${field}":${nested}}`;
        expect(await errorOf(await register(body))).toBe('invalid_client_metadata');
      },
    );

    it('cannot choose its id or its secret', async () => {
      const { clientId } = project.emulator.issuer.introspection;
      const response = await register({
        redirect_uris: [CALLBACK],
        client_id: clientId,
        client_secret: 'known',
      });
      expect(response.status).toBe(201);
      const registered = (await response.json()) as Record<string, string>;
      expect(registered['client_id']).not.toBe(clientId);
      expect(registered['client_secret']).not.toBe('known');
    });

    it('repeated a thousand times does not evict a client that a user has authorized', async () => {
      const forgotten = await McpClient.register(project);
      const { refresh_token: token } = await client.signIn();
      for (let index = 0; index < 1_000; index++) {
        const response = await register({ redirect_uris: [CALLBACK] });
        expect(response.status).toBe(201);
      }
      const tokens = await client.readTokens(await client.refresh(token));
      expect(await isActive(tokens.access_token)).toBe(true);
      const browser = await project.newBrowser();
      const page = await browser.open(await forgotten.authorizationUrl());
      expect(page.status).toBe(400);
    });
  });

  describe('by a body', () => {
    it.each([
      ['token', FORM, 'grant_type[toString]=x&client_id[toString]=x'],
      ['introspect', FORM, 'token[toString]=x&token[valueOf]=x'],
      ['token', JSON_TYPE, NESTED],
      ['register', JSON_TYPE, NESTED],
    ])('for %s as %s gets no 5xx', async (path, type, body) => {
      const { status } = await post(`/oauth/2.1/${path}`, body, { 'content-type': type });
      expect([400, 401, 413]).toContain(status);
    });
  });

  describe('by many requests', () => {
    it('keeps the latest hundred authorization requests, and their codes', async () => {
      const [first, second] = [await project.newBrowser(), await project.newBrowser()];
      const url = await client.authorizationUrl();
      const [evicted, kept] = [await first.open(url), await second.open(url)];
      for (let more = 0; more < 99; more += 1) await project.fetch(url);
      expect((await first.open(evicted.url)).status).toBe(400);
      expect((await second.open(kept.url)).status).toBe(200);
    });

    it('keeps the latest thousand clients that a user has authorized, with their tokens', async () => {
      const { clients } = project.emulator.core.oauth.mcp;
      const { access_token: token } = await client.signIn();
      const registered = clients.find(client.client.client_id);
      assert(registered !== undefined);
      const authorizeMore = (clientId: string) => {
        clients.add({ ...registered, clientId });
        clients.keep(clientId);
      };
      for (let index = 1; index < 1_000; index++) authorizeMore(String(index));
      expect(await isActive(token)).toBe(true);
      for (let index = 1_000; index < 2_000; index++) authorizeMore(String(index));
      expect(await isActive(token)).toBe(false);
    });

    it('forgets an authorization request after ten minutes', async () => {
      stopClock(1_800_000_000_000);
      const browser = await project.newBrowser();
      const page = await browser.open(await client.authorizationUrl());
      jest.setSystemTime(1_800_000_000_000 + 10 * 60 * 1000 - 1);
      expect((await browser.open(page.url)).status).toBe(200);
      jest.setSystemTime(1_800_000_000_000 + 10 * 60 * 1000);
      expect((await browser.open(page.url)).status).toBe(400);
    });
  });

  it('by proxy headers changes no address', async () => {
    const browser = new Browser(project.origin, project.fetch, {
      'x-forwarded-host': 'attacker.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=attacker.example;proto=https',
    });
    const page = await browser.open(await client.authorizationUrl());
    expect(page.url).toContain(project.origin);
    const end = await allow(browser, page);
    expect(client.readCallback(end).has('code')).toBe(true);
  });
});

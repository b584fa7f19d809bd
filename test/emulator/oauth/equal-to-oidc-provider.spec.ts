import { CREDENTIALS } from '../../local/mcp/introspection.js';
import { SECRET, startMcpApplication } from '../../local/mcp/mcp-application.js';
import { Browser } from './browser.js';
import { CALLBACK, McpClient } from './mcp-client.js';
import { ACME, basic, createProject, type AuthorizationServer } from './mcp-project.js';

/** An authorization server with the credentials of its introspection. */
interface Server extends AuthorizationServer {
  readonly credentials: string;
}

/** What a client sees of a response: no ids, no tokens and no words. */
interface Seen {
  readonly status: number;
  readonly error?: unknown;
  readonly [what: string]: unknown;
}

type Parameters = Record<string, string | undefined>;

const servers = {} as { old: Server; emulator: Server };

beforeAll(async () => {
  const { origin, resource } = await startMcpApplication();
  const newBrowser = async () => {
    const browser = new Browser(origin, fetch);
    await browser.open(`${origin}/propelauth/users?local_secret=${SECRET}`);
    return browser;
  };
  const credentials = basic(CREDENTIALS.id, CREDENTIALS.secret);
  servers.old = { origin, resource, fetch, newBrowser, credentials };
  const project = await createProject();
  const { clientId, clientSecret } = project.emulator.issuer.introspection;
  servers.emulator = { ...project, credentials: basic(clientId, clientSecret) };
});

/** Where the emulator differs, by the name of the case, and on purpose. */
const DIFFERENCES: Readonly<Record<string, { old: unknown; emulator: unknown }>> = {
  // Such a client could ask for nothing.
  'only refresh tokens': rejectedNow('invalid_client_metadata', { status: 201 }),
  'no grants': rejectedNow('invalid_client_metadata', { status: 201 }),
  'no responses': rejectedNow('invalid_client_metadata', { status: 201 }),
  // RFC 6749, section 5.2: a missing parameter is invalid_request, and failed authentication by a header is 401.
  'no verifier': rejectedNow('invalid_request', { status: 400, error: 'invalid_grant' }),
  'a bearer token': rejectedNow('invalid_client', { status: 400 }, 401),
  'no base64': rejectedNow('invalid_client', { status: 400 }, 401),
  'other credentials': rejectedNow('invalid_client', { status: 400 }, 401),
  'a client without refresh tokens': rejectedNow('unauthorized_client', {
    status: 400,
    error: 'invalid_request',
  }),
  // A stolen code can be tried once.
  'a code after a failed attempt': rejectedNow('invalid_grant', { status: 200 }),
  // Every application has its own.
  'another MCP server': both({ error: 'invalid_target' }, { error: null }),
  'an unknown scope': both({ error: 'invalid_scope' }, { error: null }),
};

function rejectedNow(error: string, old: object, status = 400) {
  return both(old, { status, error });
}

function both(old: object, emulator: object): { old: unknown; emulator: unknown } {
  return { old: expect.objectContaining(old), emulator: expect.objectContaining(emulator) };
}

/**
 * Expects the same of both servers, or what is said to be different.
 *
 * @param what the name of the case
 */
async function expectSame(see: (server: Server) => Promise<unknown>, what = ''): Promise<void> {
  const difference = DIFFERENCES[what];
  const [old, emulator] = [await see(servers.old), await see(servers.emulator)];
  const expected = difference ?? { old, emulator: old };
  expect({ old, emulator }).toEqual(expected);
}

async function seen(response: Response): Promise<Seen> {
  const { status, headers } = response;
  const text = await response.text();
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
  return {
    status,
    error: body['error'],
    names: Object.keys(body).toSorted(),
    isNotStored: headers.get('cache-control') === 'no-store',
    type: headers.get('content-type')?.split(';')[0],
    forEveryOrigin: headers.get('access-control-allow-origin'),
  };
}

function post(
  { fetch, origin }: Server,
  path: string,
  body: string | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${origin}/oauth/2.1/${path}`, { method: 'POST', body, headers });
}

function formOf(parameters: Parameters): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

describe('the emulator does what oidc-provider did', () => {
  it('in its metadata', async () => {
    await expectSame(async ({ fetch, origin }) => {
      const response = await fetch(`${origin}/.well-known/oauth-authorization-server/oauth/2.1`);
      const { scopes_supported: _scopes, ...metadata } = (await response.json()) as object & {
        scopes_supported?: unknown;
      };
      return JSON.parse(JSON.stringify(metadata).replaceAll(origin, '')) as unknown;
    });
  });

  it.each<[string, object | string, string?]>([
    ['nothing else', {}],
    ['a name', { client_name: 'x' }],
    ['an empty name', { client_name: '' }],
    ['a name of null', { client_name: null }],
    ['no secret', { token_endpoint_auth_method: 'none' }],
    ['client_secret_post', { token_endpoint_auth_method: 'client_secret_post' }],
    ['client_secret_jwt', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['refresh tokens', { grant_types: ['authorization_code', 'refresh_token'] }],
    ['only refresh tokens', { grant_types: ['refresh_token'] }],
    ['no grants', { grant_types: [] }],
    ['grants of null', { grant_types: null }],
    ['a grant twice', { grant_types: ['authorization_code', 'authorization_code'] }],
    ['client credentials', { grant_types: ['client_credentials'] }],
    ['an implicit grant', { grant_types: ['implicit'], response_types: ['token'] }],
    ['no responses', { response_types: [] }],
    ['the response none', { response_types: ['none'] }],
    ['a scheme', { redirect_uris: ['cursor://x/callback'] }],
    ['two redirect URIs', { redirect_uris: [CALLBACK, 'https://app.example/'] }],
    ['a redirect URI twice', { redirect_uris: [CALLBACK, CALLBACK] }],
    ['no redirect URI', { redirect_uris: [] }],
    ['a redirect URI elsewhere', { redirect_uris: ['http://app.example/'] }],
    ['no object', '[]'],
    ['no JSON', '{'],
    ['another type', '{}', 'text/plain'],
    ['a long body', JSON.stringify({ x: 'x'.repeat(20_000) })],
  ])('for a registration with %s', async (what, metadata, type = 'application/json') => {
    const body =
      typeof metadata === 'string'
        ? metadata
        : JSON.stringify({ redirect_uris: [CALLBACK], ...metadata });
    await expectSame(
      async (server) => seen(await post(server, 'register', body, { 'content-type': type })),
      what,
    );
  });

  it.each<[string, Parameters]>([
    ['all that it needs', {}],
    ['no state', { state: undefined }],
    ['no resource', { resource: undefined }],
    ['a resource that is no URL', { resource: 'x' }],
    ['no challenge', { code_challenge: undefined }],
    ['no method', { code_challenge_method: undefined }],
    ['the method plain', { code_challenge_method: 'plain' }],
    ['a short challenge', { code_challenge: 'x' }],
    ['no response type', { response_type: undefined }],
    ['the response type token', { response_type: 'token' }],
    ['the response type none', { response_type: 'none' }],
    ['no scope', { scope: undefined }],
    ['another MCP server', { resource: 'https://other.example/mcp' }],
    ['an unknown scope', { scope: 'x' }],
    ['no client', { client_id: undefined }],
    ['an unknown client', { client_id: 'x' }],
    ['no redirect URI', { redirect_uri: undefined }],
    ['another redirect URI', { redirect_uri: `${CALLBACK}x` }],
    ['another response mode', { response_mode: 'fragment' }],
    ['prompt=none', { prompt: 'none' }],
  ])('for an authorization request with %s', async (what, parameters) => {
    await expectSame(async (server) => {
      const client = await McpClient.register(server);
      const browser = await server.newBrowser();
      const { url, status } = await browser.open(await client.authorizationUrl(parameters));
      const { searchParams, pathname, hash } = new URL(url);
      const answer = new URLSearchParams(hash.slice(1) || searchParams);
      const isBack = url.startsWith(CALLBACK);
      return {
        status,
        path: pathname.replace(/[\w-]{20,}$/, ''),
        error: answer.get('error'),
        names: isBack ? [...answer.keys()].toSorted() : [],
      };
    }, what);
  });

  it('for a user who allows or rejects', async () => {
    await expectSame(async (server) => {
      const client = await McpClient.register(server);
      const browser = await server.newBrowser();
      const ends = [];
      for (const decision of ['allow', 'deny']) {
        const page = await browser.open(await client.authorizationUrl());
        const end = await browser.submit(page, { user: 'alice', 'scope-0': 'on', decision });
        const { searchParams } = new URL(end.url);
        ends.push([end.status, searchParams.get('state'), [...searchParams.keys()].toSorted()]);
      }
      return ends;
    });
  });

  it('for a code, an introspection and a refresh', async () => {
    await expectSame(async (server) => {
      const client = await McpClient.register(server);
      const callback = client.readCallback(await client.authorize({}, { org: ACME }));
      const response = await client.exchange(callback);
      const tokens = (await response.clone().json()) as Record<string, string>;
      const refreshed = await client.refresh(tokens['refresh_token'] as string);
      const { access_token: token } = (await refreshed.clone().json()) as Record<string, string>;
      const introspection = await post(
        server,
        'introspect',
        new URLSearchParams({ token: token as string }),
        { authorization: server.credentials },
      );
      const claims = (await introspection.clone().json()) as Record<string, unknown>;
      return {
        exchanged: await seen(response),
        lifetime: [tokens['expires_in'], tokens['token_type'], tokens['scope']],
        lengths: [tokens['access_token']?.length, tokens['refresh_token']?.length],
        refreshed: await seen(refreshed),
        introspected: { ...(await seen(introspection)), forEveryOrigin: null },
        claims: { ...claims, aud: undefined, client_id: undefined, iat: undefined, exp: undefined },
        reused: await seen(await client.refresh(tokens['refresh_token'] as string)),
      };
    });
  });

  it.each<[string, Parameters, Record<string, string>?]>([
    ['no grant type', { grant_type: undefined }],
    ['an unknown grant type', { grant_type: 'password' }],
    ['no code', { code: undefined }],
    ['an unknown code', { code: 'x' }],
    ['no redirect URI', { redirect_uri: undefined }],
    ['another redirect URI', { redirect_uri: `${CALLBACK}x` }],
    ['no verifier', { code_verifier: undefined }],
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['a short verifier', { code_verifier: 'x' }],
    ['no client', { client_id: undefined }],
    ['an unknown client', { client_id: 'x' }],
    ['a secret', { client_secret: 'x' }],
    ['another resource', { resource: 'https://other.example/' }],
    ['no refresh token', { grant_type: 'refresh_token' }],
    ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }],
    ['unknown credentials', { client_id: undefined }, { authorization: basic('x', 'y') }],
    ['a bearer token', { client_id: undefined }, { authorization: 'Bearer x' }],
    ['no base64', { client_id: undefined }, { authorization: 'Basic ***' }],
    ['JSON', {}, { 'content-type': 'application/json' }],
  ])('for a token request with %s', async (what, changes, headers = {}) => {
    await expectSame(async (server) => {
      const client = await McpClient.register(server);
      const callback = client.readCallback(await client.authorize());
      const form = formOf({
        grant_type: 'authorization_code',
        client_id: client.client.client_id,
        code: callback.get('code') ?? '',
        redirect_uri: CALLBACK,
        code_verifier: 'the-verifier-of-the-tests-which-is-long-enough-for-rfc-7636',
        ...changes,
      });
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      return seen(await post(server, 'token', form.toString(), { ...type, ...headers }));
    }, what);
  });

  it('for a client that did not register for refresh tokens, and asks with one', async () => {
    await expectSame(async (server) => {
      const client = await McpClient.register(server, { grant_types: ['authorization_code'] });
      return seen(await client.refresh('x'));
    }, 'a client without refresh tokens');
  });

  it('for a code that is used twice', async () => {
    await expectSame(async (server) => {
      const client = await McpClient.register(server);
      const callback = client.readCallback(await client.authorize());
      const { refresh_token: token } = await client.readTokens(await client.exchange(callback));
      const again = await seen(await client.exchange(callback));
      return [again, await seen(await client.refresh(token))];
    });
  });

  it('for a code after a failed attempt', async () => {
    await expectSame(async (server) => {
      const client = await McpClient.register(server);
      const callback = client.readCallback(await client.authorize());
      await client.exchange(callback, {}, 'x'.repeat(43));
      return seen(await client.exchange(callback));
    }, 'a code after a failed attempt');
  });

  it.each<[string, string, string?]>([
    ['no token', ''],
    ['an unknown token', 'token=x'],
    ['a JWT', 'token=a.b.c'],
    ['other credentials', 'token=x', 'Bearer x'],
    ['wrong credentials', 'token=x', basic('x', 'y')],
  ])('for an introspection with %s', async (what, body, authorization = '') => {
    await expectSame(async (server) => {
      const response = await post(server, 'introspect', body, {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: authorization === '' ? server.credentials : authorization,
      });
      // Only servers introspect: pages of other origins cannot read the emulator's response.
      return { ...(await seen(response)), forEveryOrigin: undefined };
    }, what);
  });
});

import { stopClock } from '../../support/fake-timers.js';
import { allow, CALLBACK, discover, McpClient, STATE } from './mcp-client.js';
import {
  ACME,
  ALICE,
  basic,
  BETA,
  createProject,
  DAVE,
  introspect,
  RESOURCE,
  SCOPES,
  type McpProject,
} from './mcp-project.js';

const METADATA = '/.well-known/oauth-authorization-server/oauth/2.1';

let project: McpProject;
let client: McpClient;

beforeEach(async () => {
  project = await createProject();
  client = await McpClient.register(project);
});

async function introspected(token: string): Promise<unknown> {
  return (await introspect(project, token)).json();
}

/** Changes the project as an application does. */
async function call(path: string, body?: object): Promise<void> {
  const { emulator, origin } = project;
  const [method = '', address = ''] = path.split(' ');
  const response = await emulator.fetch(`${origin}/api/backend/v1${address}`, {
    method,
    headers: { authorization: `Bearer ${emulator.issuer.apiKey}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
}

async function statusOf(method: string, path: string): Promise<number> {
  return (await project.fetch(project.origin + path, { method })).status;
}

describe('the authorization server for MCP clients', () => {
  it('publishes its metadata at PropelAuth’s path, and not at the default path', async () => {
    const { origin } = project;
    expect(await discover(project)).toEqual({
      issuer: `${origin}/oauth/2.1`,
      authorization_endpoint: `${origin}/oauth/2.1/authorize`,
      token_endpoint: `${origin}/oauth/2.1/token`,
      registration_endpoint: `${origin}/oauth/2.1/register`,
      introspection_endpoint: `${origin}/oauth/2.1/introspect`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: false,
    });
    expect(await statusOf('HEAD', METADATA)).toBe(200);
    for (const path of [
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
      '/oauth/2.1/.well-known/openid-configuration',
    ]) {
      expect(await statusOf('GET', path)).toBe(404);
    }
  });

  it('registers a public client, and returns only OAuth properties', async () => {
    const response = await project.fetch(`${project.origin}/oauth/2.1/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: [CALLBACK],
        client_name: 'The client',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        scope: 'anything at all',
        jwks_uri: 'http://127.0.0.1:1/jwks',
        logo_uri: 'javascript:alert(1)',
      }),
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual({
      client_id: expect.any(String),
      client_id_issued_at: expect.any(Number),
      client_name: 'The client',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
  });

  it.each(['client_secret_basic', 'client_secret_post', undefined])(
    'registers a client that authenticates with %s',
    async (method) => {
      client = await McpClient.register(project, { token_endpoint_auth_method: method });
      expect(client.client).toMatchObject({
        client_secret: expect.any(String),
        client_secret_expires_at: 0,
        token_endpoint_auth_method: method ?? 'client_secret_basic',
      });
      const { access_token: token } = await client.signIn();
      expect(await introspected(token)).toMatchObject({ active: true });
    },
  );

  it('exchanges a code for an opaque token of 90 minutes, and introspects it for the resource server', async () => {
    stopClock(new Date('2026-11-26T12:00:00Z'));
    const now = Math.floor(Date.now() / 1000);
    const callback = client.readCallback(await client.authorize({}, { org: ACME }));
    expect(Object.fromEntries(callback)).toEqual({
      code: expect.any(String),
      state: STATE,
      iss: `${project.origin}/oauth/2.1`,
    });
    const response = await client.exchange(callback, { resource: project.resource });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const tokens = await client.readTokens(response);
    expect(tokens).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'bearer',
      expires_in: 5400,
      scope: 'read:reports',
    });
    expect(await introspected(tokens.access_token)).toEqual({
      active: true,
      scope: 'read:reports',
      client_id: client.client.client_id,
      username: 'alice',
      sub: ALICE,
      iat: now,
      exp: now + 5400,
      aud: project.resource,
      org_id: ACME,
      org_role: 'Admin',
    });
    jest.setSystemTime((now + 5400) * 1000);
    expect(await introspected(tokens.access_token)).toEqual({ active: false });
  });

  it('issues a token without an organization to a user in none', async () => {
    const { access_token: token } = await client.signIn({}, { user: 'dave' });
    const answer = await introspected(token);
    expect(answer).toMatchObject({ active: true, sub: DAVE });
    expect(answer).not.toHaveProperty('org_id');
    expect(answer).not.toHaveProperty('org_role');
  });

  it('grants only the scopes that the user leaves checked, possibly none', async () => {
    const all = { scope: SCOPES.join(' ') };
    const both = await client.signIn(all, { scopes: [0, 1] });
    const second = await client.signIn(all, { scopes: [1] });
    const none = await client.signIn(all, { scopes: [] });
    expect(both.scope).toBe('read:reports write:reports');
    expect(second.scope).toBe('write:reports');
    expect(none.scope).toBe('');
    expect(await introspected(none.access_token)).toMatchObject({
      active: true,
      scope: '',
    });
  });

  it('grants a client that asks for no scope none', async () => {
    const tokens = await client.signIn({ scope: undefined }, { scopes: [0, 1] });
    expect(tokens.scope).toBe('');
  });

  it('grants any scope, such as one that looks like markup', async () => {
    expect((await client.signIn({ scope: '<script>' })).scope).toBe('<script>');
  });

  it('grants a client another scope later, for a step-up', async () => {
    client = await McpClient.register(project, { scope: 'read:reports' });
    const first = await client.signIn();
    const second = await client.signIn({ scope: 'read:reports write:reports' }, { scopes: [0, 1] });
    expect(second.scope).toBe('read:reports write:reports');
    expect(await introspected(first.access_token)).toMatchObject({ active: true });
  });

  it('rotates refresh tokens, and keeps scopes and organization', async () => {
    const first = await client.signIn({ scope: SCOPES.join(' ') }, { scopes: [0, 1], org: BETA });
    const second = await client.readTokens(await client.refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.scope).toBe('read:reports write:reports');
    const narrower = await client.readTokens(
      await client.refresh(second.refresh_token, {
        scope: 'read:reports',
        resource: project.resource,
      }),
    );
    expect(await introspected(narrower.access_token)).toMatchObject({
      active: true,
      scope: 'read:reports',
      aud: project.resource,
      org_id: BETA,
      org_role: 'Member',
    });
  });

  it('issues no refresh token to a client that did not register for it', async () => {
    client = await McpClient.register(project, { grant_types: undefined });
    expect(await client.signIn()).not.toHaveProperty('refresh_token');
  });

  it.each(['https://api.example.com', 'https://api.example.com/', 'http://localhost:3000/mcp'])(
    'issues tokens for the resource %s that the client asks for',
    async (resource) => {
      const { access_token: token } = await client.signIn({ resource });
      expect(await introspected(token)).toMatchObject({ active: true, aud: resource });
    },
  );

  it('accepts the resource with and without a slash at the end when it exchanges a code', async () => {
    const callback = client.readCallback(await client.authorize({ resource: RESOURCE }));
    const response = await client.exchange(callback, { resource: `${RESOURCE}/` });
    const { access_token: token } = await client.readTokens(response);
    expect(await introspected(token)).toMatchObject({ aud: RESOURCE });
  });

  describe.each([
    ['the user is disabled', `POST /user/${ALICE}/disable`],
    ['the user is deleted', `DELETE /user/${ALICE}`],
    ['the user is signed out everywhere', `POST /user/${ALICE}/logout_all_sessions`],
    ['the user leaves the organization', 'POST /org/remove_user', { user_id: ALICE, org_id: ACME }],
    ['the organization is deleted', `DELETE /org/${ACME}`],
  ])('once %s', (_what, path: string, body?: object) => {
    it('reports the token as inactive, and rejects the refresh token and the code', async () => {
      const tokens = await client.signIn({}, { org: ACME });
      const callback = client.readCallback(await client.authorize({}, { org: ACME }));
      await call(path, body);
      expect(await introspected(tokens.access_token)).toEqual({ active: false });
      const refresh = await client.refresh(tokens.refresh_token);
      expect(refresh.status).toBe(400);
      expect(await refresh.json()).toMatchObject({ error: 'invalid_grant' });
      const exchange = await client.exchange(callback);
      expect(exchange.status).toBe(400);
      expect(await exchange.json()).toMatchObject({ error: 'invalid_grant' });
    });
  });

  it('returns the current role of the user', async () => {
    const { access_token: token } = await client.signIn({}, { org: ACME });
    await call('POST /org/change_role', {
      user_id: ALICE,
      org_id: ACME,
      role: 'Member',
    });
    expect(await introspected(token)).toMatchObject({ org_role: 'Member' });
  });

  it('forgets clients, tokens and codes at a reset', async () => {
    const tokens = await client.signIn();
    const callback = client.readCallback(await client.authorize());
    project.emulator.reset();
    expect(await introspected(tokens.access_token)).toEqual({ active: false });
    const response = await client.exchange(callback);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });

  it('writes nothing to the console', async () => {
    const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
    const spies = methods.map((method) => jest.spyOn(console, method).mockImplementation(() => {}));
    const tokens = await client.signIn();
    await client.refresh(tokens.refresh_token);
    await introspect(project, tokens.access_token);
    const { clientId } = project.emulator.issuer.introspection;
    await introspect(project, 'x', basic(clientId, 'wrong'));
    const browser = await project.newBrowser();
    await browser.open(`${project.origin}/oauth/2.1/authorize?client_id=x`);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it('lets a user start again while another request is open', async () => {
    const browser = await project.newBrowser();
    const first = await browser.open(await client.authorizationUrl());
    const second = await browser.open(await client.authorizationUrl({ scope: 'write:reports' }));
    const ofSecond = await allow(browser, second, { user: 'dave' });
    const ofFirst = await allow(browser, first);
    for (const [page, scope] of [
      [ofFirst, 'read:reports'],
      [ofSecond, 'write:reports'],
    ] as const) {
      const response = await client.exchange(client.readCallback(page));
      expect(await client.readTokens(response)).toMatchObject({ scope });
    }
  });
});

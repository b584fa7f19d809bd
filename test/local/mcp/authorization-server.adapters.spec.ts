import { VersioningType } from '@nestjs/common';
import { BackendClient } from '../../../lib/backend/backend-client.js';
import { Refusal } from '../../../lib/refusals/refusal.js';
import { startApplication } from '../../support/application.js';
import { stopClock } from '../../support/fake-timers.js';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import request from 'supertest';
import { Browser } from './browser.js';
import { basic, CREDENTIALS, introspect } from './introspection.js';
import {
  ACME,
  ALICE,
  BETA,
  DAVE,
  SCOPES,
  SECRET,
  startMcpApplication,
  type McpApplication,
} from './mcp-application.js';
import { allow, CALLBACK, discover, McpClient, STATE } from './mcp-client.js';

const METADATA = '/.well-known/oauth-authorization-server/oauth/2.1';

async function introspected(application: McpApplication, token: string): Promise<unknown> {
  return (await introspect(application, token)).json();
}

async function change({ origin }: McpApplication, form: Record<string, string>): Promise<void> {
  await request(origin)
    .post(`/propelauth/users/change?local_secret=${SECRET}`)
    .set('Origin', origin)
    .type('form')
    .send(form)
    .expect(303);
}

describe('the authorization server for MCP clients', () => {
  it('publishes its metadata at PropelAuth’s path, and not at the default path', async () => {
    const application = await startMcpApplication();
    const { origin } = application;
    expect(await discover(application)).toEqual({
      issuer: `${origin}/oauth/2.1`,
      authorization_endpoint: `${origin}/oauth/2.1/authorize`,
      token_endpoint: `${origin}/oauth/2.1/token`,
      registration_endpoint: `${origin}/oauth/2.1/register`,
      introspection_endpoint: `${origin}/oauth/2.1/introspect`,
      scopes_supported: SCOPES,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: false,
    });
    await request(origin).head(METADATA).expect(200);
    await request(origin).get('/.well-known/oauth-authorization-server').expect(404);
    await request(origin).get('/.well-known/openid-configuration').expect(404);
    await request(origin).get('/oauth/2.1/.well-known/openid-configuration').expect(404);
  });

  it('has none of the other endpoints of oidc-provider', async () => {
    const { origin } = await startMcpApplication();
    const { client } = await McpClient.register({ origin } as McpApplication);
    const paths = [
      'jwks',
      'me',
      'request',
      'session/end',
      'session/end/confirm',
      'token/revocation',
      'token/introspection',
      'device',
      'device/auth',
      'backchannel',
      `register/${client.client_id}`,
      'interaction/x',
      '.well-known/oauth-authorization-server',
      'authorize/x/y',
      'token/',
      'token',
    ];
    for (const path of paths) {
      await request(origin).get(`/oauth/2.1/${path}`).expect(404);
      if (path !== 'token') await request(origin).post(`/oauth/2.1/${path}`).send({}).expect(404);
    }
  });

  it('is absent without the mcp option', async () => {
    const { url } = await startApplication({
      imports: [
        LocalPropelAuthModule.forRoot({
          enabled: true,
          origin: 'http://localhost:3000',
          secret: SECRET,
        }),
      ],
    });
    await request(url).get(METADATA).expect(404);
    await request(url).post('/oauth/2.1/register').send({}).expect(404);
    await request(url).get('/oauth/2.1/authorize').expect(404);
    await request(url).get(`/propelauth/mcp/authorize/x?local_secret=${SECRET}`).expect(404);
  });

  it('registers a public client, and returns only OAuth properties', async () => {
    const application = await startMcpApplication();
    const response = await request(application.origin)
      .post('/oauth/2.1/register')
      .send({
        redirect_uris: [CALLBACK],
        client_name: 'The client',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        scope: 'anything at all',
        jwks_uri: 'http://127.0.0.1:1/jwks',
        logo_uri: 'javascript:alert(1)',
      })
      .expect(201)
      .expect('Cache-Control', 'no-store')
      .expect('Access-Control-Allow-Origin', '*');
    expect(response.body).toEqual({
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
      const application = await startMcpApplication();
      const client = await McpClient.register(application, { token_endpoint_auth_method: method });
      expect(client.client).toMatchObject({
        client_secret: expect.any(String),
        client_secret_expires_at: 0,
        token_endpoint_auth_method: method ?? 'client_secret_basic',
      });
      const { access_token: token } = await client.signIn();
      expect(await introspected(application, token)).toMatchObject({ active: true });
    },
  );

  it('exchanges a code for an opaque token of 90 minutes, and introspects it for the resource server', async () => {
    stopClock(new Date('2026-11-26T12:00:00Z'));
    const now = Math.floor(Date.now() / 1000);
    const application = await startMcpApplication();
    const client = await McpClient.register(application);
    const callback = client.readCallback(await client.authorize({}, { org: ACME }));
    expect(Object.fromEntries(callback)).toEqual({
      code: expect.any(String),
      state: STATE,
      iss: `${application.origin}/oauth/2.1`,
    });
    const response = await client.exchange(callback, { resource: application.resource });
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
    expect(await introspected(application, tokens.access_token)).toEqual({
      active: true,
      scope: 'read:reports',
      client_id: client.client.client_id,
      username: 'alice',
      sub: ALICE,
      iat: now,
      exp: now + 5400,
      aud: application.resource,
      org_id: ACME,
      org_role: 'Admin',
    });
    jest.setSystemTime((now + 5400) * 1000);
    expect(await introspected(application, tokens.access_token)).toEqual({ active: false });
  });

  it('introspects it for the application itself, without a request', async () => {
    const application = await startMcpApplication();
    const client = await McpClient.register(application);
    const { access_token: token } = await client.signIn({}, { org: BETA });
    const backend = application.app.get(BackendClient, { strict: false });
    expect(await backend.introspect(token)).toEqual({
      token: {
        userId: ALICE,
        clientId: client.client.client_id,
        scopes: ['read:reports'],
        orgId: BETA,
        expiresAt: expect.any(Number),
      },
      issuedAt: expect.any(Number),
      aud: [application.resource],
      resource: undefined,
    });
    for (const text of ['', 'x', `${token}x`, 'a.b.c']) {
      const failure = await backend.introspect(text).catch((error: unknown) => error);
      expect((failure as Refusal).reason).toBe('mcp_token_invalid');
    }
  });

  it('issues a token without an organization to a user in none', async () => {
    const application = await startMcpApplication();
    const client = await McpClient.register(application);
    const { access_token: token } = await client.signIn({}, { user: 'dave' });
    const answer = await introspected(application, token);
    expect(answer).toMatchObject({ active: true, sub: DAVE });
    expect(answer).not.toHaveProperty('org_id');
    expect(answer).not.toHaveProperty('org_role');
  });

  it('grants only the scopes that the user leaves checked, possibly none', async () => {
    const application = await startMcpApplication();
    const client = await McpClient.register(application);
    const all = { scope: SCOPES.join(' ') };
    const both = await client.signIn(all, { scopes: [0, 1] });
    const second = await client.signIn(all, { scopes: [1] });
    const none = await client.signIn(all, { scopes: [] });
    expect(both.scope).toBe('read:reports write:reports');
    expect(second.scope).toBe('write:reports');
    expect(none.scope).toBe('');
    expect(await introspected(application, none.access_token)).toMatchObject({
      active: true,
      scope: '',
    });
  });

  it('offers all scopes to a client that asks for none', async () => {
    const application = await startMcpApplication();
    const client = await McpClient.register(application);
    const tokens = await client.signIn({ scope: undefined }, { scopes: [0, 1] });
    expect(tokens.scope).toBe('read:reports write:reports');
  });

  it('grants a client another scope later, for a step-up', async () => {
    const application = await startMcpApplication();
    const client = await McpClient.register(application, { scope: 'read:reports' });
    const first = await client.signIn();
    const second = await client.signIn({ scope: 'read:reports write:reports' }, { scopes: [0, 1] });
    expect(second.scope).toBe('read:reports write:reports');
    expect(await introspected(application, first.access_token)).toMatchObject({ active: true });
  });

  it('rotates refresh tokens, and keeps scopes and organization', async () => {
    const application = await startMcpApplication();
    const client = await McpClient.register(application);
    const first = await client.signIn({ scope: SCOPES.join(' ') }, { scopes: [0, 1], org: BETA });
    const second = await client.readTokens(await client.refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.scope).toBe('read:reports write:reports');
    const narrower = await client.readTokens(
      await client.refresh(second.refresh_token, {
        scope: 'read:reports',
        resource: application.resource,
      }),
    );
    expect(await introspected(application, narrower.access_token)).toMatchObject({
      active: true,
      scope: 'read:reports',
      aud: application.resource,
      org_id: BETA,
      org_role: 'Member',
    });
  });

  it('issues no refresh token to a client that did not register for it', async () => {
    const application = await startMcpApplication();
    const client = await McpClient.register(application, { grant_types: undefined });
    expect(await client.signIn()).not.toHaveProperty('refresh_token');
  });

  it('accepts the resource of a bare origin with and without a slash', async () => {
    const origin = 'http://localhost:3000';
    const application = await startMcpApplication({ mcp: { resource: origin, scopes: SCOPES } });
    const client = await McpClient.register(application);
    for (const resource of [origin, `${origin}/`]) {
      const { access_token: token } = await client.signIn({ resource });
      expect(await introspected(application, token)).toMatchObject({ active: true, aud: origin });
    }
  });

  describe.each([
    ['the user is disabled', { change: 'user.disabled', user_id: ALICE }],
    ['the user is deleted', { change: 'user.deleted', user_id: ALICE }],
    [
      'the user leaves the organization',
      { change: 'user.removed_from_org', user_id: ALICE, org: ACME },
    ],
    ['the organization is deleted', { change: 'org.deleted', org: ACME }],
  ])('once %s', (_what, form) => {
    it('reports the token as inactive, and rejects the refresh token and the code', async () => {
      const application = await startMcpApplication();
      const client = await McpClient.register(application);
      const tokens = await client.signIn({}, { org: ACME });
      const callback = client.readCallback(await client.authorize({}, { org: ACME }));
      await change(application, form);
      expect(await introspected(application, tokens.access_token)).toEqual({ active: false });
      const refresh = await client.refresh(tokens.refresh_token);
      expect(refresh.status).toBe(400);
      expect(await refresh.json()).toMatchObject({ error: 'invalid_grant' });
      const exchange = await client.exchange(callback);
      expect(exchange.status).toBe(400);
      expect(await exchange.json()).toMatchObject({ error: 'invalid_grant' });
    });
  });

  it('returns the current role of the user', async () => {
    const application = await startMcpApplication();
    const client = await McpClient.register(application);
    const { access_token: token } = await client.signIn({}, { org: ACME });
    await change(application, {
      change: 'user.role_changed_within_org',
      user_id: ALICE,
      org: ACME,
      role: 'Member',
    });
    expect(await introspected(application, token)).toMatchObject({ org_role: 'Member' });
  });

  it('serves browser clients on any origin, without cookies', async () => {
    const { origin } = await startMcpApplication();
    for (const [method, path] of [
      ['GET', METADATA],
      ['POST', '/oauth/2.1/register'],
      ['POST', '/oauth/2.1/token'],
    ] as const) {
      await request(origin)
        .options(path)
        .set('Origin', 'https://inspector.example')
        .set('Access-Control-Request-Method', method)
        .set('Access-Control-Request-Headers', 'content-type,mcp-protocol-version')
        .expect(204)
        .expect('Access-Control-Allow-Origin', '*')
        .expect('Access-Control-Allow-Headers', 'content-type,mcp-protocol-version')
        .expect('Access-Control-Allow-Methods', 'GET, POST');
      const agent = request(origin);
      const response = await (method === 'GET' ? agent.get(path) : agent.post(path))
        .set('Origin', 'https://inspector.example')
        .expect('Access-Control-Allow-Origin', '*');
      expect(response.headers).not.toHaveProperty('access-control-allow-credentials');
    }
    for (const path of ['/oauth/2.1/introspect', '/oauth/2.1/authorize']) {
      const response = await request(origin)
        .options(path)
        .set('Origin', 'https://inspector.example')
        .set('Access-Control-Request-Method', 'POST');
      expect(response.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('works with a prefix, versions and CORS settings of the application', async () => {
    const application = await startMcpApplication({}, {}, (app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      app.enableCors({ origin: 'http://localhost:5173', credentials: true });
    });
    const client = await McpClient.register(application);
    const response = await client.exchange(client.readCallback(await client.authorize()));
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
    expect(await client.readTokens(response)).toMatchObject({ scope: 'read:reports' });
  });

  it('works in a testing module, where Express has parsed the body', async () => {
    const origin = 'http://localhost:3000';
    const mcp = { resource: `${origin}/mcp`, scopes: SCOPES };
    const { url } = await startApplication({
      imports: [LocalPropelAuthModule.forRoot({ enabled: true, origin, secret: SECRET, mcp })],
    });
    const registration = await request(url)
      .post('/oauth/2.1/register')
      .send({ redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' })
      .expect(201);
    const { client_id: clientId } = registration.body as { client_id: string };
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      state: STATE,
      resource: `${origin}/mcp`,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const browser = await Browser.withSecret(url);
    const page = await browser.open(`${url}/oauth/2.1/authorize?${query.toString()}`);
    const consent = await browser.submit(page, { user: 'alice' }, origin);
    const { url: callback } = await browser.submit(
      consent,
      { user: 'alice', 'scope-0': 'on', decision: 'allow' },
      origin,
    );
    const token = await request(url)
      .post('/oauth/2.1/token')
      .type('form')
      .send({
        grant_type: 'authorization_code',
        client_id: clientId,
        code: new URL(callback).searchParams.get('code'),
        redirect_uri: CALLBACK,
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      })
      .expect(200);
    expect(token.body).toMatchObject({ scope: 'read:reports' });
  });

  it('writes nothing to the console', async () => {
    const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
    const spies = methods.map((method) => jest.spyOn(console, method).mockImplementation(() => {}));
    const application = await startMcpApplication();
    const client = await McpClient.register(application);
    const tokens = await client.signIn();
    await client.refresh(tokens.refresh_token);
    await introspect(application, tokens.access_token);
    await introspect(application, 'x', basic(CREDENTIALS.id, 'wrong'));
    const browser = await Browser.withSecret(application.origin);
    await browser.open(`${application.origin}/oauth/2.1/authorize?client_id=x`);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it('lets a user start again while another request is open', async () => {
    const application = await startMcpApplication();
    const client = await McpClient.register(application);
    const browser = await Browser.withSecret(application.origin);
    const first = await browser.open(await client.authorizationUrl());
    const second = await browser.open(await client.authorizationUrl({ scope: 'write:reports' }));
    const ofSecond = await allow(browser, second, { user: 'dave' });
    const ofFirst = await allow(browser, first);
    expect(
      await client.readTokens(await client.exchange(client.readCallback(ofFirst))),
    ).toMatchObject({
      scope: 'read:reports',
    });
    expect(
      await client.readTokens(await client.exchange(client.readCallback(ofSecond))),
    ).toMatchObject({ scope: 'write:reports' });
  });
});

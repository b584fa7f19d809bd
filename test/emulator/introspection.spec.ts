import {
  createEmulator,
  type Emulator,
  type RunningServer,
  type TokenIssuer,
} from 'propelauth-emulator';
import { registerCleanup } from '../support/clean-up.js';
import { alice } from '../support/project.js';
import { sendRaw } from '../support/send-raw.js';

const PATH = '/oauth/2.1/introspect';
const RESOURCE = 'https://api.example.com/mcp';

let emulator: Emulator;
let issuer: TokenIssuer;
let server: RunningServer;

beforeAll(async () => {
  emulator = await createEmulator();
  ({ issuer } = emulator);
  server = await emulator.listen();
  registerCleanup(() => emulator.close());
});

const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

function introspect(
  body: string | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<Response> {
  const { clientId, clientSecret } = issuer.introspection;
  return fetch(server.url + PATH, {
    method: 'POST',
    headers: { Authorization: basic(clientId, clientSecret), ...headers },
    body,
  });
}

const formOf = (token: string) => new URLSearchParams({ token, token_type_hint: 'access_token' });

describe('Introspection', () => {
  it('describes an active token as PropelAuth does', async () => {
    const token = issuer.mcpToken(alice, { scopes: ['read'], resource: RESOURCE });
    const response = await introspect(formOf(token));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({
      active: true,
      scope: 'read',
      sub: alice.userId,
      aud: RESOURCE,
    });
  });

  it.each([
    ['unknown', () => 'unknown'],
    ['expired', () => issuer.mcpToken(alice, { expiresInSeconds: -1, claims: { aud: RESOURCE } })],
    ['revoked', () => issuer.mcpToken(alice, { active: false, resource: RESOURCE })],
  ])('returns only inactive for an %s token', async (_what, create) => {
    const response = await introspect(formOf(create()));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ active: false });
  });

  it.each([
    ['no credentials', () => ''],
    ['another secret', () => basic(issuer.introspection.clientId, 'another')],
    ['another client', () => basic('another', issuer.introspection.clientSecret)],
    ['the API key', () => `Bearer ${issuer.apiKey}`],
  ])('returns 401 for %s', async (_what, authorization) => {
    const token = issuer.mcpToken(alice, { resource: RESOURCE });
    const response = await introspect(formOf(token), { Authorization: authorization() });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });

  it('explains in its error that a token has no resource', async () => {
    const response = await introspect(formOf(issuer.mcpToken(alice)));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('mcpToken(user, { resource })') as unknown,
    });
  });

  it('returns a token without an audience if a test sets none', async () => {
    const response = await introspect(
      formOf(issuer.mcpToken(alice, { claims: { aud: undefined } })),
    );
    expect(response.status).toBe(200);
    expect(await response.json()).not.toHaveProperty('aud');
  });

  it.each([
    ['no body', '', {}],
    ['a form without a token', new URLSearchParams({ tokens: 'a' }), {}],
    ['an empty token', formOf(''), {}],
    ['JSON', '{"token":"a"}', { 'Content-Type': 'application/json' }],
    ['a form sent as JSON', 'token=a', { 'Content-Type': 'application/json' }],
  ])('returns 400 for %s', async (_what, body, headers) => {
    const response = await introspect(body, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('accepts the introspection credentials nowhere else', async () => {
    const { clientId, clientSecret } = issuer.introspection;
    const headers = { Authorization: basic(clientId, clientSecret) };
    for (const path of ['/api/v1/token_verification_metadata', '/api/backend/v1/user/query']) {
      expect((await fetch(server.url + path, { headers })).status).toBe(401);
    }
  });

  it('neither records nor fails requests without the credentials, such as those of a web page', async () => {
    emulator.reset();
    emulator.fail('introspect', { times: 1 });
    expect((await introspect(formOf('a'), { Authorization: '' })).status).toBe(401);
    expect(emulator.calls).toEqual([]);
    expect((await introspect(formOf('a'))).status).toBe(503);
    expect(emulator.calls).toEqual([{ name: 'introspect', status: 503 }]);
  });

  it('returns 413 for a form that is too large, and 421 for another host', async () => {
    const large = await introspect(formOf('a'.repeat(1_048_577)));
    expect(large.status).toBe(413);
    const lines = [`POST ${PATH} HTTP/1.1`, 'Host: evil.example', 'Connection: close', '', ''];
    expect((await sendRaw(server.url, lines.join('\r\n'))).status).toBe(421);
  });
});

import { TestIssuer, type TestEmulator, type TestUser } from 'nestjs-propelauth/testing';
import { EmulatorError, type McpTokenOptions } from 'propelauth-emulator';
import { apiOf, emulatorOf } from '../support/emulator.js';

const RESOURCE = 'https://api.example.com/mcp';
const OTHER = 'https://other.example.com/mcp';

const alice: TestUser = {
  email: 'alice@example.com',
  orgs: [
    { orgName: 'Acme Inc', role: 'Owner' },
    { orgId: 'the-globex', orgName: 'Globex', role: 'Member' },
  ],
};
const IN_GLOBEX = { org_id: 'the-globex', org_role: 'Member' };

const issuer = await TestIssuer.create();
const stranger = await TestIssuer.create();
const { clientId, clientSecret } = issuer.introspection;
let emulator: TestEmulator;

const basic = (id: string, secret: string) => `Basic ${btoa(`${id}:${secret}`)}`;
const formOf = (token: string) => new URLSearchParams({ token, token_type_hint: 'access_token' });

/** Asks as an application in another process does, or in this one, whose resource is known. */
function ask(
  body: string | URLSearchParams,
  headers: Record<string, string> = {},
  resource?: string,
): Promise<Response> {
  const request = new Request(`${issuer.authUrl}/oauth/2.1/introspect`, {
    method: 'POST',
    headers: { authorization: basic(clientId, clientSecret), ...headers },
    body,
  });
  return emulator.handle(request, resource);
}

async function introspect(token: string, resource?: string): Promise<unknown> {
  const response = await ask(formOf(token), {}, resource);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  return response.json();
}

beforeEach(() => {
  emulator = emulatorOf(issuer);
});

describe('Introspection', () => {
  it.each<[string, McpTokenOptions, Partial<TestUser>, object]>([
    ['without a scope and an organization', {}, {}, {}],
    ['with scopes', { scopes: ['read', 'write'] }, {}, { scope: 'read write' }],
    [
      'with an organization',
      { org: 'Acme Inc' },
      {},
      { org_id: issuer.orgId('Acme Inc'), org_role: 'Owner' },
    ],
    ['with that of a name', { org: 'Globex' }, {}, IN_GLOBEX],
    ['with that of an id', { org: 'the-globex' }, {}, IN_GLOBEX],
    ['with the active one', {}, { activeOrgId: 'the-globex' }, IN_GLOBEX],
    ['with another one', { org: 'Globex' }, { activeOrgId: issuer.orgId() }, IN_GLOBEX],
    [
      'with that of the default name',
      { org: 'Acme Inc' },
      { orgs: [{ orgId: 'the-globex', role: 'Member' }] },
      IN_GLOBEX,
    ],
    ['for another resource', { resource: OTHER }, {}, { aud: OTHER }],
    [
      'with claims of a test',
      { claims: { aud: undefined, token_type: 'refresh_token', exp: 1, scope: ['a list'] } },
      {},
      { aud: undefined, token_type: 'refresh_token', exp: 1, scope: ['a list'] },
    ],
  ])('describes a token %s as PropelAuth does', async (_what, options, changes, expected) => {
    const issuedAt = new Date();
    const iat = Math.floor(issuedAt.getTime() / 1000);
    const token = issuer.mcpToken({ ...alice, ...changes }, { issuedAt, ...options });
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await introspect(token, RESOURCE)).toEqual({
      active: true,
      scope: '',
      client_id: 'an-mcp-client-for-tests',
      username: 'alice@example.com',
      sub: issuer.userId(alice),
      exp: iat + 5400,
      iat,
      aud: RESOURCE,
      ...expected,
    });
  });

  it.each([
    ['unknown', () => 'x'],
    ['like a JWT', () => 'a.b.c'],
    ['an unsigned JWT', () => 'eyJhbGciOiJub25lIn0.e30.'],
    ['a control character', () => '\u0000'],
    ['long', () => 'x'.repeat(10_000)],
    ['a property of every object', () => '__proto__'],
    ['of another issuer', () => stranger.mcpToken(alice)],
    ['expired', () => issuer.mcpToken(alice, { expiresInSeconds: -1 })],
    ['old', () => issuer.mcpToken(alice, { issuedAt: new Date(Date.now() - 2 * 3_600_000) })],
    ['revoked', () => issuer.mcpToken(alice, { active: false, scopes: ['read'] })],
  ])('returns only inactive for a token that is %s', async (_what, create) => {
    expect(await introspect(create(), RESOURCE)).toEqual({ active: false });
  });

  it('tells other processes of tokens for a resource, and explains that one is for none', async () => {
    expect(await introspect(issuer.mcpToken(alice, { resource: RESOURCE }))).toMatchObject({
      active: true,
      aud: RESOURCE,
    });
    const revoked = issuer.mcpToken(alice, { active: false, resource: RESOURCE });
    expect(await introspect(revoked)).toEqual({ active: false });
    const withoutAudience = issuer.mcpToken(alice, { claims: { aud: undefined } });
    expect(await introspect(withoutAudience)).not.toHaveProperty('aud');
    const response = await ask(formOf(issuer.mcpToken(alice)));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('mcpToken(user, { resource })'),
    });
  });

  it.each([
    ['no credentials', ''],
    ['another secret', basic(clientId, 'another')],
    ['another client', basic('another', clientSecret)],
    ['the API key', `Bearer ${issuer.apiKey}`],
    ['invalid base64', 'Basic ***'],
  ])('returns 401 for %s, and neither records nor fails the request', async (_what, given) => {
    emulator.fail('introspect', { times: 1 });
    const token = formOf(issuer.mcpToken(alice, { resource: RESOURCE }));
    const response = await ask(token, { authorization: given });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    const answer = await response.json();
    expect(answer).toMatchObject({ error: 'invalid_client' });
    expect(answer).not.toHaveProperty('active');
    expect(emulator.calls).toEqual([]);
    expect((await ask(token)).status).toBe(503);
    expect(emulator.calls).toEqual([{ name: 'introspect', status: 503 }]);
  });

  it.each([
    ['no body', '', {}],
    ['a form without a token', new URLSearchParams({ tokens: 'a' }), {}],
    ['an empty token', formOf(''), {}],
    ['JSON', '{"token":"a"}', { 'content-type': 'application/json' }],
    ['a form sent as JSON', 'token=a', { 'content-type': 'application/json' }],
  ])('returns 400 for %s', async (_what, body, headers) => {
    const response = await ask(body, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('has credentials that are accepted nowhere else', async () => {
    const headers = { authorization: basic(clientId, clientSecret) };
    for (const path of ['/api/v1/token_verification_metadata', '/api/backend/v1/user/query']) {
      expect((await emulator.fetch(issuer.authUrl + path, { headers })).status).toBe(401);
    }
  });
});

describe('mcpToken()', () => {
  it('creates a token that is like no other', () => {
    const tokens = Array.from({ length: 50 }, () => issuer.mcpToken(alice));
    expect(new Set(tokens).size).toBe(50);
  });

  it.each<[string, TestUser, McpTokenOptions, RegExp]>([
    ['another organization', alice, { org: 'Initech' }, /"Initech"/],
    ['a role that the issuer does not have', { orgs: [{ role: 'King' }] }, {}, /King/],
  ])('creates none for %s', (_what, user, options, message) => {
    const create = () => issuer.mcpToken(user, options);
    expect(create).toThrow(EmulatorError);
    expect(create).toThrow(message);
  });
});

const bobAs = (role: string): TestUser => ({ email: 'bob@example.com', orgs: [{ role }] });

describe('The user of a token of mcpToken()', () => {
  const bob = bobAs('Admin');
  const userId = issuer.userId(bob);
  const roleIn = async (of: TestEmulator) => {
    const user = await apiOf(of).fetchUserMetadataByUserId(userId, true);
    return user?.orgIdToOrgInfo?.[issuer.orgId()]?.assignedRole;
  };

  it('is known to the emulators of the issuer, including those created later', async () => {
    issuer.mcpToken(bob);
    expect(await roleIn(emulator)).toBe('Admin');
    expect(await roleIn(emulatorOf(issuer))).toBe('Admin');
  });

  it('keeps the changes that a test has made since', async () => {
    const api = apiOf(emulator);
    issuer.mcpToken(bob);
    await api.changeUserRoleInOrg({ userId, orgId: issuer.orgId(), role: 'Member' });
    await api.disableUser(userId);
    issuer.mcpToken(bob, { org: 'Acme Inc' });
    issuer.mcpToken({ ...bob, activeOrgId: issuer.orgId(), impersonatorUserId: 'carol' });
    expect(await roleIn(emulator)).toBe('Member');
    expect(await api.fetchUserMetadataByUserId(userId)).toMatchObject({ enabled: false });
    await api.deleteUser(userId);
    issuer.mcpToken(bob);
    expect(await api.fetchUserMetadataByUserId(userId)).toBeNull();
  });

  it('is replaced when declared differently, also by mutating the object', async () => {
    emulator.addUser(bob);
    issuer.mcpToken(bobAs('Member'));
    expect(await roleIn(emulator)).toBe('Member');
    emulator.addUser(bobAs('Owner'));
    issuer.mcpToken(bobAs('Owner'));
    expect(await roleIn(emulator)).toBe('Owner');
    const orgs = [{ role: 'Member' }];
    for (const role of ['Admin', 'Owner']) {
      orgs[0]!.role = role;
      issuer.mcpToken({ ...bob, orgs });
      expect(await roleIn(emulator)).toBe(role);
    }
  });

  it('stays as the API created it', async () => {
    const api = apiOf(emulator);
    const created = await api.createUser({ email: 'erin@example.com' });
    issuer.mcpToken(created);
    expect(await api.fetchUserMetadataByUserId(created.userId)).toMatchObject({
      email: 'erin@example.com',
    });
  });
});

import { TestIssuer, type TestEmulator, type TestUser } from 'nestjs-propelauth/testing';
import { EmulatorError, type McpTokenOptions } from 'propelauth-emulator';
import { apiOf, emulatorOf } from '../support/emulator.js';

const RESOURCE = 'https://api.example.com/mcp';

const alice: TestUser = {
  email: 'alice@example.com',
  orgs: [
    { orgName: 'Acme Inc', role: 'Owner' },
    { orgId: 'the-globex', orgName: 'Globex', role: 'Member' },
  ],
};

const issuer = await TestIssuer.create();
const emulator = emulatorOf(issuer);

const introspect = (options: McpTokenOptions = {}, user = alice) =>
  introspectToken(issuer.mcpToken(user, options));

async function introspectToken(token: string): Promise<Record<string, unknown>> {
  const { clientId, clientSecret } = issuer.introspection;
  const request = new Request(`${issuer.authUrl}/oauth/2.1/introspect`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ token }),
  });
  return (await emulator.handle(request, RESOURCE)).json() as Promise<Record<string, unknown>>;
}

describe('A token of TestIssuer.mcpToken()', () => {
  it('is opaque and unique, and fits in a header', () => {
    const tokens = Array.from({ length: 50 }, () => issuer.mcpToken(alice));
    expect(new Set(tokens).size).toBe(50);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
  });

  it('is introspected with the properties that PropelAuth returns', async () => {
    const issuedAt = new Date();
    const iat = Math.floor(issuedAt.getTime() / 1000);
    const options = { scopes: ['read:reports', 'write:reports'], org: 'Acme Inc', issuedAt };
    expect(await introspect(options)).toEqual({
      active: true,
      scope: 'read:reports write:reports',
      client_id: 'an-mcp-client-for-tests',
      username: 'alice@example.com',
      sub: issuer.userId(alice),
      exp: iat + 5400,
      iat,
      aud: RESOURCE,
      org_id: issuer.orgId('Acme Inc'),
      org_role: 'Owner',
    });
  });

  it('has no scope and no organization by default', async () => {
    const response = await introspect();
    expect(response).toMatchObject({ active: true, scope: '' });
    expect(Object.keys(response)).not.toContain('org_id');
    expect(Object.keys(response)).not.toContain('org_role');
  });

  it.each([
    ['its name', { org: 'Globex' }, alice],
    ['its id', { org: 'the-globex' }, alice],
    ['the active organization of the user', {}, { ...alice, activeOrgId: 'the-globex' }],
    [
      'its name, whatever organization is active',
      { org: 'Globex' },
      { ...alice, activeOrgId: issuer.orgId() },
    ],
    ['the default name', { org: 'Acme Inc' }, { orgs: [{ orgId: 'the-globex', role: 'Member' }] }],
  ])('has the organization given by %s', async (_what, options, user) => {
    expect(await introspect(options, user)).toMatchObject({
      org_id: 'the-globex',
      org_role: 'Member',
    });
  });

  it.each([
    ['another organization', () => issuer.mcpToken(alice, { org: 'Initech' }), /"Initech"/],
    [
      'a role that the issuer does not have',
      () => issuer.mcpToken({ orgs: [{ role: 'King' }] }),
      /King/,
    ],
  ])('cannot be created for %s', (_what, create, message) => {
    expect(create).toThrow(EmulatorError);
    expect(create).toThrow(message);
  });

  it.each([
    ['has expired', { expiresInSeconds: -1 }],
    ['was issued long ago', { issuedAt: new Date(Date.now() - 2 * 3_600_000) }],
    ['was revoked', { active: false, scopes: ['read'] }],
  ])('that %s is not active, and returns nothing else', async (_what, options) => {
    expect(await introspect(options)).toEqual({ active: false });
  });

  it('that this issuer did not create is not active', async () => {
    const stranger = await TestIssuer.create();
    for (const token of ['unknown', '__proto__', stranger.mcpToken(alice)]) {
      expect(await introspectToken(token)).toEqual({ active: false });
    }
  });

  it('is for the resource that it names, and otherwise for the one that introspects it', async () => {
    const other = 'https://other.example.com/mcp';
    expect(await introspect({ resource: other })).toMatchObject({ aud: other });
    expect(await introspect()).toMatchObject({ aud: RESOURCE });
  });

  it('has the claims that a test sets instead of its own', async () => {
    const claims = { aud: undefined, token_type: 'refresh_token', exp: 1, scope: ['a list'] };
    const response = await introspect({ claims });
    expect(response).toMatchObject({
      active: true,
      token_type: 'refresh_token',
      exp: 1,
      scope: ['a list'],
    });
    expect(response).not.toHaveProperty('aud');
  });

  it('is not created under NODE_ENV=production', () => {
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    try {
      expect(() => issuer.mcpToken(alice)).toThrow(/NODE_ENV=production/);
    } finally {
      process.env.NODE_ENV = NODE_ENV;
    }
  });
});

const bobAs = (role: string): TestUser => ({ email: 'bob@example.com', orgs: [{ role }] });

describe('The user of a token of TestIssuer.mcpToken()', () => {
  const roleOf = async (of: TestEmulator) => {
    const user = await apiOf(of).fetchUserMetadataByUserId(issuer.userId(bob), true);
    return user?.orgIdToOrgInfo?.[issuer.orgId()]?.assignedRole;
  };
  const bob = bobAs('Admin');

  it('is known to the emulators of the issuer, including those created later', async () => {
    const earlier = emulatorOf(issuer);
    issuer.mcpToken(bob);
    expect(await roleOf(earlier)).toBe('Admin');
    expect(await roleOf(emulatorOf(issuer))).toBe('Admin');
  });

  it('keeps the changes that a test has made since', async () => {
    const own = emulatorOf(issuer);
    const api = apiOf(own);
    const userId = issuer.userId(bob);
    issuer.mcpToken(bob);
    await api.changeUserRoleInOrg({ userId, orgId: issuer.orgId(), role: 'Member' });
    await api.disableUser(userId);
    issuer.mcpToken(bob, { org: 'Acme Inc' });
    issuer.mcpToken({ ...bob, activeOrgId: issuer.orgId(), impersonatorUserId: 'carol' });
    expect(await roleOf(own)).toBe('Member');
    expect(await api.fetchUserMetadataByUserId(userId)).toMatchObject({ enabled: false });
    await api.deleteUser(userId);
    issuer.mcpToken(bob);
    expect(await api.fetchUserMetadataByUserId(userId)).toBeNull();
  });

  it('is replaced when declared differently', async () => {
    const own = emulatorOf(issuer, [bob]);
    issuer.mcpToken(bobAs('Member'));
    expect(await roleOf(own)).toBe('Member');
    own.addUser(bobAs('Owner'));
    issuer.mcpToken(bobAs('Owner'));
    expect(await roleOf(own)).toBe('Owner');
    issuer.mcpToken(bob);
    expect(await roleOf(own)).toBe('Admin');
  });

  it('stays as the API created it', async () => {
    const own = emulatorOf(issuer);
    const api = apiOf(own);
    const { userId } = await api.createUser({ email: 'erin@example.com' });
    issuer.mcpToken({ userId });
    expect(await api.fetchUserMetadataByUserId(userId)).toMatchObject({
      email: 'erin@example.com',
    });
  });

  it('can be changed by mutating the object and creating another token', async () => {
    const own = emulatorOf(issuer);
    const orgs = [{ orgName: 'Acme Inc', role: 'Member' }];
    issuer.mcpToken({ email: 'bob@example.com', orgs });
    orgs[0]!.role = 'Owner';
    issuer.mcpToken({ email: 'bob@example.com', orgs });
    expect(await roleOf(own)).toBe('Owner');
  });
});

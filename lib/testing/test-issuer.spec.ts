import { OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import { decodeJwt, importSPKI, jwtVerify } from 'jose';
import { TestIssuer } from './test-issuer.js';
import type { TestUser } from './test-user.interface.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const ALICE: TestUser = { email: 'alice@example.com', orgs: [{ role: 'Admin' }] };

async function membershipIn(
  issuer: TestIssuer,
  membership: NonNullable<TestUser['orgs']>[number],
): Promise<Record<string, unknown>> {
  const { org_id_to_org_member_info: memberships } = decodeJwt<{
    org_id_to_org_member_info: Record<string, Record<string, unknown>>;
  }>(await issuer.accessToken({ orgs: [membership] }));
  return Object.values(memberships)[0] as Record<string, unknown>;
}

describe('TestIssuer', () => {
  let issuer: TestIssuer;

  beforeAll(async () => {
    issuer = await TestIssuer.create();
  });

  it('creates tokens with the claims of PropelAuth’s access tokens, and one that tells them apart', async () => {
    const token = await issuer.accessToken({
      userId: 'a11ce000-0000-4000-8000-000000000001',
      email: 'alice@example.com',
      firstName: 'Alice',
      lastName: 'Archer',
      username: 'alice',
      legacyUserId: 'old-alice',
      properties: { plan: 'pro' },
      loginMethod: { loginMethod: 'saml_sso', provider: 'Okta', orgId: 'the-org' },
      impersonatorUserId: 'the-employee',
      orgs: [
        {
          orgId: 'acce0000-0000-4000-8000-000000000000',
          orgName: 'Acme & Sons',
          orgMetadata: { tier: 2 },
          legacyOrgId: 'old-acme',
          role: 'Admin',
          permissions: ['can_view_billing'],
        },
      ],
    });
    const { iat, exp, ...claims } = decodeJwt(token);
    expect(exp! - iat!).toBe(1800);
    expect(claims).toEqual({
      iss: 'https://auth.example.com',
      propelauth_emulator: true,
      user_id: 'a11ce000-0000-4000-8000-000000000001',
      email: 'alice@example.com',
      first_name: 'Alice',
      last_name: 'Archer',
      username: 'alice',
      legacy_user_id: 'old-alice',
      properties: { plan: 'pro' },
      login_method: { login_method: 'saml_sso', provider: 'Okta', org_id: 'the-org' },
      impersonator_user_id: 'the-employee',
      org_id_to_org_member_info: {
        'acce0000-0000-4000-8000-000000000000': {
          org_id: 'acce0000-0000-4000-8000-000000000000',
          org_name: 'Acme & Sons',
          url_safe_org_name: 'acme-sons',
          org_metadata: { tier: 2 },
          legacy_org_id: 'old-acme',
          org_role_structure: 'single_role_in_hierarchy',
          user_role: 'Admin',
          inherited_user_roles_plus_current_role: ['Admin', 'Member'],
          additional_roles: [],
          user_permissions: ['can_view_billing'],
        },
      },
    });
  });

  it('creates a user from an empty description', async () => {
    expect(decodeJwt(await issuer.accessToken({}))).toMatchObject({
      user_id: expect.stringMatching(UUID) as string,
      email: 'user@example.com',
      login_method: { login_method: 'password' },
      org_id_to_org_member_info: {},
    });
  });

  it('creates the same ids in every run', () => {
    expect(issuer.userId(ALICE)).toBe('87121042-fa25-46b9-8b91-f5c0aa6c925b');
    expect(issuer.orgId('Acme Inc')).toBe('89154515-2b49-41ca-9f61-7417b4968519');
  });

  it('creates different ids for different users, organizations and seeds', async () => {
    const other = await TestIssuer.create({ seed: 'another' });
    const ids = [issuer, other].flatMap((each) => [
      each.userId(ALICE),
      each.userId({ email: 'bob@example.com' }),
      each.orgId(),
      each.orgId('Globex'),
    ]);
    expect(new Set(ids).size).toBe(8);
    for (const id of ids) expect(id).toMatch(UUID);
  });

  it('creates the same id for an email address in any case, and for a username', () => {
    const id = issuer.userId(ALICE);
    expect(issuer.userId({ email: 'Alice@Example.com' })).toBe(id);
    expect(issuer.userId({ username: 'alice' })).toBe(id);
  });

  it.each([
    ['Owner', ['Owner', 'Admin', 'Member']],
    ['Admin', ['Admin', 'Member']],
    ['Member', ['Member']],
  ])('makes %s inherit %j', async (role, inherited) => {
    expect(await membershipIn(issuer, { role })).toMatchObject({
      user_role: role,
      inherited_user_roles_plus_current_role: inherited,
      user_permissions: [],
    });
  });

  it('makes the roles of the project inherit each other, with their permissions', async () => {
    const project = await TestIssuer.create({
      roles: [{ name: 'Boss', permissions: ['hire', 'fire'] }, 'Clerk'],
    });
    expect(await membershipIn(project, { role: 'Boss' })).toMatchObject({
      inherited_user_roles_plus_current_role: ['Boss', 'Clerk'],
      user_permissions: ['hire', 'fire'],
    });
    expect(await membershipIn(project, { role: 'Clerk', permissions: ['ask'] })).toMatchObject({
      inherited_user_roles_plus_current_role: ['Clerk'],
      user_permissions: ['ask'],
    });
  });

  it('has no hierarchy among several roles of one user', async () => {
    const project = await TestIssuer.create({
      roles: [
        { name: 'Buyer', permissions: ['buy'] },
        { name: 'Seller', permissions: ['sell'] },
      ],
    });
    const org = project.org({ role: 'Buyer', additionalRoles: ['Seller'] });
    expect(org.orgRoleStructure).toBe('multi_role');
    expect([org.isRole('Buyer'), org.isAtLeastRole('Seller')]).toEqual([true, true]);
    expect(org.permissions).toEqual(['buy', 'sell']);
    const one = project.org({ role: 'Buyer', roleStructure: 'multi_role' });
    expect(one.isAtLeastRole('Seller')).toBe(false);
    expect(one.inheritedRolesPlusCurrentRole).toEqual(['Buyer']);
  });

  it.each([
    ['the role', { role: 'Admn' }],
    ['an additional role', { role: 'Admin', additionalRoles: ['Admn'], permissions: [] }],
  ])('rejects %s that the project does not have, and lists the known ones', async (_case, org) => {
    const rejection = /"Admn" is not a role .* Owner, Admin, Member\./;
    await expect(issuer.accessToken({ orgs: [org] })).rejects.toThrow(rejection);
    expect(() => issuer.org(org)).toThrow(rejection);
  });

  it('rejects a user with two memberships in one organization', async () => {
    const orgs = [{ role: 'Admin' }, { orgName: 'ACME Inc', role: 'Member' }];
    await expect(issuer.accessToken({ orgs })).rejects.toThrow(/^orgs has an organization more/);
    expect(() => issuer.user({ orgs })).toThrow(/^orgs has an organization more/);
  });

  it.each([[[]], [['Admin', 'Admin']], [['Admin', ' ']], [[{ name: undefined as never }]]])(
    'rejects the roles %j',
    async (roles) => {
      await expect(TestIssuer.create({ roles })).rejects.toThrow(
        /^roles is empty, or has a duplicate/,
      );
    },
  );

  it.each(['http://auth.example.com', 'auth.example.com', 'https://auth.example.com/path'])(
    'rejects the auth URL %s',
    async (authUrl) => {
      await expect(TestIssuer.create({ authUrl })).rejects.toThrow(/^authUrl /);
    },
  );

  it('scopes a token to the active organization', async () => {
    const globex = { orgId: 'globex', orgName: 'Globex', role: 'Member' };
    const user = { ...ALICE, orgs: [...ALICE.orgs!, globex], activeOrgId: 'globex' };
    const claims = decodeJwt(await issuer.accessToken(user));
    expect(claims).not.toHaveProperty('org_id_to_org_member_info');
    expect(claims['org_member_info']).toMatchObject({ org_id: 'globex', user_role: 'Member' });
    expect(issuer.user(user).getActiveOrg()?.orgName).toBe('Globex');
  });

  it('rejects an active organization that the user is not in', async () => {
    await expect(issuer.accessToken({ ...ALICE, activeOrgId: 'globex' })).rejects.toThrow(
      /^activeOrgId is "globex", an organization that the user is not in\./,
    );
  });

  it('issues tokens for any time and any lifetime', async () => {
    const issuedAt = new Date('2026-01-01T00:00:00Z');
    const { iat, exp } = decodeJwt(
      await issuer.accessToken(ALICE, { issuedAt, expiresInSeconds: -60 }),
    );
    expect(iat).toBe(issuedAt.getTime() / 1000);
    expect(exp).toBe(iat! - 60);
  });

  it('issues tokens with claims that PropelAuth would not issue', async () => {
    const claims = decodeJwt(
      await issuer.accessToken(ALICE, {
        claims: { iss: 'https://evil.example', email: undefined },
      }),
    );
    expect(claims.iss).toBe('https://evil.example');
    expect(claims).not.toHaveProperty('email');
  });

  it('returns the value of an Authorization header', async () => {
    const authorization = await issuer.authorization(ALICE);
    expect(authorization).toMatch(/^Bearer \S+$/);
    const claims = decodeJwt(authorization.replace('Bearer ', ''));
    expect(claims['user_id']).toBe(issuer.userId(ALICE));
  });

  it('says that await is missing where a promise is taken for text', async () => {
    const token: unknown = issuer.accessToken(ALICE);
    const authorization: unknown = issuer.authorization(ALICE);
    expect(() => String(token)).toThrow(
      'accessToken() returns a promise. Add await: await issuer.accessToken(user).',
    );
    expect(() => String(authorization)).toThrow('await issuer.authorization(user)');
    await Promise.all([token, authorization]);
  });

  it('creates the user that the guard would inject, deeply frozen', () => {
    const user = issuer.user(ALICE);
    expect(user).toBeInstanceOf(UserClass);
    expect(user.getOrgs()[0]).toBeInstanceOf(OrgMemberInfo);
    expect(user.isAtLeastRole(issuer.orgId(), 'Member')).toBe(true);
    expect(Object.isFrozen(user.getOrgs()[0]!.permissions)).toBe(true);
  });

  it('does not freeze its arguments', () => {
    const properties = { seats: [1] };
    issuer.user({ properties });
    properties.seats.push(2);
    expect(properties.seats).toEqual([1, 2]);
  });

  it('signs with another key after rotation', async () => {
    const rotating = await TestIssuer.create();
    const before = rotating.moduleOptions.manualTokenVerificationMetadata.verifierKey;
    await rotating.rotateKey();
    const token = await rotating.accessToken(ALICE);
    const after = rotating.moduleOptions.manualTokenVerificationMetadata.verifierKey;
    await expect(jwtVerify(token, await importSPKI(after, 'RS256'))).resolves.toBeDefined();
    await expect(jwtVerify(token, await importSPKI(before, 'RS256'))).rejects.toThrow(/signature/);
  });
});

describe('TestIssuer in production', () => {
  const nodeEnv = process.env.NODE_ENV;
  const rejection = /does not work with NODE_ENV=production/;

  afterEach(() => {
    process.env.NODE_ENV = nodeEnv;
  });

  it.each(['production', ' Production '])('cannot be created with NODE_ENV %j', async (value) => {
    process.env.NODE_ENV = value;
    await expect(TestIssuer.create()).rejects.toThrow(rejection);
  });

  it('throws if it was created before', async () => {
    const issuer = await TestIssuer.create();
    process.env.NODE_ENV = 'production';
    await expect(issuer.accessToken(ALICE)).rejects.toThrow(rejection);
    await expect(issuer.authorization(ALICE)).rejects.toThrow(rejection);
    await expect(issuer.rotateKey()).rejects.toThrow(rejection);
    expect(() => issuer.user(ALICE)).toThrow(rejection);
    expect(() => issuer.org({ role: 'Admin' })).toThrow(rejection);
  });
});

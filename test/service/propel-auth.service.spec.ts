import {
  ForbiddenException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import {
  OrgMemberInfo,
  PropelAuthForbiddenException,
  PropelAuthModule,
  PropelAuthService,
  PropelAuthUnauthorizedException,
  PropelAuthUnavailableException,
  User,
} from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { startApplication } from '../support/application.js';
import {
  ACME,
  ACME_ID,
  alice,
  API_KEY,
  AUTH_URL,
  bob,
  carol,
  dave,
  GLOBEX_ID,
  ROLES,
  userIn,
} from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';

const issuer = await TestIssuer.create({ roles: [...ROLES, 'Billing'] });

/** For arguments that TypeScript would not let through. */
const any = (value: unknown) => value as never;

async function userOf(user: TestUser): Promise<User> {
  return propelAuth.validateAccessToken(await issuer.accessToken(user));
}

const { app } = await startApplication({
  imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
});
const propelAuth = app.get(PropelAuthService);
const users = {
  alice: await userOf(alice),
  bob: await userOf(bob),
  carol: await userOf(carol),
  dave: await userOf(dave),
  erin: await userOf(userIn('erin', { ...ACME, role: 'Member', additionalRoles: ['Billing'] })),
  scoped: await userOf({ ...userIn('dave', { ...ACME, role: 'Admin' }), activeOrgId: ACME_ID }),
};

describe('validateAccessToken()', () => {
  it('resolves to the user of a valid token', async () => {
    const user = await userOf(alice);
    expect(user).toBeInstanceOf(User);
    expect(user.userId).toBe(alice.userId);
    expect(Object.isFrozen(user)).toBe(true);
  });

  it.each<[string, () => Promise<string>]>([
    ['an expired one', () => issuer.accessToken(alice, { claims: { exp: 1 } })],
    ['one with its scheme', () => issuer.authorization(alice)],
    ['any other string', () => Promise.resolve('token')],
  ])('throws UnauthorizedException for %s', async (_what, tokenOf) => {
    const validating = propelAuth.validateAccessToken(await tokenOf());
    await expect(validating).rejects.toBeInstanceOf(UnauthorizedException);
    await expect(validating).rejects.toBeInstanceOf(PropelAuthUnauthorizedException);
    await expect(validating).rejects.toMatchObject({ status: 401, reason: expect.any(String) });
  });

  it.each([undefined, null, 1, {}, [], true])(
    'throws UnauthorizedException for %j instead of a token',
    async (token) => {
      await expect(propelAuth.validateAccessToken(any(token))).rejects.toBeInstanceOf(
        UnauthorizedException,
      );
    },
  );
});

describe('validateAuthorizationHeader()', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('resolves to the user for %s', async (scheme) => {
    const header = `${scheme} ${await issuer.accessToken(alice)}`;
    const user = await propelAuth.validateAuthorizationHeader(header);
    expect(user.userId).toBe(alice.userId);
  });

  it.each<[string, (token: string) => unknown]>([
    ['no header', () => undefined],
    ['null', () => null],
    ['an empty one', () => ''],
    ['only the scheme', () => 'Bearer'],
    ['the scheme and a space', () => 'Bearer '],
    ['two spaces', (token) => `Bearer  ${token}`],
    ['a leading space', (token) => ` Bearer ${token}`],
    ['a trailing space', (token) => `Bearer ${token} `],
    ['a trailing line break', (token) => `Bearer ${token}\n`],
    ['an extra part', (token) => `Bearer ${token} extra`],
    ['another scheme', (token) => `Basic ${token}`],
    ['only the token', (token) => token],
    ['a list', (token) => [`Bearer ${token}`]],
  ])('throws UnauthorizedException for %s', async (_what, headerOf) => {
    const header = headerOf(await issuer.accessToken(alice));
    await expect(propelAuth.validateAuthorizationHeader(any(header))).rejects.toBeInstanceOf(
      UnauthorizedException,
    );
  });
});

describe('without a verification key', () => {
  it('both throw ServiceUnavailableException', async () => {
    const server = await PropelAuthServer.start();
    server.answers({ status: 500 });
    const application = await startApplication({
      imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY })],
    });
    const keyless = application.app.get(PropelAuthService);
    const token = await issuer.accessToken(alice);
    for (const validating of [
      keyless.validateAccessToken(token),
      keyless.validateAuthorizationHeader(`Bearer ${token}`),
    ]) {
      await expect(validating).rejects.toBeInstanceOf(ServiceUnavailableException);
      await expect(validating).rejects.toBeInstanceOf(PropelAuthUnavailableException);
    }
    await expect(keyless.validateAuthorizationHeader(undefined)).rejects.toBeInstanceOf(
      UnauthorizedException,
    );
    await application.close();
  });
});

type Check = (user: User, orgId: string) => OrgMemberInfo;

const checks: Record<string, Check> = {
  requireOrgMember: (user, orgId) => propelAuth.requireOrgMember(user, orgId),
  minimumAdmin: (user, orgId) => propelAuth.requireOrgMemberWithMinimumRole(user, orgId, 'Admin'),
  minimumMember: (user, orgId) => propelAuth.requireOrgMemberWithMinimumRole(user, orgId, 'Member'),
  exactlyAdmin: (user, orgId) => propelAuth.requireOrgMemberWithExactRole(user, orgId, 'Admin'),
  exactlyBilling: (user, orgId) => propelAuth.requireOrgMemberWithExactRole(user, orgId, 'Billing'),
  permission: (user, orgId) =>
    propelAuth.requireOrgMemberWithPermission(user, orgId, 'can_view_billing'),
  allPermissions: (user, orgId) =>
    propelAuth.requireOrgMemberWithAllPermissions(user, orgId, [
      'can_view_billing',
      'can_edit_billing',
    ]),
};

describe('The organization checks', () => {
  it.each<[string, string[]]>([
    ['requireOrgMember', ['alice', 'bob', 'carol', 'erin', 'scoped']],
    ['minimumAdmin', ['alice', 'bob', 'scoped']],
    ['minimumMember', ['alice', 'bob', 'carol', 'erin', 'scoped']],
    ['exactlyAdmin', ['bob', 'scoped']],
    ['exactlyBilling', ['erin']],
    ['permission', ['alice', 'bob', 'scoped']],
    ['allPermissions', ['alice']],
  ])('%s returns the membership of %j and throws for everyone else', (name, allowed) => {
    const check = checks[name] as Check;
    const outcomes = Object.entries(users).map(([person, user]) => {
      try {
        return [person, check(user, ACME_ID) === user.getOrg(ACME_ID)];
      } catch (error) {
        return [person, error instanceof ForbiddenException ? 'forbidden' : error];
      }
    });
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(
        Object.keys(users).map((person) => [person, allowed.includes(person) || 'forbidden']),
      ),
    );
  });

  const hostileIds = [GLOBEX_ID, '', '__proto__', 'constructor', undefined, null, 1, [ACME_ID], {}];

  it('find the organization by its URL-safe name, and by both', () => {
    const user = users.alice;
    for (const org of [
      { orgName: 'acme-inc' },
      { orgId: ACME_ID },
      { orgId: ACME_ID, orgName: 'acme-inc' },
    ]) {
      expect(propelAuth.requireOrgMember(user, org).orgId).toBe(ACME_ID);
      expect(propelAuth.requireOrgMemberWithMinimumRole(user, org, 'Admin').orgId).toBe(ACME_ID);
    }
    for (const org of [
      {},
      { orgName: 'Acme Inc' },
      { orgName: 'globex' },
      { orgId: ACME_ID, orgName: 'globex' },
    ]) {
      expect(() => propelAuth.requireOrgMember(user, org)).toThrow(PropelAuthForbiddenException);
    }
  });

  it.each(Object.keys(checks).flatMap((name) => hostileIds.map((orgId) => ({ name, orgId }))))(
    '$name throws ForbiddenException for the org id $orgId',
    ({ name, orgId }) => {
      const check = checks[name] as Check;
      expect(() => check(users.alice, any(orgId))).toThrow(ForbiddenException);
      expect(() => check(users.alice, any(orgId))).toThrow(PropelAuthForbiddenException);
    },
  );

  const names = ['', ' ', undefined, null, 1, {}, ['Owner']];

  it.each(names)('throw TypeError for the role or permission %j', (name) => {
    const { alice: user } = users;
    for (const check of [
      () => propelAuth.requireOrgMemberWithMinimumRole(user, ACME_ID, any(name)),
      () => propelAuth.requireOrgMemberWithExactRole(user, ACME_ID, any(name)),
      () => propelAuth.requireOrgMemberWithPermission(user, ACME_ID, any(name)),
      () => propelAuth.requireOrgMemberWithAllPermissions(user, ACME_ID, any([name])),
      () => propelAuth.requireOrgMemberWithAllPermissions(user, ACME_ID, any(['a', name])),
    ]) {
      expect(check).toThrow(TypeError);
    }
  });

  it('throw TypeError for an empty list of permissions, for any user', () => {
    for (const user of [users.alice, users.dave]) {
      expect(() => propelAuth.requireOrgMemberWithAllPermissions(user, ACME_ID, [])).toThrow(
        TypeError,
      );
    }
  });

  it.each([undefined, null])('throw TypeError for the user %s', (nobody) => {
    for (const check of Object.values(checks)) {
      expect(() => check(any(nobody), ACME_ID)).toThrow(TypeError);
    }
  });
});

import { membershipIn } from '../../../test/support/claims.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID } from '../../../test/support/project.js';
import type { JsonObject } from '../../values/json-object.js';
import { readUser } from './user-claims.js';
import { MalformedFieldError } from '../../values/json-fields.js';

const REJECTED = MalformedFieldError;

const alice: JsonObject = {
  user_id: 'user-alice',
  email: 'alice@example.com',
  first_name: 'Alice',
  last_name: 'Ünï 東京',
  username: 'alice',
  legacy_user_id: 'old-1',
  impersonator_user_id: 'employee-1',
  properties: { plan: 'pro', nested: { list: [1, null] } },
  login_method: { login_method: 'saml_sso', provider: 'Okta', org_id: ACME_ID },
  org_id_to_org_member_info: { [ACME_ID]: membershipIn(ACME, 'Owner') },
};

describe('readUser', () => {
  it('creates a User from PropelAuth’s claims', () => {
    const user = readUser(alice);
    expect(user).toMatchObject({
      userId: 'user-alice',
      email: 'alice@example.com',
      firstName: 'Alice',
      lastName: 'Ünï 東京',
      username: 'alice',
      legacyUserId: 'old-1',
      impersonatorUserId: 'employee-1',
      properties: { plan: 'pro', nested: { list: [1, null] } },
      loginMethod: { loginMethod: 'saml_sso', provider: 'Okta', orgId: ACME_ID },
    });
    expect(user.isImpersonating()).toBe(true);
    expect(user.isRole(ACME_ID, 'Owner')).toBe(true);
  });

  it.each([
    'email',
    'first_name',
    'last_name',
    'username',
    'legacy_user_id',
    'impersonator_user_id',
    'properties',
    'login_method',
    'org_id_to_org_member_info',
    'org_member_info',
  ])('treats null as absent: %s', (claim) => {
    const { [claim]: _, ...without } = alice;
    expect(readUser({ ...alice, [claim]: null })).toEqual(readUser(without));
  });

  it('leaves absent claims absent', () => {
    const { loginMethod, ...user } = readUser({ user_id: 'user-alice' });
    expect(user).toEqual({ userId: 'user-alice' });
    expect(loginMethod).toEqual({ loginMethod: 'unknown' });
  });

  it.each([undefined, null, '', 7, true, ['user-alice'], {}])(
    'rejects a user with the id %j',
    (user_id) => {
      expect(() => readUser({ ...alice, user_id })).toThrow(REJECTED);
    },
  );

  it.each<[string, unknown[]]>([
    ['email', [7, false, [], {}]],
    ['first_name', [7, false, [], {}]],
    ['last_name', [7, false, [], {}]],
    ['username', [7, false, [], {}]],
    ['legacy_user_id', [7, false, [], {}]],
    ['impersonator_user_id', [7, false, [], {}, '']],
    ['properties', [7, false, [], 'text', '']],
    ['login_method', [7, false, [], 'password', '']],
    ['org_id_to_org_member_info', [7, false, [], 'text', '']],
    ['org_member_info', [7, false, [], 'text', '', 0]],
  ])('rejects %s of another type', (claim, values) => {
    for (const value of values)
      expect(() => readUser({ ...alice, [claim]: value })).toThrow(REJECTED);
  });

  it.each(['login_method', 'provider', 'org_id'])(
    'rejects a login method whose %s is not a string',
    (field) => {
      const login_method = { login_method: 'saml_sso', [field]: ['Okta'] };
      expect(() => readUser({ ...alice, login_method })).toThrow(REJECTED);
    },
  );

  it.each<[JsonObject, object]>([
    [{ login_method: 'password' }, { loginMethod: 'password' }],
    [{ login_method: 'social_sso', provider: 'Google' }, { provider: 'Google' }],
    [{ login_method: 'impersonation' }, { loginMethod: 'impersonation' }],
    [{ login_method: 'of_tomorrow' }, { loginMethod: 'unknown' }],
    [{ login_method: null }, { loginMethod: 'unknown' }],
    [{}, { loginMethod: 'unknown' }],
  ])('reads the login method %j', (login_method, expected) => {
    expect(readUser({ ...alice, login_method }).loginMethod).toMatchObject(expected);
  });

  describe('of a token that is scoped to one organization', () => {
    const scoped = { ...alice, org_member_info: membershipIn(GLOBEX, 'Member') };

    it('has that organization as the active one, and no other', () => {
      const user = readUser(scoped);
      expect(user.getActiveOrgId()).toBe(GLOBEX_ID);
      expect(user.getOrgs().map(({ orgId }) => orgId)).toEqual([GLOBEX_ID]);
    });

    it('has no organization if the membership has no role', () => {
      const org_member_info = membershipIn(GLOBEX, 'Member', { user_role: null });
      const user = readUser({ ...scoped, org_member_info });
      expect(user.getActiveOrgId()).toBeUndefined();
      expect(user.orgIdToUserOrgInfo).toEqual({});
    });
  });

  it('freezes the user deeply', () => {
    const user = readUser(alice);
    expect(
      [
        user,
        user.properties,
        user.properties?.['nested'],
        user.loginMethod,
        user.orgIdToUserOrgInfo,
        user.getOrg(ACME_ID),
        user.getOrg(ACME_ID)?.orgMetadata,
        user.getOrg(ACME_ID)?.userPermissions,
        user.getOrg(ACME_ID)?.userInheritedRolesPlusCurrentRole,
        user.getOrg(ACME_ID)?.userAssignedAdditionalRoles,
      ].map((part) => typeof part === 'object' && Object.isFrozen(part)),
    ).not.toContain(false);
  });

  it('is not affected by claims named like properties that objects inherit', () => {
    const claims = JSON.parse(
      '{ "__proto__": { "user_id": "mallory", "email": "mallory@example.com" }, "user_id": "user-alice" }',
    ) as JsonObject;
    const user = readUser(claims);
    expect(user.userId).toBe('user-alice');
    expect(user.email).toBeUndefined();
  });

  it('ignores a claim named __proto__', () => {
    const claims = JSON.parse('{ "__proto__": { "user_id": "mallory" } }') as JsonObject;
    expect(() => readUser(claims)).toThrow(REJECTED);
  });

  it('keeps properties of any name unchanged', () => {
    const properties = JSON.parse(
      '{ "__proto__": { "admin": true }, "toString": 1 }',
    ) as JsonObject;
    const user = readUser({ ...alice, properties });
    expect(JSON.stringify(user.properties)).toBe('{"__proto__":{"admin":true},"toString":1}');
    expect(user.getUserProperty('admin')).toBeUndefined();
  });

  it('throws an error without claims', () => {
    expect(() => readUser({ ...alice, email: { secret: 'SECRET' } })).toThrow(
      expect.objectContaining({ message: '' }),
    );
  });
});

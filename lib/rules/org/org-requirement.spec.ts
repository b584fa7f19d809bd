import { OrgMemberInfo, OrgRoleStructure } from '@propelauth/node-apis';
import {
  anyPermissionRequirement,
  anyRoleRequirement,
  assertMeets,
  describeUnmet,
  permissionsRequirement,
  roleRequirement,
  unmetReasonOf,
  type OrgRequirement,
} from './org-requirement.js';
import { isAnyOf } from '../required-names.js';

const HIERARCHY = ['Owner', 'Admin', 'Member'];

function memberOf(
  role: string,
  {
    structure = OrgRoleStructure.SingleRole,
    inherited = HIERARCHY.slice(HIERARCHY.indexOf(role)),
    additional = [] as string[],
    permissions = [] as string[],
  } = {},
): OrgMemberInfo {
  return new OrgMemberInfo(
    'acme',
    'Acme Inc',
    {},
    'acme-inc',
    role,
    inherited,
    permissions,
    structure,
    additional,
  );
}

describe('An organization requirement', () => {
  it('of membership is met by every membership', () => {
    expect(unmetReasonOf(memberOf('Member'), { type: 'member' })).toBeUndefined();
  });

  describe('of a role in a hierarchy', () => {
    it.each([
      ['Owner', ['Owner', 'Admin', 'Member']],
      ['Admin', ['Admin', 'Member']],
      ['Member', ['Member']],
    ])('is met by %s for: %j', (role, minimumRoles) => {
      const org = memberOf(role);
      const met = (exact: boolean) =>
        HIERARCHY.filter(
          (required) => unmetReasonOf(org, roleRequirement(required, exact)) === undefined,
        );
      expect(met(false)).toEqual(minimumRoles);
      expect(met(true)).toEqual([role]);
    });

    it('is met by roles of any name', () => {
      const org = memberOf('Billing', { inherited: ['Billing', '役割'] });
      expect(unmetReasonOf(org, roleRequirement('役割', false))).toBeUndefined();
      expect(unmetReasonOf(org, roleRequirement('役割', true))).toBe('role_missing');
    });

    it.each(['admin', 'Admi', 'Admin ', 'toString', 'length', '0'])(
      'is not met by Admin if %j is required',
      (role) => {
        expect(unmetReasonOf(memberOf('Admin'), roleRequirement(role, false))).toBe('role_missing');
        expect(unmetReasonOf(memberOf('Admin'), roleRequirement(role, true))).toBe('role_missing');
      },
    );
  });

  describe('of a role without a hierarchy', () => {
    const org = memberOf('Admin', {
      structure: OrgRoleStructure.MultiRole,
      inherited: ['Admin', 'Member'],
      additional: ['Billing'],
    });

    it.each([
      ['Admin', undefined],
      ['Billing', undefined],
      // There is no hierarchy, whatever the claim of inherited roles says.
      ['Member', 'role_missing'],
      ['Owner', 'role_missing'],
    ])('is met by having the role: %s', (role, unmet) => {
      expect(unmetReasonOf(org, roleRequirement(role, false))).toBe(unmet);
      expect(unmetReasonOf(org, roleRequirement(role, true))).toBe(unmet);
    });
  });

  describe('of permissions', () => {
    const org = memberOf('Admin', { permissions: ['can_read', 'can_write'] });

    it.each<[string | string[], string | undefined]>([
      ['can_read', undefined],
      [['can_read'], undefined],
      [['can_read', 'can_write'], undefined],
      [['can_write', 'can_write'], undefined],
      ['can_fly', 'permission_missing'],
      [['can_read', 'can_fly'], 'permission_missing'],
      ['can_', 'permission_missing'],
      ['CAN_READ', 'permission_missing'],
      ['length', 'permission_missing'],
    ])('requires all of %j', (permissions, unmet) => {
      expect(unmetReasonOf(org, permissionsRequirement(permissions))).toBe(unmet);
    });

    it('is never met if the list is empty', () => {
      expect(unmetReasonOf(org, { type: 'permissions', permissions: [] })).toBe(
        'permission_missing',
      );
    });
  });

  it.each([undefined, null, '', ' ', '\t', 7, {}, [], ['Admin']])('rejects the role %j', (role) => {
    expect(() => roleRequirement(role, false)).toThrow(/A role has to be a non-empty string/);
    expect(() => roleRequirement(role, true)).toThrow(TypeError);
  });

  it.each([
    undefined,
    null,
    '',
    ' ',
    7,
    {},
    [['can_read']],
    ['can_read', ''],
    ['can_read', undefined],
  ])('rejects the permissions %j', (permissions) => {
    expect(() => permissionsRequirement(permissions)).toThrow(
      'A permission has to be a non-empty string.',
    );
  });

  it('rejects an empty list of permissions', () => {
    expect(() => permissionsRequirement([])).toThrow(/would let every caller in/);
  });

  it('is not affected by later changes to the given list', () => {
    const permissions = ['can_read', 'can_fly'];
    const requirement = permissionsRequirement(permissions);
    permissions.pop();
    expect(unmetReasonOf(memberOf('Admin', { permissions: ['can_read'] }), requirement)).toBe(
      'permission_missing',
    );
  });
});

describe('Alternatives', () => {
  const org = memberOf('Admin', { permissions: ['can_read', 'can_write'] });

  it.each<[string[], string | undefined]>([
    [['Admin'], undefined],
    [['Owner', 'Admin'], undefined],
    [['Admin', 'Owner'], undefined],
    // Admins are at least members, but alternatives are exact.
    [['Member'], 'role_missing'],
    [['Owner', 'Member'], 'role_missing'],
  ])('of roles require exactly one of %j', (anyOf, unmet) => {
    expect(unmetReasonOf(org, anyRoleRequirement({ anyOf }))).toBe(unmet);
  });

  it.each<[string[], string | undefined]>([
    [['can_read'], undefined],
    [['can_fly', 'can_write'], undefined],
    [['can_fly', 'CAN_READ'], 'permission_missing'],
  ])('of permissions require one of %j', (anyOf, unmet) => {
    expect(unmetReasonOf(org, anyPermissionRequirement({ anyOf }))).toBe(unmet);
  });

  it('are described by their type', () => {
    const anyOf = ['one', 'other'];
    expect(anyRoleRequirement({ anyOf })).toEqual({ type: 'any-role', roles: anyOf });
    expect(anyPermissionRequirement({ anyOf })).toEqual({
      type: 'any-permission',
      permissions: anyOf,
    });
    expect(roleRequirement('one', true)).toEqual({ type: 'role', role: 'one', exact: true });
  });

  it.each<[object]>([
    [{}],
    [{ anyOf: undefined }],
    [{ anyOf: 'Admin' }],
    [{ anyOf: [] }],
    [{ anyOf: { length: 1 } }],
    [{ anyOf: ['Admin'], allOf: ['Owner'] }],
  ])('require at least one, and no other keys: not %j', (wrong) => {
    expect(() => anyRoleRequirement(wrong as never)).toThrow(
      'Alternatives have to be { anyOf: [...] }, with at least one role.',
    );
    expect(() => anyPermissionRequirement(wrong as never)).toThrow('with at least one permission.');
  });

  it.each([[['']], [['Admin', ' ']], [[7]]])(
    'require names that are not empty: not %j',
    (anyOf) => {
      const wrong = { anyOf } as { anyOf: string[] };
      expect(() => anyRoleRequirement(wrong)).toThrow(/A role has to be a non-empty string/);
      expect(() => anyPermissionRequirement(wrong)).toThrow(
        /A permission has to be a non-empty string/,
      );
    },
  );

  it('are distinguished from names and lists of names', () => {
    expect(isAnyOf({ anyOf: ['Admin'] })).toBe(true);
    for (const other of ['Admin', ['Admin'], [], null, undefined, () => {}]) {
      expect(isAnyOf(other)).toBe(false);
    }
  });
});

describe('A misspelled requirement', () => {
  const admin = memberOf('Admin', { permissions: ['can_view'], additional: ['Billing'] });

  it.each([
    [roleRequirement('admin', true), 'role "admin", and the caller has "Admin"'],
    [roleRequirement('MEMBER', false), 'role "MEMBER", and the caller has "Member"'],
    [
      anyRoleRequirement({ anyOf: ['Owner', 'billing'] }),
      'role "billing", and the caller has "Billing"',
    ],
    [permissionsRequirement(['Can_View']), 'permission "Can_View", and the caller has "can_view"'],
    [
      anyPermissionRequirement({ anyOf: ['can_pay', 'CAN_VIEW'] }),
      'permission "CAN_VIEW", and the caller has "can_view"',
    ],
  ])('%j is described', (requirement, words) => {
    expect(describeUnmet(admin, requirement)).toBe(
      `The rule requires the ${words}. Names are case-sensitive: correct the rule`,
    );
  });

  it.each([
    [roleRequirement('Owner', true), ', but "Admin", "Billing"'],
    [anyRoleRequirement({ anyOf: ['Owner', 'Auditor'] }), ', but "Admin", "Billing"'],
  ])('%j is not one, so the roles of the caller are named', (requirement, words) => {
    expect(describeUnmet(admin, requirement)).toBe(
      `The caller does not have the required role in the organization${words}`,
    );
  });

  it('is described where the membership names no additional roles', () => {
    const plain = Object.assign(memberOf('Admin'), { userAssignedAdditionalRoles: undefined });
    expect(describeUnmet(plain, roleRequirement('OWNER', true))).toBe(
      'The caller does not have the required role in the organization, but "Admin"',
    );
  });

  it('is the detail of the rejection, which names the organization', () => {
    const lacking = (requirement: OrgRequirement) => () => assertMeets(admin, requirement);
    expect(lacking(permissionsRequirement(['Can_View']))).toThrow(
      expect.objectContaining({
        reason: 'permission_missing',
        orgId: 'acme',
        detail: describeUnmet(admin, permissionsRequirement(['Can_View'])),
      }),
    );
    expect(lacking(permissionsRequirement(['can_pay']))).toThrow(
      expect.objectContaining({ reason: 'permission_missing', orgId: 'acme', detail: undefined }),
    );
    expect(lacking(permissionsRequirement(['can_view']))).not.toThrow();
  });

  it('is not looked for where the caller has no role, as API keys of an organization', () => {
    expect(describeUnmet(memberOf(''), roleRequirement('Owner', true))).toBeUndefined();
  });

  it.each([[{ type: 'member' } as const], [permissionsRequirement(['can_pay', 'can_view'])]])(
    '%j is not one',
    (requirement) => {
      expect(describeUnmet(admin, requirement)).toBeUndefined();
    },
  );
});

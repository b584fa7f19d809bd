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

const admin = memberOf('Admin', { permissions: ['can_read', 'can_write'] });
const billing = memberOf('Billing', { inherited: ['Billing', '役割'] });
/** There is no hierarchy, whatever the claim of inherited roles says. */
const several = memberOf('Admin', {
  structure: OrgRoleStructure.MultiRole,
  inherited: ['Admin', 'Member'],
  additional: ['Billing'],
});

/** Which of these requirements a member does not meet, by their words. */
function unmet<Words>(org: OrgMemberInfo, all: Words[], of: (words: Words) => OrgRequirement) {
  return all.filter((words) => unmetReasonOf(org, of(words)) !== undefined);
}

const atLeast = (role: string) => roleRequirement(role, false);
const exactly = (role: string) => roleRequirement(role, true);
const oneRole = (anyOf: string[]) => anyRoleRequirement({ anyOf });
const onePermission = (anyOf: string[]) => anyPermissionRequirement({ anyOf });

describe('An organization requirement', () => {
  it('of membership is met by every membership', () => {
    expect(unmetReasonOf(memberOf('Member'), { type: 'member' })).toBeUndefined();
  });

  it.each<[string, OrgMemberInfo, string[], string[], string[]]>([
    ['an Owner', memberOf('Owner'), HIERARCHY, [], ['Admin', 'Member']],
    ['an Admin', admin, HIERARCHY, ['Owner'], ['Owner', 'Member']],
    ['a Member', memberOf('Member'), HIERARCHY, ['Owner', 'Admin'], ['Owner', 'Admin']],
    [
      'a Member, whose hierarchy has no further roles',
      memberOf('Member', { additional: ['Owner', 'Billing'] }),
      ['Owner', 'Billing', 'Member'],
      ['Owner', 'Billing'],
      ['Owner', 'Billing'],
    ],
    ['roles of any name', billing, ['Billing', '役割'], [], ['役割']],
    [
      'several roles',
      several,
      ['Admin', 'Billing', 'Member', 'Owner'],
      ['Member', 'Owner'],
      ['Member', 'Owner'],
    ],
    ...['admin', 'Admi', 'Admin ', 'toString', 'length', '0'].map(
      (role): [string, OrgMemberInfo, string[], string[], string[]] => [
        `an Admin, of ${role}`,
        admin,
        [role],
        [role],
        [role],
      ],
    ),
  ])('of a role is not met by %s', (_who, org, roles, notAtLeast, notExactly) => {
    expect(unmet(org, roles, atLeast)).toEqual(notAtLeast);
    expect(unmet(org, roles, exactly)).toEqual(notExactly);
  });

  it.each<[string, OrgRequirement, string | undefined]>([
    ['a permission', permissionsRequirement('can_read'), undefined],
    ['a list of one', permissionsRequirement(['can_read']), undefined],
    ['all of a list', permissionsRequirement(['can_read', 'can_write']), undefined],
    ['one twice', permissionsRequirement(['can_write', 'can_write']), undefined],
    ['another', permissionsRequirement('can_fly'), 'permission_missing'],
    ['one of a list', permissionsRequirement(['can_read', 'can_fly']), 'permission_missing'],
    ['a part of its name', permissionsRequirement('can_'), 'permission_missing'],
    ['another case', permissionsRequirement('CAN_READ'), 'permission_missing'],
    ['a property of lists', permissionsRequirement('length'), 'permission_missing'],
    ['an empty list', { type: 'permissions', permissions: [] }, 'permission_missing'],
    ['the first of two', onePermission(['can_read', 'can_fly']), undefined],
    ['the second of two', onePermission(['can_fly', 'can_write']), undefined],
    ['none of two', onePermission(['can_fly', 'CAN_READ']), 'permission_missing'],
    ['the only role', oneRole(['Admin']), undefined],
    ['the second role', oneRole(['Owner', 'Admin']), undefined],
    ['the first role', oneRole(['Admin', 'Owner']), undefined],
    // Admins are at least members, but alternatives are exact.
    ['a lower role', oneRole(['Member']), 'role_missing'],
    ['a lower and a higher role', oneRole(['Owner', 'Member']), 'role_missing'],
    ['a higher role', atLeast('Owner'), 'role_missing'],
  ])('is met, or not, by an Admin: %s', (_what, requirement, reason) => {
    expect(unmetReasonOf(admin, requirement)).toBe(reason);
  });

  it('is described by its type', () => {
    const anyOf = ['one', 'other'];
    expect([oneRole(anyOf), onePermission(anyOf), exactly('one')]).toEqual([
      { type: 'any-role', roles: anyOf },
      { type: 'any-permission', permissions: anyOf },
      { type: 'role', role: 'one', exact: true },
    ]);
  });

  it('is not affected by later changes to the given list', () => {
    const permissions = ['can_read', 'can_fly'];
    const requirement = permissionsRequirement(permissions);
    permissions.pop();
    expect(unmetReasonOf(admin, requirement)).toBe('permission_missing');
  });
});

describe('A name of a requirement', () => {
  const NOT_A_ROLE = /A role has to be a non-empty string/;
  const NOT_A_PERMISSION = 'A permission has to be a non-empty string.';
  const wrongNames = [undefined, null, '', ' ', '\t', 7, {}, [['Admin']]];

  it.each([...wrongNames, []].map((name) => [name]))('of a role cannot be %j', (name) => {
    expect(() => roleRequirement(name, false)).toThrow(NOT_A_ROLE);
    expect(() => roleRequirement(name, true)).toThrow(TypeError);
  });

  it.each(wrongNames.map((name) => [name]))('of a permission cannot be %j', (name) => {
    expect(() => permissionsRequirement(name)).toThrow(NOT_A_PERMISSION);
    expect(() => permissionsRequirement(['can_read', name])).toThrow(NOT_A_PERMISSION);
  });

  it.each([[['']], [['Admin', ' ']], [[7]]])('of an alternative cannot be in %j', (anyOf) => {
    expect(() => oneRole(anyOf as string[])).toThrow(NOT_A_ROLE);
    expect(() => onePermission(anyOf as string[])).toThrow(NOT_A_PERMISSION);
  });

  it('is needed for permissions', () => {
    expect(() => permissionsRequirement([])).toThrow(/would let every caller in/);
  });

  it.each<[object]>([
    [{}],
    [{ anyOf: undefined }],
    [{ anyOf: 'Admin' }],
    [{ anyOf: [] }],
    [{ anyOf: { length: 1 } }],
    [{ anyOf: ['Admin'], allOf: ['Owner'] }],
  ])('is needed for alternatives, and no other key: not %j', (wrong) => {
    expect(() => anyRoleRequirement(wrong as never)).toThrow(
      'Alternatives have to be { anyOf: [...] }, with at least one role.',
    );
    expect(() => anyPermissionRequirement(wrong as never)).toThrow('with at least one permission.');
  });

  it('is distinguished from alternatives', () => {
    expect(isAnyOf({ anyOf: ['Admin'] })).toBe(true);
    const others = ['Admin', ['Admin'], [], null, undefined, () => {}];
    expect(others.filter(isAnyOf)).toEqual([]);
  });
});

const misspelled = (words: string) =>
  `The rule requires the ${words}. Names are case-sensitive: correct the rule`;
const otherRoles = (names: string) =>
  `The caller does not have the required role in the organization, but ${names}`;

describe('A requirement that is not met', () => {
  const member = memberOf('Admin', { permissions: ['can_view'], additional: ['Billing'] });
  const plain = Object.assign(memberOf('Admin'), { userAssignedAdditionalRoles: undefined });

  it.each<[OrgMemberInfo, OrgRequirement, string | undefined]>([
    [member, exactly('admin'), misspelled('role "admin", and the caller has "Admin"')],
    [member, atLeast('MEMBER'), misspelled('role "MEMBER", and the caller has "Member"')],
    [
      member,
      oneRole(['Owner', 'billing']),
      misspelled('role "billing", and the caller has "Billing"'),
    ],
    [
      member,
      permissionsRequirement(['Can_View']),
      misspelled('permission "Can_View", and the caller has "can_view"'),
    ],
    [
      member,
      onePermission(['can_pay', 'CAN_VIEW']),
      misspelled('permission "CAN_VIEW", and the caller has "can_view"'),
    ],
    [member, exactly('Owner'), otherRoles('"Admin", "Billing"')],
    [member, oneRole(['Owner', 'Auditor']), otherRoles('"Admin", "Billing"')],
    [plain, exactly('OWNER'), otherRoles('"Admin"')],
    // As API keys of an organization.
    [memberOf(''), exactly('Owner'), undefined],
    [member, { type: 'member' }, undefined],
    [member, permissionsRequirement(['can_pay', 'can_view']), undefined],
  ])('is described: %#', (org, requirement, words) => {
    expect(describeUnmet(org, requirement)).toBe(words);
  });

  it.each<[string, string | undefined]>([
    ['Can_View', misspelled('permission "Can_View", and the caller has "can_view"')],
    ['can_pay', undefined],
  ])('rejects, with the organization and the description: %s', (permission, detail) => {
    expect(() => assertMeets(member, permissionsRequirement([permission]))).toThrow(
      expect.objectContaining({ reason: 'permission_missing', orgId: 'acme', detail }),
    );
  });

  it('does not reject where it is met', () => {
    expect(() => assertMeets(member, permissionsRequirement(['can_view']))).not.toThrow();
  });
});

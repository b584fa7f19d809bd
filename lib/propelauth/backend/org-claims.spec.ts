import type { OrgMemberInfo } from '@propelauth/node-apis';
import { membershipIn } from '../../../test/support/claims.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID } from '../../../test/support/project.js';
import type { JsonObject } from '../../values/json-object.js';
import { readMembership, readMemberships } from './org-claims.js';
import { MalformedFieldError } from '../../values/json-fields.js';

const REJECTED = MalformedFieldError;

/** Names that every object has: as the id of an organization, each would be found in an empty map. */
const HOSTILE_IDS = Object.getOwnPropertyNames(Object.prototype);

function acme(overrides: JsonObject = {}): JsonObject {
  return membershipIn(ACME, 'Admin', overrides);
}

describe('readMembership', () => {
  it('reads every claim of a membership, and omits unknown ones', () => {
    const claims = acme({ legacy_org_id: 'old-1', org_metadata: { a: [1] } });
    expect(readMembership({ ...claims, of_tomorrow: 1 })).toEqual({
      orgId: ACME_ID,
      orgName: claims['org_name'],
      urlSafeOrgName: claims['url_safe_org_name'],
      orgMetadata: { a: [1] },
      legacyOrgId: 'old-1',
      orgRoleStructure: 'single_role_in_hierarchy',
      userAssignedRole: 'Admin',
      userInheritedRolesPlusCurrentRole: claims['inherited_user_roles_plus_current_role'],
      userAssignedAdditionalRoles: claims['additional_roles'],
      userPermissions: claims['user_permissions'],
    });
  });

  it.each([null, undefined])('treats %s as no membership', (entry) => {
    expect(readMembership(entry)).toBeUndefined();
  });

  it.each([null, undefined])('treats a role of %s as no membership', (user_role) => {
    expect(readMembership(acme({ user_role }))).toBeUndefined();
  });

  it.each<[string, keyof OrgMemberInfo, unknown]>([
    ['org_name', 'orgName', undefined],
    ['url_safe_org_name', 'urlSafeOrgName', undefined],
    ['legacy_org_id', 'legacyOrgId', undefined],
    ['org_role_structure', 'orgRoleStructure', 'single_role_in_hierarchy'],
    ['org_metadata', 'orgMetadata', {}],
    ['inherited_user_roles_plus_current_role', 'userInheritedRolesPlusCurrentRole', []],
    ['additional_roles', 'userAssignedAdditionalRoles', []],
    ['user_permissions', 'userPermissions', []],
  ])('treats null as absent: %s', (claim, property, absent) => {
    const { [claim]: _, ...without } = acme();
    expect(readMembership(acme({ [claim]: null }))?.[property]).toEqual(absent);
    expect(readMembership(without)?.[property]).toEqual(absent);
  });

  it.each([true, 0, 1, '', 'Admin', [], [acme()]])(
    'rejects %j instead of a membership',
    (entry) => {
      expect(() => readMembership(entry)).toThrow(REJECTED);
    },
  );

  it.each<[string, unknown[]]>([
    ['org_id', [undefined, null, '', 7, [ACME_ID], {}]],
    ['org_name', [7, true, [], {}]],
    ['url_safe_org_name', [7, true, [], {}]],
    ['legacy_org_id', [7, true, [], {}]],
    ['org_metadata', ['', 'text', 7, true, []]],
    ['org_role_structure', ['', 'matrix', 'MULTI_ROLE', 7, true, [], {}, 'toString']],
    ['user_role', [7, true, ['Admin'], {}]],
    [
      'inherited_user_roles_plus_current_role',
      ['', 'Admin', 7, true, {}, [7], [null], [['Admin']]],
    ],
    ['additional_roles', ['', 'Admin', 7, true, {}, [7], [null], [['Admin']]]],
    ['user_permissions', ['', 'can_fly', 7, true, {}, [7], ['can_fly', null], [['can_fly']]]],
  ])('rejects %s of another type or meaning', (claim, values) => {
    for (const value of values) {
      expect(() => readMembership(acme({ [claim]: value }))).toThrow(REJECTED);
    }
  });

  it('rejects a malformed membership even if it has no role', () => {
    expect(() => readMembership(acme({ user_role: null, user_permissions: 'all' }))).toThrow(
      REJECTED,
    );
  });

  it.each(HOSTILE_IDS)('rejects an organization with the id %s', (org_id) => {
    expect(() => readMembership(acme({ org_id }))).toThrow(REJECTED);
  });

  it.each(['an id with spaces', '0', 'Ünïcödé', 'prototype', '__proto'])(
    'accepts an organization with the id %s',
    (org_id) => {
      expect(readMembership(acme({ org_id }))?.orgId).toBe(org_id);
    },
  );

  it.each(['single_role_in_hierarchy', 'multi_role'])(
    'accepts the role structure %s',
    (structure) => {
      const membership = readMembership(acme({ org_role_structure: structure }));
      expect(membership?.orgRoleStructure).toBe(structure);
    },
  );
});

describe('readMemberships', () => {
  it('reads each organization under its id', () => {
    const globex = membershipIn(GLOBEX, 'Member');
    const memberships = { [ACME_ID]: acme(), [GLOBEX_ID]: globex };
    expect(readMemberships(memberships)).toEqual({
      [ACME_ID]: readMembership(acme()),
      [GLOBEX_ID]: readMembership(globex),
    });
  });

  it('omits entries that are not memberships', () => {
    const memberships = {
      [ACME_ID]: null,
      [GLOBEX_ID]: membershipIn(GLOBEX, 'Member', { user_role: null }),
    };
    expect(readMemberships(memberships)).toEqual({});
  });

  it.each([
    ['another organization', GLOBEX_ID],
    ['its own id in another case', ACME_ID.toUpperCase()],
    ['its own id with a space', `${ACME_ID} `],
    ['an empty string', ''],
  ])('rejects a membership under the key %s', (_what, key) => {
    expect(() => readMemberships({ [key]: acme() })).toThrow(REJECTED);
  });

  it('rejects all of them if one is malformed', () => {
    const memberships = { [ACME_ID]: acme(), [GLOBEX_ID]: { org_id: GLOBEX_ID, user_role: 7 } };
    expect(() => readMemberships(memberships)).toThrow(REJECTED);
  });

  it.each(HOSTILE_IDS)('rejects an organization under the name %s', (name) => {
    const claim = JSON.parse(
      `{ "${name}": ${JSON.stringify(acme({ org_id: name }))} }`,
    ) as JsonObject;
    expect(() => readMemberships(claim)).toThrow(REJECTED);
  });

  it('does not create an organization for null under the key __proto__', () => {
    const memberships = readMemberships(JSON.parse('{ "__proto__": null }') as JsonObject);
    expect(Object.getPrototypeOf(memberships)).toBe(Object.prototype);
    expect(Object.keys(memberships)).toEqual([]);
  });
});

/** The organizations and people of the tests, as the claims of PropelAuth's access tokens describe them. */

export const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
export const GLOBEX_ID = 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c';

/** Highest first. */
export const ROLES = ['Owner', 'Admin', 'Member'] as const;
export type Role = (typeof ROLES)[number];

const PERMISSIONS: Record<Role, string[]> = {
  Owner: ['can_view_billing', 'can_edit_billing', 'can_view_reports'],
  Admin: ['can_view_billing', 'can_view_reports'],
  Member: ['can_view_reports'],
};

/** The membership claim of someone with that role: the roles below it are inherited. */
export function membershipIn(
  org: { id: string; name: string },
  role: Role,
  overrides: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    org_id: org.id,
    org_name: org.name,
    url_safe_org_name: org.name.toLowerCase().replaceAll(' ', '-'),
    org_metadata: {},
    org_role_structure: 'single_role_in_hierarchy',
    user_role: role,
    inherited_user_roles_plus_current_role: ROLES.slice(ROLES.indexOf(role)),
    additional_roles: [],
    user_permissions: PERMISSIONS[role],
    ...overrides,
  };
}

export const ACME = { id: ACME_ID, name: 'Acme Inc' };
export const GLOBEX = { id: GLOBEX_ID, name: 'Globex' };

/** The claims of a person who is in these organizations. */
export function personIn(
  name: string,
  ...memberships: Record<string, unknown>[]
): Record<string, unknown> & { user_id: string } {
  return {
    user_id: `user-${name}`,
    email: `${name}@example.com`,
    first_name: name,
    org_id_to_org_member_info: Object.fromEntries(
      memberships.map((membership) => [membership['org_id'], membership]),
    ),
  };
}

export const alice = personIn('alice', membershipIn(ACME, 'Owner'));
export const bob = personIn('bob', membershipIn(ACME, 'Admin'));
export const carol = personIn('carol', membershipIn(ACME, 'Member'));
export const dave = personIn('dave');

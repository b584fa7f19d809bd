import { ACME, ROLES } from './project.js';

/** The users of the tests as claims of PropelAuth's access tokens, for tests of tokens; all others have those of project.ts. */

/** Highest first. */
export const ROLE_NAMES = ROLES.map(({ name }) => name);

/** The membership claim of someone with that role: the roles below it are inherited. */
export function membershipIn(
  { orgId, orgName }: { orgId: string; orgName: string },
  role: string,
  overrides: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    org_id: orgId,
    org_name: orgName,
    url_safe_org_name: orgName.toLowerCase().replaceAll(' ', '-'),
    org_metadata: {},
    org_role_structure: 'single_role_in_hierarchy',
    user_role: role,
    inherited_user_roles_plus_current_role: ROLE_NAMES.slice(ROLE_NAMES.indexOf(role)),
    additional_roles: [],
    user_permissions: ROLES.find(({ name }) => name === role)?.permissions,
    ...overrides,
  };
}

/** The claims of a person who is in these organizations. */
export function userClaims(
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

export const alice = userClaims('alice', membershipIn(ACME, 'Owner'));
export const bob = userClaims('bob', membershipIn(ACME, 'Admin'));
export const carol = userClaims('carol', membershipIn(ACME, 'Member'));
export const dave = userClaims('dave');

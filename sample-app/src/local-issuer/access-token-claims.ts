import { ACME, permissionsOf, rolesUpTo, type Person, type Role } from './people.js';

/**
 * What PropelAuth's access tokens say of a person.
 *
 * @param activeOrgId for a token that is scoped to this one organization of the person
 */
export function claimsOf(person: Person, activeOrgId?: string) {
  return {
    user_id: person.userId,
    email: `${person.name}@example.com`,
    first_name: person.firstName,
    last_name: person.lastName,
    username: person.name,
    properties: {},
    login_method: { login_method: 'password' },
    ...organizationClaimsOf(person, activeOrgId),
  };
}

function organizationClaimsOf({ role }: Person, activeOrgId: string | undefined) {
  const memberships: Record<string, object> = role ? { [ACME.orgId]: membershipAs(role) } : {};
  if (activeOrgId === undefined) return { org_id_to_org_member_info: memberships };
  return { org_member_info: memberships[activeOrgId] };
}

function membershipAs(role: Role) {
  return {
    org_id: ACME.orgId,
    org_name: ACME.name,
    url_safe_org_name: ACME.urlSafeName,
    org_metadata: {},
    org_role_structure: 'single_role_in_hierarchy',
    user_role: role,
    inherited_user_roles_plus_current_role: rolesUpTo(role),
    additional_roles: [],
    user_permissions: permissionsOf(role),
  };
}

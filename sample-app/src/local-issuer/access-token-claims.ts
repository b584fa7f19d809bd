import { ACME, permissionsOf, rolesUpTo, type Person, type Role } from './people.js';

/** What PropelAuth's access tokens say of a person. */
export function claimsOf(person: Person) {
  return {
    user_id: person.userId,
    email: `${person.name}@example.com`,
    first_name: person.firstName,
    last_name: person.lastName,
    username: person.name,
    properties: {},
    login_method: { login_method: 'password' },
    org_id_to_org_member_info: person.role ? { [ACME.orgId]: membershipAs(person.role) } : {},
  };
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

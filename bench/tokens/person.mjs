const USER = 1;
const ORG = 2;

/** The organization that everyone in the HTTP rows is an Admin of. */
export const ORG_ID = uuid(ORG, 0);

/**
 * PropelAuth's claims about a user. With three organizations, the token is about 2 KB long.
 *
 * @param number each number is another user
 */
export function claimsOfPerson(number, memberships = membershipsFrom(0, 3)) {
  const name = `ada-${String(number).padStart(6, '0')}`;
  return {
    user_id: uuid(USER, number),
    email: `${name}@example.com`,
    properties: {},
    login_method: { login_method: 'password' },
    org_id_to_org_member_info: Object.fromEntries(
      memberships.map((member) => [member.org_id, member]),
    ),
  };
}

/** Memberships in different organizations, from a number on. */
export function membershipsFrom(firstNumber, count) {
  return Array.from({ length: count }, (_, index) => membership(firstNumber + index));
}

function membership(number) {
  return {
    org_id: uuid(ORG, number),
    org_name: `Company ${number}`,
    url_safe_org_name: `company-${number}`,
    org_metadata: {},
    org_role_structure: 'single_role_in_hierarchy',
    user_role: 'Admin',
    inherited_user_roles_plus_current_role: ['Admin', 'Member'],
    additional_roles: [],
    user_permissions: [],
  };
}

/** The id of a kind of thing with a number, the same in every run. */
function uuid(kind, number) {
  return `${kind}0000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

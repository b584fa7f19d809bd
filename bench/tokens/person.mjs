/** What PropelAuth says of someone who is in three organizations: a token of about 2 KB. */
export function claimsOfPerson(number) {
  const name = `ada-${String(number).padStart(6, '0')}`;
  const memberships = [
    membership(0, 'Acme Inc', ['Admin', 'Member'], ['can_view_billing', 'can_view_reports']),
    membership(1, 'Globex', ['Member'], []),
    membership(2, 'Hooli', ['Member'], []),
  ];
  return {
    user_id: uuid(1, number),
    email: `${name}@example.com`,
    properties: {},
    login_method: { login_method: 'password' },
    org_id_to_org_member_info: Object.fromEntries(
      memberships.map((member) => [member.org_id, member]),
    ),
  };
}

function membership(number, orgName, roles, permissions) {
  return {
    org_id: uuid(2, number),
    org_name: orgName,
    url_safe_org_name: orgName.toLowerCase().replaceAll(' ', '-'),
    org_metadata: {},
    org_role_structure: 'single_role_in_hierarchy',
    user_role: roles[0],
    inherited_user_roles_plus_current_role: roles,
    additional_roles: [],
    user_permissions: permissions,
  };
}

/** A UUID of a kind and a number, the same at every run. */
function uuid(kind, number) {
  return `${kind}0000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

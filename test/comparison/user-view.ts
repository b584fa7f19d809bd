import type { OrgMemberInfo, User } from 'nestjs-propelauth';

/**
 * A user as plain data: own fields, and what the methods answer about all roles, permissions and organizations that are
 * in play for `reference`, and about some that are not.
 */
export function viewOf(user: User, reference: User = user): unknown {
  const orgs = reference.getOrgs();
  const orgIds = [...orgs.map(({ orgId }) => orgId), 'elsewhere', 'constructor', '__proto__', ''];
  const roles = unique(orgs.flatMap(rolesOf), ['Owner', 'owner', 'toString', '']);
  const permissions = unique(
    orgs.flatMap((org) => org.userPermissions),
    ['can_fly', 'length', ''],
  );
  const names = unique(
    orgs.flatMap((org) => [org.orgName, org.urlSafeOrgName]),
    ['elsewhere', ''],
  );
  const properties = unique(Object.keys(reference.properties ?? {}), ['absent', 'toString']);
  return {
    fields: { ...(user as object), orgIdToUserOrgInfo: undefined },
    memberships: Object.entries(user.orgIdToUserOrgInfo ?? {}).map(([id, org]) => [
      id,
      { ...(org as object) },
    ]),
    hasMemberships: user.orgIdToUserOrgInfo !== undefined,
    activeOrg: [user.getActiveOrgId(), user.getActiveOrg()?.orgId],
    isImpersonating: user.isImpersonating(),
    orgs: user.getOrgs().map((org) => ({
      getters: [org.assignedRole, org.permissions, org.inheritedRolesPlusCurrentRole],
      answers: answersOf(org, roles, permissions),
    })),
    orgsById: orgIds.map((id) => [
      user.getOrg(id)?.orgId,
      answersOf(
        {
          isRole: (role) => user.isRole(id, role),
          isAtLeastRole: (role) => user.isAtLeastRole(id, role),
          hasPermission: (permission) => user.hasPermission(id, permission),
          hasAllPermissions: (list) => user.hasAllPermissions(id, list),
        },
        roles,
        permissions,
      ),
    ]),
    orgsByName: names.map((name) => user.getOrgByName(name)?.orgId),
    properties: properties.map((name) => user.getUserProperty(name)),
  };
}

type Answers = Pick<
  OrgMemberInfo,
  'isRole' | 'isAtLeastRole' | 'hasPermission' | 'hasAllPermissions'
>;

function answersOf(org: Answers, roles: string[], permissions: string[]): unknown {
  return {
    isRole: roles.map((role) => org.isRole(role)),
    isAtLeastRole: roles.map((role) => org.isAtLeastRole(role)),
    hasPermission: permissions.map((permission) => org.hasPermission(permission)),
    hasAllPermissions: permissions.map((_, index) =>
      org.hasAllPermissions(permissions.slice(0, index)),
    ),
  };
}

function rolesOf(org: OrgMemberInfo): string[] {
  return [
    org.userAssignedRole,
    ...org.userInheritedRolesPlusCurrentRole,
    ...org.userAssignedAdditionalRoles,
  ];
}

function unique(values: string[], more: string[]): string[] {
  return [...new Set([...values, ...more])].filter((value) => typeof value === 'string');
}

/**
 * Another side's user, read as the design says claims are read ("`null` optional claims are absent; a `null` org entry or a
 * `null` role is no membership"). These are all differences between two users of one token:
 *
 * - a claim of `null` is no claim;
 * - a list of roles or permissions that is missing is empty (there, asking it is a TypeError), and so is missing metadata;
 * - a membership without a role is none.
 */
export function withNullRead(user: User): User {
  for (const [orgId, org] of Object.entries(user.orgIdToUserOrgInfo ?? {})) {
    nullToUndefined(org);
    Object.assign(org, {
      orgMetadata: org.orgMetadata ?? {},
      userInheritedRolesPlusCurrentRole: org.userInheritedRolesPlusCurrentRole ?? [],
      userPermissions: org.userPermissions ?? [],
    });
    if (org.userAssignedRole === undefined) {
      delete user.orgIdToUserOrgInfo?.[orgId];
      if (user.activeOrgId === orgId) user.activeOrgId = undefined;
    }
  }
  nullToUndefined(user.loginMethod ?? {});
  nullToUndefined(user);
  return user;
}

function nullToUndefined(value: object): void {
  for (const [name, field] of Object.entries(value)) {
    if (field === null) Object.assign(value, { [name]: undefined });
  }
}

import { OrgMemberInfo, OrgRoleStructure, UserClass, type User } from '@propelauth/node-apis';
import type { PresentState } from '../../plugins/current-access.js';
import { deepFreeze } from '../../values/deep-freeze.js';

/**
 * The user of a token with present access: the token's organizations that the user is still in, with the present roles and permissions.
 * Everything else comes from the token, because PropelAuth's answer has no login method, active organization or impersonator.
 */
export function narrowUser(user: UserClass, { state, hasLost }: PresentState): UserClass {
  const memberships = Object.values(user.orgIdToUserOrgInfo ?? {});
  const kept = memberships.filter(({ orgId }) => !hasLost(orgId));
  if (state === undefined && kept.length === memberships.length) return user;
  return userIn(
    user,
    kept.map((membership) =>
      withRolesOf(state?.orgs.get(membership.orgId) ?? membership, membership),
    ),
  );
}

/** The user with these memberships alone, deeply frozen. Of two in one organization, the later one counts. */
export function userIn(user: UserClass, memberships: readonly OrgMemberInfo[]): UserClass {
  const orgIdToOrgMemberInfo = Object.fromEntries(memberships.map((one) => [one.orgId, one]));
  return deepFreeze(new UserClass({ ...(user as User), orgIdToOrgMemberInfo }));
}

function withRolesOf(present: OrgMemberInfo, membership: OrgMemberInfo): OrgMemberInfo {
  // An answer that does not name the structure reads as a hierarchy, whose roles include others.
  const { orgRoleStructure } =
    membership.orgRoleStructure === OrgRoleStructure.MultiRole ? membership : present;
  return new OrgMemberInfo(
    membership.orgId,
    membership.orgName,
    membership.orgMetadata,
    membership.urlSafeOrgName,
    present.userAssignedRole,
    present.userInheritedRolesPlusCurrentRole,
    present.userPermissions,
    orgRoleStructure,
    present.userAssignedAdditionalRoles,
    membership.legacyOrgId,
  );
}

import { OrgMemberInfo, UserClass, type User } from '@propelauth/node-apis';
import type { RolesInOrg, UserState } from '../propelauth/backend/user-state.js';
import { deepFreeze } from '../values/deep-freeze.js';

/**
 * A user as PropelAuth's backend knows them now. It knows no login method and no impersonator.
 *
 * @param orgId the one organization that the user has, as the active one, if they are in it
 * @returns deeply frozen
 */
export function presentUser(
  userId: string,
  { orgs, profile }: UserState,
  orgId: string | undefined,
): UserClass {
  const roles = orgId === undefined ? undefined : orgs.get(orgId);
  const memberships =
    orgId === undefined || roles === undefined ? [] : [membershipIn(orgId, roles)];
  const user = {
    userId,
    ...profile,
    orgIdToOrgMemberInfo: Object.fromEntries(memberships.map((one) => [one.orgId, one])),
    activeOrgId: memberships[0]?.orgId,
    loginMethod: { loginMethod: 'unknown' },
  };
  // As in access tokens, what PropelAuth does not say is missing.
  return deepFreeze(new UserClass(user as User));
}

function membershipIn(orgId: string, membership: RolesInOrg): OrgMemberInfo {
  return new OrgMemberInfo(
    orgId,
    membership.orgName as string,
    membership.orgMetadata ?? {},
    membership.urlSafeOrgName as string,
    membership.userAssignedRole,
    membership.userInheritedRolesPlusCurrentRole,
    membership.userPermissions,
    membership.orgRoleStructure,
    membership.userAssignedAdditionalRoles,
    membership.legacyOrgId,
  );
}

import { OrgMemberInfo } from '@propelauth/node-apis';
import type { RolesInOrg } from '../propelauth/backend/user-state.js';

/** The membership in an organization, from PropelAuth's answer about the user. */
export function membershipIn(orgId: string, membership: RolesInOrg): OrgMemberInfo {
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

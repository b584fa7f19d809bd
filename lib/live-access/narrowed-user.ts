import { OrgMemberInfo, OrgRoleStructure, UserClass, type User } from '@propelauth/node-apis';
import { deepFreeze, type UserState } from '../extend.js';

/**
 * The user of a token with current access: the token's organizations that the user is still in, with the current roles and permissions.
 * Everything else comes from the token, because PropelAuth's answer has no login method, active organization or impersonator.
 *
 * @param isLost whether an organization is denied independently of the answer
 */
export function narrowUser(
  user: UserClass,
  { orgs }: UserState,
  isLost: (orgId: string) => boolean,
): UserClass {
  return withMemberships(user, (membership) => {
    const present = orgs.get(membership.orgId);
    return present === undefined || isLost(membership.orgId)
      ? undefined
      : withRolesOf(present, membership);
  });
}

/** The user of a token without some organizations. */
export function withoutOrgs(user: UserClass, orgIds: ReadonlySet<string>): UserClass {
  if (orgIds.size === 0) return user;
  return withMemberships(user, (membership) =>
    orgIds.has(membership.orgId) ? undefined : membership,
  );
}

function withMemberships(
  user: UserClass,
  change: (membership: OrgMemberInfo) => OrgMemberInfo | undefined,
): UserClass {
  const { orgIdToUserOrgInfo } = user;
  if (orgIdToUserOrgInfo === undefined) return user;
  return userIn(
    user,
    Object.values(orgIdToUserOrgInfo).flatMap((membership) => change(membership) ?? []),
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

import { isDeepStrictEqual } from 'node:util';
import { emailOf, urlSafe } from '../issuer/access-token-claims.js';
import type { Project } from './project.js';
import type { OrgRecord, UserRecord } from './records.js';
import type { MembershipDescription, UserDescription } from './user-description.js';

/**
 * Adds a user and their organizations as they are described, and with further fields. An existing user is replaced, and leaves the organizations that are not listed.
 *
 * @throws {EmulatorError} if the issuer rejects the user; then nothing has changed
 */
export function addDescribedUser(
  project: Project,
  user: UserDescription,
  fields: Partial<UserRecord> = {},
): UserRecord {
  const { issuer } = project;
  // Checks the roles and organizations.
  issuer.claimsOf(user);
  const userId = issuer.userId(user);
  const record = project.addUser({
    user_id: userId,
    email: emailOf(user),
    email_confirmed: true,
    first_name: user.firstName,
    last_name: user.lastName,
    username: user.username,
    legacy_user_id: user.legacyUserId,
    properties: user.properties,
    ...fields,
  });
  const orgIds = (user.orgs ?? []).map((membership) => {
    const { org_id: orgId } = orgOf(project, membership);
    project.setMembership(orgId, userId, membership);
    return orgId;
  });
  for (const { org } of project.orgsOf(userId)) {
    if (!orgIds.includes(org.org_id)) project.removeMembership(org.org_id, userId);
  }
  project.describedUsers.set(userId, withoutToken(user));
  return record;
}

/**
 * Adds the user of a token, unless the project has them from another source, or has had them as they are described, now or before: what a
 * test has changed since, such as a role, stays changed.
 */
export function addUserOfToken(project: Project, user: UserDescription): void {
  const userId = project.issuer.userId(user);
  const described = project.describedUsers.get(userId);
  const record = project.users.get(userId);
  const isKnown =
    described === undefined
      ? record !== undefined
      : isDeepStrictEqual(described, withoutToken(user)) ||
        (record && isDeepStrictEqual(descriptionOf(project, record), withoutToken(user)));
  if (!isKnown) addDescribedUser(project, user);
}

/** A user with their current memberships. */
export function descriptionOf(project: Project, user: UserRecord): UserDescription {
  return {
    userId: user.user_id,
    email: user.email,
    firstName: user.first_name,
    lastName: user.last_name,
    username: user.username,
    legacyUserId: user.legacy_user_id,
    properties: user.properties,
    orgs: project.orgsOf(user.user_id).map(({ org, membership }) => ({
      orgId: org.org_id,
      orgName: org.name,
      urlSafeOrgName: org.url_safe_org_slug,
      orgMetadata: org.metadata,
      legacyOrgId: org.legacy_org_id,
      ...membership,
      // A role mapping is of the project. The issuer knows only the roles.
      ...(org.custom_role_mapping_name !== undefined && {
        permissions: project.permissionsIn(org, membership),
      }),
    })),
  };
}

/**
 * A signed access token of a user, as they are now.
 *
 * @param activeOrgId scopes it to this organization; the user has to be a member
 */
export function accessTokenOf(
  project: Project,
  user: UserRecord,
  activeOrgId?: string,
): Promise<string> {
  return project.issuer.sign({ ...descriptionOf(project, user), activeOrgId });
}

/** A copy of what describes a user, and not one of their tokens. */
function withoutToken({
  activeOrgId: _activeOrgId,
  impersonatorUserId: _impersonatorUserId,
  loginMethod: _loginMethod,
  ...user
}: UserDescription): UserDescription {
  return structuredClone(user);
}

/** The organization of a membership, which is added unless the project has it. */
function orgOf(project: Project, membership: MembershipDescription): OrgRecord {
  const { orgId, name } = project.issuer.orgOf(membership);
  const known = project.orgs.get(orgId);
  if (known !== undefined) return known;
  return project.addOrg({
    org_id: orgId,
    name,
    url_safe_org_slug: membership.urlSafeOrgName ?? urlSafe(name),
    metadata: membership.orgMetadata ?? {},
    legacy_org_id: membership.legacyOrgId,
  });
}

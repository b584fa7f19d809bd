import { isDeepStrictEqual } from 'node:util';
import { emailOf } from '../issuer/access-token-claims.js';
import type { TestOrgMembership, TestUser } from '../issuer/test-user.interface.js';
import type { FakeProject } from './fake-project.js';
import type { UserRecord } from './records.js';

/**
 * Adds a {@link TestUser} and their organizations. Replaces an existing user.
 *
 * @throws {PropelAuthConfigurationError} if the issuer rejects the user; then nothing has changed
 */
export function addTestUser(project: FakeProject, user: TestUser): UserRecord {
  const { userId } = project.issuer.user(user);
  project.removeMemberships(userId);
  const record = project.addUser({
    user_id: userId,
    email: emailOf(user),
    email_confirmed: true,
    first_name: user.firstName,
    last_name: user.lastName,
    username: user.username,
    legacy_user_id: user.legacyUserId,
    properties: user.properties,
  });
  for (const membership of user.orgs ?? []) addTestMembership(project, userId, membership);
  project.describedUsers.set(userId, descriptionOf(user));
  return record;
}

/**
 * Adds the user of a token, unless the project has them from another source, or has had them as they are described now: what a test has
 * changed since, such as a role, stays changed.
 */
export function addUserOfToken(project: FakeProject, user: TestUser): void {
  const userId = project.issuer.userId(user);
  const described = project.describedUsers.get(userId);
  const isKnown =
    described === undefined
      ? project.users.has(userId)
      : isDeepStrictEqual(described, descriptionOf(user));
  if (!isKnown) addTestUser(project, user);
}

/** A copy of what describes a user, and not one of their tokens. */
function descriptionOf({
  activeOrgId: _activeOrgId,
  impersonatorUserId: _impersonatorUserId,
  loginMethod: _loginMethod,
  ...user
}: TestUser): TestUser {
  return structuredClone(user);
}

function addTestMembership(
  project: FakeProject,
  userId: string,
  membership: TestOrgMembership,
): void {
  const { orgId, orgName, urlSafeOrgName } = project.issuer.org(membership);
  if (!project.orgs.has(orgId)) {
    project.addOrg({
      org_id: orgId,
      name: orgName,
      url_safe_org_slug: urlSafeOrgName,
      metadata: membership.orgMetadata ?? {},
      legacy_org_id: membership.legacyOrgId,
    });
  }
  project.setMembership(orgId, userId, membership);
}

/** A user with their current memberships, as a {@link TestUser}. */
export function testUserOf(project: FakeProject, user: UserRecord): TestUser {
  return {
    userId: user.user_id,
    email: user.email,
    firstName: user.first_name,
    lastName: user.last_name,
    username: user.username,
    legacyUserId: user.legacy_user_id,
    properties: user.properties,
    orgs: [...project.orgs.values()].flatMap((org) => {
      const membership = project.findMembership(org.org_id, user.user_id);
      if (membership === undefined) return [];
      const { org_id: orgId, name: orgName, url_safe_org_slug: urlSafeOrgName } = org;
      const { metadata: orgMetadata, legacy_org_id: legacyOrgId } = org;
      // The roles are those of the issuer, which the compiler does not know.
      const roles = membership as TestOrgMembership;
      return [{ orgId, orgName, urlSafeOrgName, orgMetadata, legacyOrgId, ...roles }];
    }),
  };
}

import { loginOf, type Project } from './project.js';
import type { UserRecord } from './records.js';

/** A user's membership in an organization, as pages show it. */
export interface UserOrg {
  readonly orgId: string;
  readonly orgName: string;
  /** The role, and after it additional ones. */
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/** The organizations of a user, with the user's roles and permissions there. */
export function orgsOf(project: Project, user: UserRecord): UserOrg[] {
  return project.orgsOf(user.user_id).map(({ org, membership }) => ({
    orgId: org.org_id,
    orgName: org.name,
    roles: [membership.role, ...(membership.additionalRoles ?? [])],
    permissions: project.permissionsIn(org, membership),
  }));
}

/** The user's role in each of their organizations, such as `Owner of Acme Inc`; `in no organization` without one. */
export function membershipsInWords(project: Project, user: UserRecord): string {
  const memberships = orgsOf(project, user).map(
    ({ roles: [role], orgName }) => `${role} of ${orgName}`,
  );
  return memberships.join(', ') || 'in no organization';
}

/** The first and last name of a user; without them, what the user signs in with. */
export function fullNameOf(user: UserRecord): string {
  return [user.first_name, user.last_name].filter(Boolean).join(' ') || loginOf(user);
}

import type { LocalProject, ProjectUser } from '../local-project.js';

/** Whom a client acts for: a user and, if the user chose one, one of the user's organizations. */
export interface McpAccount {
  readonly user: ProjectUser;
  readonly orgId?: string;
}

/**
 * The accounts that clients act for. What a client holds, from the code to the last refresh token, names its account: a client loses all of it
 * with the user, and with the user's membership.
 */
export class McpAccounts {
  constructor(private readonly project: LocalProject) {}

  idOf({ user, orgId }: McpAccount): string {
    return JSON.stringify([user.userId, orgId]);
  }

  /**
   * @param id an id that {@link idOf} made
   * @returns `undefined` if the user is disabled or deleted, or has left the organization
   */
  find(id: string): McpAccount | undefined {
    // JSON has no undefined.
    const [userId, orgId] = JSON.parse(id) as [string, string | null];
    const user = this.project.users.find((each) => each.userId === userId);
    if (user === undefined) return undefined;
    if (orgId === null) return { user };
    return this.project.isMemberOf(user, orgId) ? { user, orgId } : undefined;
  }

  /** The user's role in the organization, of several the assigned one. */
  roleOf(user: ProjectUser, orgId: string): string | undefined {
    return this.project.orgsOf(user).find((org) => org.orgId === orgId)?.roles[0];
  }
}

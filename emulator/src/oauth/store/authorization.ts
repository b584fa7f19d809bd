import type { Project } from '../../project/project.js';
import type { UserRecord } from '../../project/records.js';

/** What a user allows a client. */
export interface Authorization {
  /** Empty for the server-side clients of the project, which authenticate with the API key. */
  readonly clientId: string;
  readonly userId: string;
  /** The organization that the client acts in. */
  readonly orgId?: string;
  /** Default: none. */
  readonly scopes?: readonly string[];
  /** What the tokens are for. */
  readonly resource?: string;
}

/** An authorization, with when the user gave it, in milliseconds since 1970. */
export interface DatedAuthorization extends Authorization {
  readonly begunAt: number;
}

/**
 * The user of an authorization; `undefined` if it has ended: the user is disabled, deleted or signed out everywhere, or has left the
 * organization.
 */
export function userOf(
  project: Project,
  { userId, orgId, begunAt }: DatedAuthorization,
): UserRecord | undefined {
  const user = project.users.get(userId);
  if (!user?.enabled || project.hasEndedSession(userId, begunAt)) return undefined;
  return project.isIn(orgId, userId) ? user : undefined;
}

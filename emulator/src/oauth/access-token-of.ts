import { descriptionOf } from '../project/described-users.js';
import type { Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';

/**
 * A signed access token of a user, as they are now.
 *
 * @param activeOrgId scopes it to this organization; the user has to be a member
 */
export function accessTokenOf(
  project: Project,
  user: UserRecord,
  activeOrgId: string | undefined,
): Promise<string> {
  return project.issuer.sign({ ...descriptionOf(project, user), activeOrgId });
}

import { apiKeyView, orgView, userView } from '../backend/views.js';
import type { Claims } from '../issuer/access-token-claims.js';
import type { Project } from '../project/project.js';

/** How many of each are shown. */
const MAXIMUM_SHOWN = 1_000;

/** The users, organizations, members, invitations and keys of a project, the latest of each, as the backend API returns them: without secrets. */
export function stateOf(project: Project): Claims {
  const users = latest(project.users);
  const members = users.flatMap(({ user_id }) =>
    project.orgsOf(user_id).map(({ org: { org_id }, membership }) => ({
      org_id,
      user_id,
      role: membership.role,
      additional_roles: membership.additionalRoles ?? [],
    })),
  );
  return {
    users: users.map((user) => userView(project, user, false)),
    orgs: latest(project.orgs).map(orgView),
    members: members.slice(-MAXIMUM_SHOWN),
    invites: latest(project.invites),
    api_keys: latest(project.apiKeys).map((key) => ({
      ...apiKeyView(key),
      is_archived: key.isArchived,
    })),
  };
}

function latest<T>(records: ReadonlyMap<string, T>): T[] {
  return [...records.values()].slice(-MAXIMUM_SHOWN);
}

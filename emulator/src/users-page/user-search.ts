import { fullNameOf, orgsOf } from '../project/memberships.js';
import { loginOf, type Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';

/** What is searched for and returned with the page. */
export const MAXIMUM_SEARCH_LENGTH = 100;

/** The users of whom a name, an email address, an id or an organization has this text; all users for an empty text. */
export function findUsers(project: Project, search: string): UserRecord[] {
  const users = [...project.users.values()];
  const text = search.toLowerCase();
  if (text === '') return users;
  return users.filter((user) =>
    textsOf(project, user).some((each) => each.toLowerCase().includes(text)),
  );
}

function textsOf(project: Project, user: UserRecord): string[] {
  return [
    loginOf(user),
    user.user_id,
    fullNameOf(user),
    user.email,
    ...orgsOf(project, user).flatMap(({ orgId, orgName }) => [orgId, orgName]),
  ];
}

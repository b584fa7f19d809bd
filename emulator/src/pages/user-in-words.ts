import { descriptionOf } from '../project/described-users.js';
import { loginOf, type Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';

/** The first and last name or, without them, what the user signs in with. */
export function fullNameOf(user: UserRecord): string {
  const { first_name: firstName, last_name: lastName } = user;
  return [firstName, lastName].filter(Boolean).join(' ') || loginOf(user);
}

/** The user's role in each of their organizations, such as `Owner of Acme Inc`; `in no organization` without one. */
export function membershipsInWords(project: Project, user: UserRecord): string {
  const { orgs = [] } = descriptionOf(project, user);
  return (
    orgs.map(({ role, orgName }) => `${role} of ${orgName}`).join(', ') || 'in no organization'
  );
}

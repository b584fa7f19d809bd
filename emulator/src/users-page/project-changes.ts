import type { RequestParameters } from '../oauth/request-parameters.js';
import type { Project } from '../project/project.js';
import type { ProjectEvent } from '../project/project-event.js';

/** What a form names; empty where it names nothing. */
interface Named {
  readonly userId: string;
  readonly orgId: string;
  readonly role: string;
}

/** Makes a change; `false` if a named user, organization or role is not there. */
type Change = (project: Project, named: Named) => boolean;

/** The changes that can be made, by the event with which PropelAuth reports each. */
const CHANGES: ReadonlyMap<string, Change> = new Map<ProjectEvent['event_type'], Change>([
  ['user.disabled', (project, { userId }) => setEnabled(project, userId, false)],
  ['user.enabled', (project, { userId }) => setEnabled(project, userId, true)],
  ['user.deleted', (project, { userId }) => project.removeUser(userId)],
  [
    'user.added_to_org',
    (project, { userId, orgId, role }) => {
      if (!project.users.has(userId) || !project.orgs.has(orgId)) return false;
      if (project.isIn(orgId, userId)) return false;
      if (!project.issuer.roles.has(role)) return false;
      project.setRoles(orgId, userId, { role });
      return true;
    },
  ],
  [
    'user.role_changed_within_org',
    (project, { userId, orgId, role }) => {
      const membership = project.findMembership(orgId, userId);
      if (membership === undefined || !project.issuer.roles.has(role)) return false;
      const additionalRoles = membership.additionalRoles?.filter((each) => each !== role);
      project.setRoles(orgId, userId, { role, additionalRoles });
      return true;
    },
  ],
  [
    'user.removed_from_org',
    (project, { userId, orgId }) => project.removeMembership(orgId, userId),
  ],
  ['org.deleted', (project, { orgId }) => project.removeOrg(orgId)],
]);

/**
 * Makes the change that a form asks for.
 *
 * @param form `change`, the type of the event; `user_id`, `role`, and `org`, the id or the name of an organization, as far as the change
 * needs them
 * @returns `false` if nothing has changed: the change is unknown, or what it names is not there
 */
export function changeProject(project: Project, form: RequestParameters): boolean {
  const change = CHANGES.get(form.get('change') ?? '');
  if (change === undefined) return false;
  return change(project, {
    userId: form.get('user_id') ?? '',
    orgId: orgIdOf(project, form.get('org') ?? ''),
    role: form.get('role') ?? '',
  });
}

function orgIdOf(project: Project, idOrName: string): string {
  if (project.orgs.has(idOrName)) return idOrName;
  return project.findOrgByName(idOrName)?.org_id ?? '';
}

/** Someone else may have done it in the meantime. */
function setEnabled(project: Project, userId: string, enabled: boolean): boolean {
  const user = project.users.get(userId);
  if (user === undefined) return false;
  if (user.enabled !== enabled) project.updateUser(user, { enabled });
  return true;
}

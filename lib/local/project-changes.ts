import type { FakeProject } from './fake-api/fake-project.js';
import type { PropelAuthEventType } from '../webhooks/propel-auth-event.js';
import type { RequestParameters } from './request-parameters.js';

/** An event with the fields that PropelAuth sends. */
export type LocalEvent = {
  readonly event_type: PropelAuthEventType;
} & Readonly<Record<string, string>>;

/** What a form names; empty where it names nothing. */
interface Named {
  readonly userId: string;
  readonly orgId: string;
  readonly role: string;
}

/** Makes a change, and returns the fields of its event; `undefined` if a named user, organization or role is not there. */
type Change = (project: FakeProject, named: Named) => Record<string, string> | undefined;

/** The changes that can be made, by the event with which PropelAuth reports each. */
const CHANGES: ReadonlyMap<string, Change> = new Map<PropelAuthEventType, Change>([
  ['user.disabled', (project, { userId }) => setEnabled(project, userId, false)],
  ['user.enabled', (project, { userId }) => setEnabled(project, userId, true)],
  [
    'user.deleted',
    (project, { userId }) => (project.removeUser(userId) ? { user_id: userId } : undefined),
  ],
  [
    'user.added_to_org',
    (project, { userId, orgId, role }) => {
      if (!project.users.has(userId) || !project.orgs.has(orgId)) return undefined;
      if (project.findMembership(orgId, userId) !== undefined) return undefined;
      if (!project.issuer.roles.has(role)) return undefined;
      project.setRoles(orgId, userId, { role });
      return { user_id: userId, org_id: orgId, role };
    },
  ],
  [
    'user.role_changed_within_org',
    (project, { userId, orgId, role }) => {
      const membership = project.findMembership(orgId, userId);
      if (membership === undefined || !project.issuer.roles.has(role)) return undefined;
      const additionalRoles = membership.additionalRoles?.filter((each) => each !== role);
      project.setRoles(orgId, userId, { role, additionalRoles });
      return { user_id: userId, org_id: orgId, new_role: role };
    },
  ],
  [
    'user.removed_from_org',
    (project, { userId, orgId }) =>
      project.removeMembership(orgId, userId)
        ? { removed_user_id: userId, org_id: orgId }
        : undefined,
  ],
  [
    'org.deleted',
    (project, { orgId }) => (project.removeOrg(orgId) ? { org_id: orgId } : undefined),
  ],
]);

/**
 * Makes the change that a form asks for.
 *
 * @param form `change`, the type of the event; `user_id`, `role`, and `org`, the id or the name of an organization, as far as the change
 * needs them
 * @returns the event, or `undefined` if nothing has changed: the change is unknown, or what it names is not there
 */
export function changeProject(
  project: FakeProject,
  form: RequestParameters,
): LocalEvent | undefined {
  const type = form.get('change') ?? '';
  const fields = CHANGES.get(type)?.(project, {
    userId: form.get('user_id') ?? '',
    orgId: orgIdOf(project, form.get('org') ?? ''),
    role: form.get('role') ?? '',
  });
  return fields && ({ event_type: type, ...fields } as LocalEvent);
}

function orgIdOf({ orgs }: FakeProject, idOrName: string): string {
  if (orgs.has(idOrName)) return idOrName;
  return [...orgs.values()].find(({ name }) => name === idOrName)?.org_id ?? '';
}

function setEnabled(
  project: FakeProject,
  userId: string,
  isEnabled: boolean,
): Record<string, string> | undefined {
  const user = project.users.get(userId);
  if (user === undefined) return undefined;
  user.enabled = isEnabled;
  return { user_id: userId };
}

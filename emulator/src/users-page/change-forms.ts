import { markup, type Html } from '../pages/html.js';
import { hiddenInput } from '../pages/sign-in-page.js';
import { fullNameOf, orgsOf, type UserOrg } from '../project/memberships.js';
import type { ProjectEvent } from '../project/project-event.js';
import type { Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';
import { forReaders } from './copy-buttons.js';
import { CHANGE_PATH } from './paths.js';

/** Where the forms are. */
export interface ChangesContext {
  readonly project: Project;
  /** What is searched for on the page, to which the browser returns. */
  readonly search: string;
}

/** The forms that change a user, behind a line to open them. */
export function userChanges(user: UserRecord, context: ChangesContext): Html {
  const { project, search } = context;
  const name = fullNameOf(user);
  const orgs = orgsOf(project, user);
  return markup`<details>
    <summary>Change${forReaders(` ${name}`)}</summary>
    ${orgs.map((org) => membershipForm(user, org, context))}
    ${orgs.length < project.orgs.size ? newMembershipForm(user, context) : ''}
    ${changeForm(
      { user_id: user.user_id, search },
      markup`${
        user.enabled
          ? changeButton('user.disabled', 'Disable user', name)
          : changeButton('user.enabled', 'Enable user', name)
      }
      ${changeButton('user.deleted', 'Delete user', name)}`,
    )}
  </details>`;
}

/** The form that deletes an organization. */
export function orgDeletion(orgId: string, orgName: string): Html {
  return changeForm({ org: orgId }, changeButton('org.deleted', 'Delete', orgName));
}

function membershipForm(
  user: UserRecord,
  { orgId, orgName, roles: [role] }: UserOrg,
  { project, search }: ChangesContext,
): Html {
  const membership = `${fullNameOf(user)} in ${orgName}`;
  return changeForm(
    { user_id: user.user_id, org: orgId, search },
    markup`<p>In ${orgName}</p>
      ${roleSelect(project, `Role of ${membership}`, role)}
      ${changeButton('user.role_changed_within_org', 'Change role', membership)}
      ${changeButton('user.removed_from_org', 'Remove', membership)}`,
  );
}

function newMembershipForm(user: UserRecord, { project, search }: ChangesContext): Html {
  const name = fullNameOf(user);
  const others = [...project.orgs.values()].filter(
    ({ org_id: orgId }) => !project.isIn(orgId, user.user_id),
  );
  const [org] = others.length === 1 ? others : [];
  return changeForm(
    { user_id: user.user_id, search },
    markup`<p>In another organization</p>
      <input name="org" value="${org?.name ?? ''}" list="orgs" placeholder="Organization" aria-label="Organization for ${name}" autocomplete="off" required>
      ${roleSelect(project, `Role for ${name}`, project.issuer.roles.names.at(-1))}
      ${changeButton('user.added_to_org', 'Add', name)}`,
  );
}

function changeForm(fields: Readonly<Record<string, string>>, content: Html): Html {
  return markup`<form class="change" method="post" action="${CHANGE_PATH}">
    ${Object.entries(fields).map(([name, value]) => hiddenInput(name, value))}
    ${content}
  </form>`;
}

function roleSelect({ issuer }: Project, label: string, selected: string | undefined): Html {
  const options = issuer.roles.names.map((role) =>
    role === selected
      ? markup`<option selected>${role}</option>`
      : markup`<option>${role}</option>`,
  );
  return markup`<select name="role" aria-label="${label}">${options}</select>`;
}

function changeButton(change: ProjectEvent['event_type'], text: string, subject: string): Html {
  return markup`<button class="small" name="change" value="${change}">${text}${forReaders(` ${subject}`)}</button>`;
}

import { descriptionOf } from '../project/described-users.js';
import { loginOf, type Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';
import { markup, type Html } from './html.js';
import { page } from './layout.js';
import { hiddenInput } from './sign-in-page.js';
import { fullNameOf } from '../project/memberships.js';
import { oneLine } from '../texts.js';

/** What a client asks for. The client says all of it itself. */
export interface ConsentRequest {
  readonly clientId: string;
  readonly clientName: string | undefined;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
}

/** The page on which the user chooses what a client may do, and in which organization. */
export function consentPage(
  project: Project,
  user: UserRecord,
  { clientId, clientName, redirectUri, scopes }: ConsentRequest,
): Html {
  return page(
    'Authorize this client?',
    markup`<p><strong>${oneLine(clientName ?? clientId)}</strong> wants to use your application as
        <strong>${fullNameOf(user)}</strong>. Then the browser opens <code>${redirectUri}</code></p>
      <form method="post" action="?">
        ${hiddenInput('user', loginOf(user))}
        ${scopes.length === 0 ? markup`` : markup`<fieldset><legend>Scopes</legend>${scopes.map(checkbox)}</fieldset>`}
        ${organizations(project, user)}
        <button name="decision" value="allow">Allow</button>
        <button name="decision" value="deny">Deny</button>
      </form>
      <form method="get" action="?"><button>Switch to another user</button></form>`,
  );
}

/**
 * The scopes that the user has left checked.
 *
 * @param scopes those that the page showed
 */
export function readCheckedScopes(
  form: { get(name: string): string | undefined },
  scopes: readonly string[],
): string[] {
  return scopes.filter((_scope, index) => form.get(fieldOf(index)) !== undefined);
}

/** By its place: a scope can have any characters. */
function fieldOf(index: number): string {
  return `scope-${index}`;
}

function checkbox(scope: string, index: number): Html {
  return markup`<label><input type="checkbox" name="${fieldOf(index)}" value="on" checked> <code>${scope}</code></label>`;
}

function organizations(project: Project, user: UserRecord): Html {
  const { orgs = [] } = descriptionOf(project, user);
  if (orgs.length === 0) return markup`<p class="quiet">In no organization</p>`;
  const options = orgs.map(
    ({ orgId, orgName, role }) => markup`<option value="${orgId}">${orgName} (${role})</option>`,
  );
  return markup`<label>Organization
    <select name="org">${options}<option value="">none</option></select></label>`;
}

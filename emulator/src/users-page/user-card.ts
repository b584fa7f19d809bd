import { markup, type Html } from '../pages/html.js';
import { hiddenInput } from '../pages/sign-in-page.js';
import { fullNameOf, orgsOf, type UserOrg } from '../project/memberships.js';
import { loginOf, type Project } from '../project/project.js';
import type { ApiKeyRecord, UserRecord } from '../project/records.js';
import { userChanges, type ChangesContext } from './change-forms.js';
import { copyableText, forReaders, remoteCopyButton } from './copy-buttons.js';
import { ACCESS_TOKEN_PATH, STEP_UP_GRANT_PATH } from './paths.js';

/** What a card needs besides its user. */
export interface CardContext extends ChangesContext {
  /** The position of the card on its page. */
  readonly index: number;
}

/** A user with everything that is needed to call an application as that user. No token: who looks at the page does not see one. */
export function userCard(user: UserRecord, context: CardContext): Html {
  const { project, index } = context;
  const name = fullNameOf(user);
  const id = `user-${index}`;
  const orgs = orgsOf(project, user);
  return markup`<article class="card" aria-labelledby="${id}">
    <header>
      <span class="initials" aria-hidden="true">${initialsOf(name)}</span>
      <div><h2 id="${id}">${name}</h2><p class="quiet">${loginsOf(user)}</p></div>
      ${user.mfa_enabled ? markup`<span class="badge">MFA</span>` : ''}
      ${user.enabled ? '' : markup`<span class="badge">Disabled</span>`}
    </header>
    <dl>
      ${orgs.length === 0 ? markup`<div><dt class="quiet">In no organization</dt></div>` : orgs.map(orgRow)}
      ${row('User id', copyableText(user.user_id, `user id of ${name}`))}
      ${apiKeysOf(project, user.user_id).map((key) => apiKeyRow(key, project))}
      ${user.enabled ? [row('Access token', tokenActions(user)), row('Step-up grant', stepUpForm(user))] : ''}
    </dl>
    ${userChanges(user, context)}
  </article>`;
}

/** The valid API keys of a user, or those that belong to no user. */
export function apiKeysOf(project: Project, userId: string | undefined): ApiKeyRecord[] {
  return project.apiKeysOf(userId).filter((key) => project.isCurrent(key));
}

/** An API key, with its name and organization. */
export function apiKeyRow(key: ApiKeyRecord, project: Project): Html {
  const { token, orgId, displayName, isImported } = key;
  const org = orgId === undefined ? undefined : project.orgs.get(orgId);
  const kind = isImported ? 'Imported API key' : 'API key';
  const label = [kind, displayName, org && `for ${org.name}`].filter(Boolean).join(' ');
  return row(label, copyableText(token, label));
}

/** A line of a card. */
export function row(label: Html | string, content: Html): Html {
  return markup`<div><dt>${label}</dt><dd>${content}</dd></div>`;
}

function orgRow({ orgId, orgName, roles, permissions }: UserOrg): Html {
  return row(
    markup`<strong>${roles.join(' and ')}</strong> of ${orgName}
      ${permissions.map((permission) => markup`<span class="badge">${permission}</span> `)}`,
    copyableText(orgId, `id of ${orgName}`),
  );
}

function tokenActions(user: UserRecord): Html {
  const name = fullNameOf(user);
  const page = `${ACCESS_TOKEN_PATH}?user=${encodeURIComponent(loginOf(user))}`;
  return markup`<a class="small" href="${page}">Show${forReaders(` access token of ${name}`)}</a>
    ${remoteCopyButton('token', name, page, 'token')}
    ${remoteCopyButton('curl command', name, page, 'curl')}`;
}

function stepUpForm(user: UserRecord): Html {
  const name = fullNameOf(user);
  return markup`<form method="post" action="${STEP_UP_GRANT_PATH}">
    ${hiddenInput('user', loginOf(user))}
    <input name="action_type" placeholder="Action" aria-label="Action of ${name}" autocomplete="off" required>
    <button class="small">Create${forReaders(` step-up grant for ${name}`)}</button>
  </form>`;
}

/** What a user signs in with, as far as the card is not titled with it. */
function loginsOf(user: UserRecord): string {
  const title = fullNameOf(user);
  const logins = new Set([loginOf(user), user.email]);
  return [...logins].filter((login) => login !== title).join(' · ');
}

function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) as number).toUpperCase())
    .join('');
}

import type { LocalProject, ProjectUser, UserOrg } from '../local-project.js';
import type { ApiKeyRecord } from '../fake-api/records.js';
import { userChanges, type ChangesContext } from './change-forms.js';
import { copyableText, forReaders, remoteCopyButton } from './copy-buttons.js';
import { markup, type Html } from './html.js';

/** What a card needs besides its user. */
export interface CardContext extends ChangesContext {
  /** The position of the card on its page. */
  readonly index: number;
  /** The actions for which the application asks for a step-up grant. */
  readonly actions: readonly string[];
}

/** A user with everything that is needed to call the application as that user. No token: who looks at the page does not see one. */
export function userCard(user: ProjectUser, context: CardContext): Html {
  const { project, index, actions } = context;
  const name = project.fullNameOf(user);
  const id = `user-${index}`;
  const orgs = project.orgsOf(user);
  return markup`<article class="card" aria-labelledby="${id}">
    <header>
      <span class="initials" aria-hidden="true">${initialsOf(name)}</span>
      <div><h2 id="${id}">${name}</h2><p class="quiet">${loginOf(user, project)}</p></div>
      ${project.hasMfa(user) ? markup`<span class="badge">MFA</span>` : ''}
      ${project.isEnabled(user) ? '' : markup`<span class="badge">Disabled</span>`}
    </header>
    <dl>
      ${orgs.length === 0 ? markup`<div><dt class="quiet">In no organization</dt></div>` : orgs.map(orgRow)}
      ${row('User id', copyableText(user.userId, `user id of ${name}`))}
      ${project.apiKeysOf(user).map((key) => apiKeyRow(key, project))}
      ${project.isEnabled(user) ? [row('Access token', tokenActions(user, name)), row('Step-up grant', stepUpForm(user, name, actions))] : ''}
    </dl>
    ${userChanges(user, context)}
  </article>`;
}

/** An API key, with its name and organization. */
export function apiKeyRow(
  { token, orgId, displayName }: ApiKeyRecord,
  project: LocalProject,
): Html {
  const org = orgId === undefined ? undefined : project.api.project.orgs.get(orgId);
  const label = ['API key', displayName, org && `for ${org.name}`].filter(Boolean).join(' ');
  return row(label, copyableText(token, label));
}

function orgRow({ orgId, orgName, roles, permissions }: UserOrg): Html {
  return row(
    markup`<strong>${roles.join(' and ')}</strong> of ${orgName}
      ${permissions.map((permission) => markup`<span class="badge">${permission}</span>`)}`,
    copyableText(orgId, `id of ${orgName}`),
  );
}

/** A line of a card. */
export function row(label: Html | string, content: Html): Html {
  return markup`<div><dt>${label}</dt><dd>${content}</dd></div>`;
}

function tokenActions({ name }: ProjectUser, fullName: string): Html {
  const page = `/propelauth/users/access-token?user=${encodeURIComponent(name)}`;
  return markup`<a class="small" href="${page}">Show${forReaders(` access token of ${fullName}`)}</a>
    ${remoteCopyButton('token', fullName, page, 'token')}
    ${remoteCopyButton('curl command', fullName, page, 'curl')}`;
}

function stepUpForm(user: ProjectUser, name: string, actions: readonly string[]): Html {
  const [action = ''] = actions.length === 1 ? actions : [];
  return markup`<form method="post" action="/propelauth/users/step-up-grant">
    <input type="hidden" name="user" value="${user.name}">
    <input name="action_type" value="${action}" list="actions" placeholder="Action" aria-label="Action of ${name}" autocomplete="off" required>
    <button class="small">Create${forReaders(` step-up grant for ${name}`)}</button>
  </form>`;
}

/** What a user signs in with, as far as the card is not titled with it. */
function loginOf(user: ProjectUser, project: LocalProject): string {
  const title = project.fullNameOf(user);
  const logins = new Set([user.name, project.emailOf(user)]);
  return [...logins].filter((login) => login !== title).join(' · ');
}

function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) as number).toUpperCase())
    .join('');
}

import { markup, type Html } from '../pages/html.js';
import { hiddenInput } from '../pages/sign-in-page.js';
import { fullNameOf, orgsOf, type UserOrg } from '../project/memberships.js';
import { loginOf } from '../project/project.js';
import type { ApiKeyRecord, InviteRecord, OrgRecord, UserRecord } from '../project/records.js';
import { actionForm, type UsersPage } from './action-forms.js';
import { cardIdOf, type Subject } from './actions.js';
import { copyableText, forReaders, remoteCopyButton } from './copy-buttons.js';
import { ACCESS_TOKEN_PATH, STEP_UP_GRANT_PATH } from './paths.js';

const MAXIMUM_ROWS = 200;

/** A user with everything that is needed to call an application as that user. No token: who looks at the page does not see one. */
export function userCard(user: UserRecord, page: UsersPage): Html {
  const { project } = page;
  const name = fullNameOf(user);
  const subject = { user_id: user.user_id };
  const orgs = orgsOf(project, user);
  return card(page, subject, name, {
    about: loginsOf(user),
    badges: [user.mfa_enabled ? badge('MFA') : '', user.enabled ? '' : badge('Disabled', 'bad')],
    rows: [
      orgs.length === 0 ? row('In no organization', '') : '',
      orgs.map((org) => membershipRow(user, org, page)),
      row('User id', copyableText(user.user_id, `user id of ${name}`)),
      apiKeyRows(project.apiKeysOf(user.user_id), page),
      user.enabled ? row('Access token', tokenActions(user)) : '',
      user.enabled ? row('Step-up grant', stepUpForm(user)) : '',
    ],
    actions: [
      orgs.length < project.orgs.size ? actionForm(page, 'addUserToOrg', name, subject) : '',
      actionForm(page, 'createApiKey', `of ${name}`, subject),
      actionForm(page, user.enabled ? 'disableUser' : 'enableUser', name, subject),
      actionForm(page, 'deleteUser', name, subject),
    ],
  });
}

/** An organization, with its invitations and API keys. */
export function orgCard({ org_id: orgId, name }: OrgRecord, page: UsersPage): Html {
  const { project } = page;
  const subject = { org_id: orgId };
  const members = project.membersOf(orgId).length;
  return card(page, subject, name, {
    about: members === 1 ? 'Organization with one member' : `Organization with ${members} members`,
    rows: [
      row('Organization id', copyableText(orgId, `id of organization ${name}`)),
      firstOf(project.invitesOf(orgId), (invite) => inviteRow(invite, page)),
      apiKeyRows(project.apiKeysOfOrg(orgId), page),
    ],
    actions: [
      actionForm(page, 'inviteUserToOrg', `to ${name}`, subject),
      actionForm(page, 'createApiKey', `of ${name}`, subject),
      actionForm(page, 'deleteOrg', name, subject),
    ],
  });
}

/** The valid ones of some API keys. */
export function apiKeyRows(keys: readonly ApiKeyRecord[], page: UsersPage): Html {
  const current = keys.filter((key) => page.project.isCurrent(key));
  return firstOf(current, (key) => apiKeyRow(key, page));
}

/** A line of a card. */
export function row(label: Html | string, content: Html | string): Html {
  return markup`<div><dt>${label}</dt><dd>${content}</dd></div>`;
}

export function badge(text: string, kind = ''): Html {
  return markup`<span class="badge ${kind}">${text}</span> `;
}

type Content = Html | string | readonly Html[];

function card(
  { view }: UsersPage,
  subject: Subject,
  name: string,
  parts: Readonly<{ about: string; badges?: Content[]; rows: Content[]; actions: Content[] }>,
): Html {
  const id = cardIdOf(subject);
  return markup`<article class="card kept ${id === view.changed ? 'changed' : ''}" id="${id}" aria-label="${name}" tabindex="-1">
    <header>
      <span class="initials" aria-hidden="true">${initialsOf(name)}</span>
      <div><h3>${name}</h3><p class="quiet">${parts.about}</p></div>
      ${parts.badges ?? ''}
    </header>
    <dl>${parts.rows}</dl>
    <div class="actions">${parts.actions}</div>
  </article>`;
}

function firstOf<T>(records: readonly T[], rowOf: (record: T) => Html): Html {
  const others = records.length - MAXIMUM_ROWS;
  return markup`${records.slice(0, MAXIMUM_ROWS).map(rowOf)}${others > 0 ? row(`and ${others} more`, '') : ''}`;
}

function membershipRow(user: UserRecord, org: UserOrg, page: UsersPage): Html {
  const { orgId, orgName, roles, permissions } = org;
  const membership = `of ${fullNameOf(user)} in ${orgName}`;
  const subject = { user_id: user.user_id, org_id: orgId };
  return row(
    markup`<strong>${roles.join(' and ')}</strong> of ${orgName} ${permissions.map((each) => badge(each))}`,
    markup`${copyableText(orgId, `id of ${orgName}`)}
      ${actionForm(page, 'changeUserRoleInOrg', membership, subject, roles[0])}
      ${actionForm(page, 'createApiKey', membership, subject)}
      ${actionForm(page, 'removeUserFromOrg', membership, subject)}`,
  );
}

function apiKeyRow(key: ApiKeyRecord, page: UsersPage): Html {
  const { id, token, userId, orgId, displayName = id.slice(0, 8), isImported, expiresAt } = key;
  const name = `API key ${displayName}`;
  const expiry = expiresAt === undefined ? '' : new Date(expiresAt * 1000).toUTCString();
  return row(
    markup`API key <strong>${displayName}</strong> ${ownerOf(key, page)}
      ${isImported ? badge('imported', 'other') : ''} ${expiry && badge(`until ${expiry}`, 'other')}`,
    markup`${copyableText(token, name)}
      ${actionForm(page, 'deleteApiKey', name, { user_id: userId, org_id: orgId, api_key_id: id })}`,
  );
}

function ownerOf({ userId, orgId }: ApiKeyRecord, { project }: UsersPage): Html {
  if (orgId === undefined) return userId === undefined ? badge('of no one') : badge('personal');
  const name = project.orgs.get(orgId)?.name ?? '';
  return badge(userId === undefined ? 'of the organization' : `in ${name}`, 'good');
}

function inviteRow(
  { invitee_email: email, role_in_org: role, org_id }: InviteRecord,
  page: UsersPage,
): Html {
  return row(
    markup`${email} ${badge(`invited as ${role}`, 'other')}`,
    actionForm(page, 'revokePendingOrgInvite', `invitation of ${email}`, {
      org_id,
      invitee_email: email,
    }),
  );
}

function tokenActions(user: UserRecord): Html {
  const name = fullNameOf(user);
  const page = `${ACCESS_TOKEN_PATH}?${new URLSearchParams({ user: loginOf(user) }).toString()}`;
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

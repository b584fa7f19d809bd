import { callAs } from '../cli/curl-commands.js';
import { TOKEN_PATH } from '../front-end/token-endpoint.js';
import { markup, type Html } from '../pages/html.js';
import { fullNameOf, orgsOf, type UserOrg } from '../project/memberships.js';
import { loginOf } from '../project/project.js';
import type {
  ApiKeyRecord,
  GrantRecord,
  InviteRecord,
  OrgRecord,
  UserRecord,
} from '../project/records.js';
import { actionForm, type UsersPage } from './action-forms.js';
import { cardIdOf, type Subject } from './actions.js';
import { copyableText, copyButton, forReaders } from './copy-buttons.js';

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
      user.enabled ? row('Access token', tokenActions(user, page)) : '',
      project.grantsOf(user.user_id).map((grant) => grantRow(...grant)),
    ],
    actions: [
      orgs.length < project.orgs.size ? actionForm(page, 'addUserToOrg', name, subject) : '',
      actionForm(page, 'createApiKey', `of ${name}`, subject),
      user.enabled ? actionForm(page, 'createStepUpGrant', `for ${name}`, subject) : '',
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
      <span class="initials" aria-hidden="true">${String.fromCodePoint(name.codePointAt(0) ?? 32).toUpperCase()}</span>
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
  return row(
    markup`API key <strong>${displayName}</strong> ${ownerOf(key, page)}
      ${isImported ? badge('imported') : ''} ${until(expiresAt)}`,
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
    markup`${email} ${badge(`invited as ${role}`)}`,
    actionForm(page, 'revokePendingOrgInvite', `invitation of ${email}`, {
      org_id,
      invitee_email: email,
    }),
  );
}

function tokenActions(user: UserRecord, { call, issuer }: UsersPage): Html {
  const { user_id: userId, email } = user;
  const name = `access token of ${fullNameOf(user)}`;
  const address = `${TOKEN_PATH}?${new URLSearchParams({ user: userId }).toString()}`;
  const commands = callAs([loginOf(user), email, userId], issuer.authUrl, call).join('\n');
  return markup`<a class="small" href="${address}">Show${forReaders(` ${name}`)}</a>
    ${copyButton(name, address)}
    <details class="panel" id="curl:${userId}">
      <summary class="small">Call with curl…</summary>
      ${copyableText(commands, 'curl command')}
    </details>`;
}

function grantRow(grant: string, { actionType, expiresAt }: GrantRecord): Html {
  return row(
    markup`Step-up grant <strong>${actionType}</strong> ${until(expiresAt)}`,
    copyableText(grant, `step-up grant ${actionType}`),
  );
}

function until(seconds: number | undefined): Html | string {
  if (seconds === undefined) return '';
  return badge(`until ${new Date(seconds * 1000).toUTCString()}`);
}

/** What a user signs in with, as far as the card is not titled with it. */
function loginsOf(user: UserRecord): string {
  const title = fullNameOf(user);
  const logins = new Set([loginOf(user), user.email]);
  return [...logins].filter((login) => login !== title).join(' · ');
}

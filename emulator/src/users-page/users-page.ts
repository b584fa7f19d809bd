import type { Core } from '../core.js';
import { markup, type Html } from '../pages/html.js';
import { page } from '../pages/layout.js';
import { fullNameOf, orgsOf } from '../project/memberships.js';
import type { OrgRecord, UserRecord } from '../project/records.js';
import { loginOf, type Project } from '../project/project.js';
import { orgDeletion } from './change-forms.js';
import { copyableText, copyScript } from './copy-buttons.js';
import { changesInWords, latestEvents } from './latest-events.js';
import { USERS_PATH } from './paths.js';
import { apiKeyRow, apiKeysOf, row, userCard } from './user-card.js';

/** What is searched for and returned with the page. */
export const MAXIMUM_SEARCH_LENGTH = 100;

/** A seed can be large, and applications add users. */
const MAX_CARDS = 200;
const MAX_ORGS = 200;
const MAX_API_KEYS = 200;
const SEARCHABLE_FROM = 9;

/**
 * A page with a card for each user, and the organizations.
 *
 * @param search a part of a name, an email address, an id or an organization; empty for all users
 */
export function usersPage({ project, webhooks, issuer }: Core, search: string): Html {
  const count = project.users.size;
  const found = findUsers(project, search);
  const shown = found.slice(0, MAX_CARDS);
  const orgs = [...project.orgs.values()].slice(0, MAX_ORGS);
  return page(
    'Users',
    markup`<p class="quiet">This is the PropelAuth emulator at ${issuer.authUrl}. ${countInWords(shown.length, found.length, count)}
        ${changesInWords(webhooks)}</p>
      ${latestEvents(webhooks)}
      ${count >= SEARCHABLE_FROM || search !== '' ? searchForm(search) : ''}
      <div class="cards">
        ${shown.map((user, index) => userCard(user, { project, index, search }))}
      </div>
      ${search === '' ? [organizations(project, orgs), otherApiKeys(project)] : ''}
      <datalist id="orgs">${orgs.map(({ name }) => markup`<option value="${name}"></option>`)}</datalist>
      ${copyScript()}`,
    'wide',
  );
}

/** The users of whom a name, an email address, an id or an organization has this text; all users for an empty text. */
function findUsers(project: Project, search: string): UserRecord[] {
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

function countInWords(shown: number, found: number, all: number): string {
  if (all === 0) return 'It has no users.';
  if (shown < found) return `These are ${shown} of ${found} users: search for the others.`;
  if (found < all) return `The search found ${found} of ${all} users.`;
  return all === 1 ? 'It has one user.' : `It has ${all} users.`;
}

function searchForm(search: string): Html {
  return markup`<form class="search" role="search" action="${USERS_PATH}">
    <label for="search">Find a user</label>
    <input id="search" type="search" name="search" value="${search}" maxlength="${MAXIMUM_SEARCH_LENGTH}" placeholder="Name, email, id or organization">
    <button class="small">Find</button>
    ${search === '' ? '' : markup`<a href="${USERS_PATH}">Show all</a>`}
  </form>`;
}

function organizations(project: Project, shown: readonly OrgRecord[]): Html | string {
  const { size } = project.orgs;
  if (size === 0) return '';
  return markup`<section class="card">
    <h2>Organizations</h2>
    ${remainder(shown.length, size)}
    <dl>${shown.map(organizationRow)}</dl>
  </section>`;
}

function organizationRow({ name, org_id: orgId }: OrgRecord): Html {
  return row(
    name,
    markup`${copyableText(orgId, `id of organization ${name}`)}${orgDeletion(orgId, name)}`,
  );
}

/** The API keys of organizations, and those without an owner. */
function otherApiKeys(project: Project): Html | string {
  const keys = apiKeysOf(project, undefined);
  if (keys.length === 0) return '';
  const shown = keys.slice(0, MAX_API_KEYS);
  return markup`<section class="card">
    <h2>API keys of organizations, and of no one</h2>
    ${remainder(shown.length, keys.length)}
    <dl>${shown.map((key) => apiKeyRow(key, project))}</dl>
  </section>`;
}

function remainder(shown: number, all: number): Html | string {
  return shown < all ? markup`<p class="quiet">These are ${shown} of ${all}.</p>` : '';
}

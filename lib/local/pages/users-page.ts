import type { LocalEvents } from '../events/local-events.js';
import type { LocalProject, ProjectUser } from '../local-project.js';
import type { OrgRecord } from '../fake-api/records.js';
import { orgDeletion } from './change-forms.js';
import { copyableText, copyScript } from './copy-buttons.js';
import { markup, type Html } from './html.js';
import { changesInWords, latestEvents } from './latest-events.js';
import { page } from './layout.js';
import { apiKeyRow, row, userCard } from './user-card.js';

/** A seed can be large, and applications add users. */
const MAX_CARDS = 200;
const MAX_ORGS = 200;
const SEARCHABLE_FROM = 9;

/** What the page with the users shows. */
export interface UsersPageContent {
  readonly project: LocalProject;
  readonly events: LocalEvents;
  /** A part of a name, an email address, an id or an organization; empty for all users. */
  readonly search: string;
  /** The actions for which the application asks for a step-up grant. */
  readonly actions: readonly string[];
}

/** A page with a card for each user. */
export function usersPage({ project, events, search, actions }: UsersPageContent): string {
  const { allUsers: users } = project;
  const found = search === '' ? users : users.filter((user) => isFound(user, search, project));
  const shown = found.slice(0, MAX_CARDS);
  return page(
    'Users',
    markup`<p class="quiet">${project.issuer.authUrl} runs with a local PropelAuth. ${countInWords(shown.length, found.length, users.length)}
        ${changesInWords(events)}</p>
      ${latestEvents(events)}
      ${users.length >= SEARCHABLE_FROM ? searchForm(search) : ''}
      <div class="cards">
        ${shown.map((user, index) => userCard(user, { project, index, actions, search }))}
      </div>
      ${search === '' ? [organizations(project), otherApiKeys(project)] : ''}
      <datalist id="actions">${actions.map(suggestion)}</datalist>
      <datalist id="orgs">${[...project.api.project.orgs.values()].slice(0, MAX_ORGS).map(({ name }) => suggestion(name))}</datalist>
      ${copyScript()}`,
    'wide',
  );
}

function suggestion(value: string): Html {
  return markup`<option value="${value}"></option>`;
}

function isFound(user: ProjectUser, search: string, project: LocalProject): boolean {
  const texts = [
    user.name,
    user.userId,
    project.fullNameOf(user),
    project.emailOf(user),
    ...project.orgsOf(user).flatMap(({ orgId, orgName }) => [orgId, orgName]),
  ];
  return texts.some((text) => text.toLowerCase().includes(search.toLowerCase()));
}

function countInWords(shown: number, found: number, all: number): string {
  if (all === 0) return 'It has no users.';
  if (shown < found) return `These are ${shown} of ${found} users: search for the others.`;
  if (found < all) return `The search found ${found} of ${all} users.`;
  return all === 1 ? 'It has one user.' : `It has ${all} users.`;
}

function searchForm(search: string): Html {
  return markup`<form class="search" role="search" action="/propelauth/users">
    <label for="search">Find a user</label>
    <input id="search" type="search" name="search" value="${search}" placeholder="Name, email, id or organization">
    <button class="small">Find</button>
    ${search === '' ? '' : markup`<a href="/propelauth/users">Show all</a>`}
  </form>`;
}

function organizations({ api: { project } }: LocalProject): Html {
  const orgs = [...project.orgs.values()];
  if (orgs.length === 0) return markup``;
  const shown = orgs.slice(0, MAX_ORGS);
  return markup`<section class="card">
    <h2>Organizations</h2>
    ${shown.length < orgs.length ? markup`<p class="quiet">These are ${String(shown.length)} of ${String(orgs.length)}.</p>` : ''}
    <dl>${shown.map(organizationRow)}</dl>
  </section>`;
}

function organizationRow({ name, org_id: orgId }: OrgRecord): Html {
  return row(
    name,
    markup`${copyableText(orgId, `id of organization ${name}`)}${orgDeletion(orgId, name)}`,
  );
}

/** The API keys of organizations, which belong to no user. */
function otherApiKeys(project: LocalProject): Html {
  const keys = project.apiKeysOf(undefined);
  if (keys.length === 0) return markup``;
  return markup`<section class="card">
    <h2>API keys of organizations</h2>
    <dl>${keys.map((key) => apiKeyRow(key, project))}</dl>
  </section>`;
}

/** A page with an access token to copy, and a command that uses it. */
export function accessTokenPage(
  name: string,
  token: string,
  curl: string,
  minutes: number,
): string {
  return resultPage(
    'Access token',
    markup`<p>The access token of ${name} is valid for ${String(minutes)} minutes.</p>
      <dl>
        <div><dt>Access token</dt><dd>${copyableText(token, `access token of ${name}`, 'token')}</dd></div>
        <div><dt>Call with curl</dt><dd>${copyableText(curl, `curl command of ${name}`, 'curl')}</dd></div>
      </dl>`,
    'wide',
  );
}

/** A page with a step-up grant to copy. */
export function stepUpGrantPage(name: string, actionType: string, grant: string): string {
  return resultPage(
    'Step-up grant',
    markup`<p>This grant of ${name} for the action <code>${actionType}</code> is valid once, for five minutes. Send it with an access token
      of ${name}, in the header <code>x-step-up-grant</code> or the one that the route names.</p>
      <dl><div><dt>Step-up grant</dt><dd>${copyableText(grant, `step-up grant of ${name}`)}</dd></div></dl>`,
    'narrow',
  );
}

function resultPage(title: string, content: Html, width: 'narrow' | 'wide'): string {
  return page(
    title,
    markup`<div class="card">${content}</div>
      <p><a href="/propelauth/users">Back to the users</a></p>
      ${copyScript()}`,
    width,
  );
}

import type { Core } from '../core.js';
import { markup, type Html } from '../pages/html.js';
import { fullNameOf, orgsOf } from '../project/memberships.js';
import type { OrgRecord, UserRecord } from '../project/records.js';
import { loginOf, type Project } from '../project/project.js';
import { actionForm, type UsersPage } from './action-forms.js';
import { cardIdOf, type Subject } from './actions.js';
import { apiKeyRows, orgCard, userCard } from './cards.js';
import { latestEvents } from './latest-events.js';
import { USERS_PATH, type View } from './paths.js';

/** What is searched for and returned with the page. */
export const MAXIMUM_SEARCH_LENGTH = 100;

/** A seed can be large, and applications add users. */
const MAXIMUM_CARDS = 200;
const SEARCHABLE_FROM = 9;

/**
 * What the page has: a card for each user and organization, forms that add some, and the latest events.
 *
 * @param view with a search, the page has only users of whom a name, an email address, an id or an organization has this text
 */
export function usersPage(core: Core, view: View): Html {
  const { project } = core;
  const { search } = view;
  const page = { ...core, view };
  const count = project.users.size;
  const found = findUsers(project, search);
  const users = shownOf(found, view);
  const orgs = shownOf([...project.orgs.values()], view);
  // What is added need not be what was searched for.
  const everything = { ...core, view: { ...view, search: '' } };
  return markup`<div data-live>
    <p class="quiet">${countInWords(users.length, found.length, count)}
      Changes last until the emulator starts from its seed again.</p>
    ${count >= SEARCHABLE_FROM || search !== '' ? searchForm(search) : ''}
    <div class="beside">
      <div>
        <div class="actions kept" id="additions">
          ${actionForm(everything, 'createUser', '')} ${actionForm(everything, 'createOrg', '')}
        </div>
        <h2 class="for-readers">All users</h2>
        <div class="cards">${users.map((user) => userCard(user, page))}</div>
        ${search === '' ? organizations(orgs, everything) : ''}
      </div>
      ${latestEvents(page)}
    </div>
    <datalist id="orgs">${orgs.map(({ name }) => markup`<option value="${name}"></option>`)}</datalist>
  </div>`;
}

/** The users of whom a name, an email address, an id or an organization has this text; all users for an empty text. */
function findUsers(project: Project, search: string): UserRecord[] {
  const users = [...project.users.values()];
  const text = search.toLowerCase();
  if (text === '') return users;
  return users.filter((user) => {
    const orgs = orgsOf(project, user).flatMap(({ orgId, orgName }) => [orgId, orgName]);
    const texts = [loginOf(user), user.user_id, fullNameOf(user), user.email, ...orgs];
    return texts.some((each) => each.toLowerCase().includes(text));
  });
}

/** As many as the page can have, and always the one that was changed last. */
function shownOf<T extends Subject>(records: readonly T[], { changed }: View): readonly T[] {
  const end = records.findIndex((record) => cardIdOf(record) === changed) + 1;
  const start = Math.max(0, end - MAXIMUM_CARDS);
  return records.slice(start, start + MAXIMUM_CARDS);
}

function countInWords(shown: number, found: number, all: number): string {
  if (all === 0) return 'The emulator has no users.';
  if (shown < found) return `These are ${shown} of ${found} users: search for the others.`;
  if (found < all) return `The search found ${found} of ${all} users.`;
  return all === 1 ? 'The emulator has one user.' : `The emulator has ${all} users.`;
}

function searchForm(search: string): Html {
  return markup`<form class="search kept" id="find" role="search" action="${USERS_PATH}">
    <label for="search">Find a user</label>
    <input id="search" type="search" name="search" value="${search}" maxlength="${MAXIMUM_SEARCH_LENGTH}" placeholder="Name, email, id or organization">
    <button class="small">Find</button>
    ${search === '' ? '' : markup`<a href="${USERS_PATH}">Show all</a>`}
  </form>`;
}

function organizations(shown: readonly OrgRecord[], page: UsersPage): Html {
  const { orgs } = page.project;
  const others = page.project.apiKeysOf(undefined).filter(({ orgId }) => orgId === undefined);
  return markup`<section>
    <h2>Organizations</h2>
    ${shown.length < orgs.size ? markup`<p class="quiet">These are ${shown.length} of ${orgs.size}.</p>` : ''}
    <div class="cards">${shown.map((org) => orgCard(org, page))}</div>
    ${others.length === 0 ? '' : markup`<div class="card"><dl>${apiKeyRows(others, page)}</dl></div>`}
  </section>`;
}

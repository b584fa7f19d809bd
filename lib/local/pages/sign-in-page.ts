import type { LocalProject, Person } from '../local-project.js';
import type { OAuthParameters } from '../oauth/oauth-parameters.js';
import { markup, type Html } from './html.js';
import { page } from './layout.js';

/** What the form brings back of the request that the page is for. */
const KEPT_PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'org_id',
  'code_challenge',
  'code_challenge_method',
];

/** Asks who it is. */
export function signInPage(parameters: OAuthParameters, project: LocalProject): string {
  return page(
    'Who are you?',
    markup`<p>This application has people of its own, in place of PropelAuth. Sign in as</p>
      <form method="post" action="?">
        ${KEPT_PARAMETERS.map((name) => hiddenInput(name, parameters.get(name)))}
        ${project.people.map((person) => button(person, project))}
      </form>`,
  );
}

function hiddenInput(name: string, value: string | undefined): Html {
  if (value === undefined) return markup``;
  return markup`<input type="hidden" name="${name}" value="${value}">`;
}

function button(person: Person, project: LocalProject): Html {
  return markup`<button name="user" value="${person.name}">
    <strong>${project.fullNameOf(person)}</strong> <span>${membershipOf(person, project)}</span>
  </button>`;
}

function membershipOf(person: Person, project: LocalProject): string {
  return project.membershipsOf(person).join(', ') || 'in no organization';
}

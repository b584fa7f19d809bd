import type { LocalProject, ProjectUser } from '../local-project.js';
import type { OAuthParameters } from '../oauth/oauth-parameters.js';
import { markup, type Html } from './html.js';
import { page } from './layout.js';

/** The parameters of the authorization request that the form sends again. */
const KEPT_PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'org_id',
  'code_challenge',
  'code_challenge_method',
];

/** The page on which you choose a user. */
export function signInPage(parameters: OAuthParameters, project: LocalProject): string {
  return page(
    'Who are you?',
    markup`<p>This application runs with a local PropelAuth. Sign in as</p>
      <form method="post" action="?">
        ${KEPT_PARAMETERS.map((name) => hiddenInput(name, parameters.get(name)))}
        ${project.users.map((user) => button(user, project))}
      </form>`,
  );
}

function hiddenInput(name: string, value: string | undefined): Html {
  if (value === undefined) return markup``;
  return markup`<input type="hidden" name="${name}" value="${value}">`;
}

function button(user: ProjectUser, project: LocalProject): Html {
  return markup`<button name="user" value="${user.name}">
    <strong>${project.fullNameOf(user)}</strong> <span>${membershipOf(user, project)}</span>
  </button>`;
}

function membershipOf(user: ProjectUser, project: LocalProject): string {
  return project.membershipsOf(user).join(', ') || 'in no organization';
}

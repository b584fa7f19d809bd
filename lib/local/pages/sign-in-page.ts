import type { LocalProject, ProjectUser } from '../local-project.js';
import { markup, type Html } from './html.js';
import { errorPage, page } from './layout.js';

/**
 * The page on which you choose a user.
 *
 * @param kept the parameters of the request that the form sends again
 */
export function signInPage(
  project: LocalProject,
  kept: Readonly<Record<string, string | undefined>>,
): string {
  return page(
    'Who are you?',
    markup`<p>This application runs with a local PropelAuth. Sign in as</p>
      <form method="post" action="?">
        ${Object.entries(kept).map(([name, value]) => hiddenInput(name, value))}
        ${project.users.map((user) => button(user, project))}
      </form>`,
  );
}

/** Replaces the sign-in page when a request to sign in is rejected. */
export function signInErrorPage(reason: string): string {
  return errorPage('You cannot sign in like this', reason);
}

/** A field of a form that is not shown. */
export function hiddenInput(name: string, value: string | undefined): Html {
  if (value === undefined) return markup``;
  return markup`<input type="hidden" name="${name}" value="${value}">`;
}

function button(user: ProjectUser, project: LocalProject): Html {
  return markup`<button name="user" value="${user.name}">
    <strong>${project.fullNameOf(user)}</strong> <span>${project.membershipsInWords(user)}</span>
  </button>`;
}

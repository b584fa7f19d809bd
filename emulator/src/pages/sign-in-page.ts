import { HTTPException } from 'hono/http-exception';
import type { RequestParameters } from '../oauth/request-parameters.js';
import { loginOf, type Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';
import { markup, raw, type Html } from './html.js';
import { errorPage, page } from './layout.js';
import { fullNameOf, membershipsInWords } from '../project/memberships.js';

/** A seed can be large, and applications add users. */
const MAX_USERS = 200;

/**
 * The page on which you choose a user.
 *
 * @param kept the parameters of the request that the form sends again
 */
export function signInPage(
  project: Project,
  kept: Readonly<Record<string, string | undefined>>,
): Html {
  const users = [...project.users.values()];
  const shown = users.slice(0, MAX_USERS);
  return page(
    'Who are you?',
    markup`<p>This is the PropelAuth emulator. ${users.length === 0 ? 'It has no users yet.' : 'Sign in as'}</p>
      <form method="post" action="?">
        ${Object.entries(kept).map(([name, value]) => hiddenInput(name, value))}
        ${shown.map((user) => button(project, user))}
      </form>
      ${shown.length < users.length ? markup`<p class="quiet">These are ${String(shown.length)} of ${String(users.length)} users.</p>` : ''}`,
  );
}

/**
 * The user whom a form of this page names.
 *
 * @throws {HTTPException} if there is none, or the user is disabled
 */
export function userIn(form: RequestParameters, project: Project): UserRecord {
  const user = project.findUserByLogin(form.get('user'));
  if (user === undefined) throw new HTTPException(400, { message: 'There is no such user.' });
  return user;
}

/** Replaces the sign-in page when a request to sign in is rejected. */
export function signInErrorPage(reason: string): Html {
  return errorPage('You cannot sign in like this', reason);
}

/** A field of a form that is not shown; none for `undefined`. */
export function hiddenInput(name: string, value: string | undefined): Html {
  if (value === undefined) return markup``;
  return markup`<input type="hidden" name="${name}" value="${value}">`;
}

function button(project: Project, user: UserRecord): Html {
  const { enabled: isEnabled } = user;
  return markup`<button name="user" value="${loginOf(user)}"${raw(isEnabled ? '' : ' disabled')}>
    <strong>${fullNameOf(user)}</strong> <span>${isEnabled ? membershipsInWords(project, user) : 'disabled'}</span>
  </button>`;
}

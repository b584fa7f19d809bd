import { HTTPException } from 'hono/http-exception';
import { pathOf } from '../front-end/return-addresses.js';
import type { RequestParameters } from '../oauth/request-parameters.js';
import { loginOf, type Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';
import { isPassword } from '../project/passwords.js';
import { check, field, passwordIn } from './form.js';
import { markup, raw, type Html } from './html.js';
import { errorPage, page } from './layout.js';
import { fullNameOf, membershipsInWords } from '../project/memberships.js';

/** A seed can be large, and applications add users. */
const MAX_USERS = 200;

/**
 * The page on which you choose a user, or sign in with a password.
 *
 * @param kept the parameters of the request that the form sends again
 * @param rt where the browser goes on after other pages
 */
export function signInPage(
  project: Project,
  kept: Readonly<Record<string, string | undefined>>,
  rt: string | undefined,
): Html {
  const users = [...project.users.values()];
  const shown = users.slice(0, MAX_USERS);
  const hidden = Object.entries(kept).map(([name, value]) => hiddenInput(name, value));
  return page(
    'Who are you?',
    markup`<p>This is the PropelAuth emulator. ${users.length === 0 ? 'It has no users yet.' : 'Sign in as'}</p>
      <form method="post" action="?">
        ${hidden}
        ${shown.map((user) => button(project, user))}
      </form>
      ${shown.length < users.length ? markup`<p class="quiet">These are ${String(shown.length)} of ${String(users.length)} users.</p>` : ''}
      <details>
        <summary class="small">Sign in with a password or a link, or sign up…</summary>
        <form method="post" action="?">
          ${hidden}
          ${kept['rt'] === undefined ? hiddenInput('rt', rt) : ''}
          ${field('email')}${field('password')}
          <button>Sign in</button>
          <button class="small" formaction="/propelauth/passwordless" formnovalidate>Send me a link</button>
          <button class="small" formaction="/forgot_password" formnovalidate>Forgotten password</button>
          <a class="small" href="${pathOf('/signup', rt)}">Sign up</a>
        </form>
      </details>`,
  );
}

/**
 * The user whom a form of this page names.
 *
 * @throws {HTTPException} if there is none, or the user is disabled
 */
export async function userIn(form: RequestParameters, project: Project): Promise<UserRecord> {
  const email = form.get('email');
  if (email !== undefined) return userWithPassword(email, form, project);
  const user = project.findUserByLogin(form.get('user'));
  if (user === undefined) throw new HTTPException(400, { message: 'There is no such user.' });
  return user;
}

async function userWithPassword(
  email: string,
  form: RequestParameters,
  project: Project,
): Promise<UserRecord> {
  const { user_id: userId = '' } = project.findUserByEmail(email) ?? {};
  const record = project.passwords.get(userId);
  const isRight = record !== undefined && (await isPassword(passwordIn(form, 'password'), record));
  // Both may have changed in the meantime.
  const user = project.users.get(userId);
  const isCurrent = project.passwords.get(userId) === record && user?.enabled === true;
  check(isRight && isCurrent, WRONG_PASSWORD);
  check(user.email_confirmed, NOT_CONFIRMED);
  return user;
}

const WRONG_PASSWORD =
  'The email address or the password is wrong, or the user has none. Choose the user without a password, or choose a new one.';

const NOT_CONFIRMED =
  'The email address is not confirmed. Follow the link in the outbox, or have another one sent to sign in.';

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

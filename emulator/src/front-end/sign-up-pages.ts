import { ownOriginOf } from '../pages/page-routes.js';
import { check, countAddition, field, passwordIn, textIn } from '../pages/form.js';
import { markup } from '../pages/html.js';
import { linkTo } from '../project/outbox.js';
import { hashPassword } from '../project/passwords.js';
import type { HostedPage, Visit } from './hosted-page.js';
import { encodeAddress, pathOf } from './return-addresses.js';

// PropelAuth has no path like this.
export const OUTBOX_PATH = '/__emulator/outbox';

export const SIGN_UP: HostedPage = {
  title: 'Sign up',
  fields: ({ sent }) => markup`${field('email', sent)}${field('new_password')}`,
  button: 'Sign up',
  async send({ core: { project }, sent, rt }) {
    const email = textIn(sent, 'email');
    const hash = await hashPassword(passwordIn(sent, 'new_password'));
    check(project.findUserByEmail(email) === undefined, 'Another user has this email address.');
    countAddition(project);
    const user = project.addUser({ email }, hash);
    project.outbox.send('Confirm your email address', { ...linkTo(user), rt });
    return OUTBOX_PATH;
  },
};

export const PASSWORDLESS = mailPage('Sign in', ({ rt }) => rt);

export const FORGOTTEN_PASSWORD = mailPage('Choose a new password', ({ context, rt }) =>
  encodeAddress(ownOriginOf(context) + pathOf('/account/security', rt)),
);

/** A page that mails a user a link, which signs in and goes on. */
function mailPage(title: string, rtOf: (visit: Visit) => string | undefined): HostedPage {
  return {
    title,
    fields: ({ sent }) => field('email', sent),
    button: 'Send a link',
    send(visit) {
      const { project } = visit.core;
      const user = project.findUserByEmail(textIn(visit.sent, 'email'));
      check(user?.enabled === true, 'No user with this email address can sign in.');
      project.outbox.send(title, { ...linkTo(user), rt: rtOf(visit) });
      return OUTBOX_PATH;
    },
  };
}

export const OUTBOX: HostedPage = {
  title: 'Outbox',
  content({ core: { project, issuer } }) {
    const { messages } = project.outbox;
    const cards = messages.map(
      ({ to, subject, path }) => markup`<section class="card">
        <h2>${subject}</h2>
        <p class="quiet">To ${to}</p>
        <a href="${path}">${issuer.authUrl}${path}</a>
      </section>`,
    );
    return markup`<p>The emulator sends no email. These are the latest messages that PropelAuth would send. A link works once.</p>
      ${messages.length === 0 ? markup`<p class="quiet">There are none yet.</p>` : cards}`;
  },
};

import { ownOriginOf } from '../pages/page-routes.js';
import { check, countAddition, field, passwordIn } from '../pages/form.js';
import { markup } from '../pages/html.js';
import { linkTo } from '../project/outbox.js';
import type { HostedPage, Visit } from './hosted-page.js';
import { OUTBOX_PATH } from '../users-page/paths.js';
import { encodeAddress, pathOf } from './return-addresses.js';

export const SIGN_UP: HostedPage = {
  title: 'Sign up',
  fields: ({ sent }) => markup`${field('email', sent.get('email'))}${field('new_password')}`,
  button: 'Sign up',
  async send({ core: { project, functions }, sent, rt }) {
    const password = passwordIn(sent, 'new_password');
    countAddition(project);
    const { user_id: userId } = await functions.call('createUser', {
      email: sent.get('email'),
      password,
    });
    const user = project.users.get(userId as string);
    if (user !== undefined)
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
    fields: ({ sent }) => field('email', sent.get('email')),
    button: 'Send a link',
    send(visit) {
      const { project } = visit.core;
      const user = project.findUserByEmail(visit.sent.get('email'));
      check(user?.enabled === true, 'No user with this email address can sign in.');
      project.outbox.send(title, { ...linkTo(user), rt: rtOf(visit) });
      return OUTBOX_PATH;
    },
  };
}

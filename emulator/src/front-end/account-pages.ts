import { check, field, passwordIn, textIn } from '../pages/form.js';
import { markup } from '../pages/html.js';
import { hashPassword } from '../project/passwords.js';
import type { HostedPage, UserVisit } from './hosted-page.js';
import { pathOf } from './return-addresses.js';
import { OUTBOX_PATH } from './sign-up-pages.js';

const LINKS = [
  ['/org', 'Organization'],
  ['/create_org', 'Create an organization'],
  ['/account/security', 'Choose a new password'],
  [OUTBOX_PATH, 'Outbox'],
] as const;

export const ACCOUNT: HostedPage = {
  title: 'Account',
  isForUsers: true,
  content: ({ rt }) => markup`<p>
    ${LINKS.map(([path, text]) => markup`<a class="small" href="${pathOf(path, rt)}">${text}</a> `)}
  </p>`,
  fields: ({ sent, user }: UserVisit) => markup`${field('first_name', sent, user.first_name)}
    ${field('last_name', sent, user.last_name)}`,
  button: 'Save',
  send({ core, sent, user, rt }: UserVisit) {
    core.project.updateUser(user, {
      first_name: textIn(sent, 'first_name'),
      last_name: textIn(sent, 'last_name'),
    });
    return pathOf('/account', rt);
  },
};

/** It does not ask for the present password: anyone can sign in as anyone. */
export const SECURITY: HostedPage = {
  title: 'Choose a new password',
  isForUsers: true,
  fields: () => field('new_password'),
  button: 'Save',
  async send({ core: { project }, sent, user, next }: UserVisit) {
    const hash = await hashPassword(passwordIn(sent, 'new_password'));
    check(project.setPassword(user.user_id, hash), 'The user was deleted.');
    return next;
  },
};

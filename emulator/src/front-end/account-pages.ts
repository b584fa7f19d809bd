import { field, passwordIn } from '../pages/form.js';
import { markup } from '../pages/html.js';
import type { HostedPage, UserVisit } from './hosted-page.js';
import { pathOf } from './return-addresses.js';
import { OUTBOX_PATH } from '../users-page/paths.js';

const LINKS = [
  ['/org', 'Organization'],
  ['/create_org', 'Create an organization'],
  ['/account/security', 'Choose a new password'],
  [OUTBOX_PATH, 'Outbox'],
] as const;

export const ACCOUNT: HostedPage = {
  title: 'Account',
  isForUsers: true,
  content: ({ rt }) => markup`<p class="actions">
    ${LINKS.map(([path, text]) => markup`<a class="small" href="${pathOf(path, rt)}">${text}</a> `)}
  </p>`,
  fields: ({
    sent,
    user,
  }: UserVisit) => markup`${field('first_name', sent.get('first_name') ?? user.first_name)}
    ${field('last_name', sent.get('last_name') ?? user.last_name)}`,
  button: 'Save',
  async send({ core: { functions }, sent, user, rt }: UserVisit) {
    const names = { first_name: sent.get('first_name'), last_name: sent.get('last_name') };
    await functions.call('updateUserMetadata', names, user.user_id);
    return pathOf('/account', rt);
  },
};

/** It does not ask for the present password: anyone can sign in as anyone. */
export const SECURITY: HostedPage = {
  title: 'Choose a new password',
  isForUsers: true,
  fields: () => field('new_password'),
  button: 'Save',
  async send({ core: { functions }, sent, user, next }: UserVisit) {
    await functions.call(
      'updateUserPassword',
      { password: passwordIn(sent, 'new_password') },
      user.user_id,
    );
    return next;
  },
};

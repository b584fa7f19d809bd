import { countAddition, field } from '../pages/form.js';
import { markup } from '../pages/html.js';
import { fullNameOf } from '../project/memberships.js';
import type { HostedPage, UserVisit } from './hosted-page.js';

const MAXIMUM_SHOWN = 200;

export const CREATE_ORG: HostedPage = {
  title: 'Create an organization',
  isForUsers: true,
  fields: ({ sent }) => field('name', sent.get('name')),
  button: 'Create',
  async send({ core: { project, functions }, sent, user, rt, next }: UserVisit) {
    countAddition(project);
    const { org_id: id } = await functions.call('createOrg', { name: sent.get('name') });
    const orgId = id as string;
    project.setRoles(orgId, user.user_id, { role: project.issuer.roles.names[0] ?? '' });
    return rt === undefined ? `/org?id=${orgId}` : next;
  },
};

export const ORG: HostedPage = {
  title: 'Organization',
  isForUsers: true,
  content({ context, core: { project }, sent, user }: UserVisit) {
    const [first] = project.orgsOf(user.user_id);
    const orgId = context.req.param('id') ?? sent.get('id') ?? first?.org.org_id ?? '';
    const org = project.orgs.get(orgId);
    if (orgId === '') return markup`<p>You are in no organization.</p>`;
    if (org === undefined || !project.isIn(orgId, user.user_id)) {
      return markup`<p>You are not in the organization <code>${orgId}</code>.</p>`;
    }
    const members = project.membersOf(orgId).slice(0, MAXIMUM_SHOWN);
    const invites = project.invitesOf(orgId).slice(0, MAXIMUM_SHOWN);
    return markup`<h2>${org.name}</h2>
      <p><code>${orgId}</code></p>
      <ul>
        ${members.map((each) => markup`<li>${fullNameOf(each.user)}, ${each.membership.role}</li>`)}
        ${invites.map((each) => markup`<li>${each.invitee_email}, invited as ${each.role_in_org}</li>`)}
      </ul>
      <p>Members are invited and changed on <a href="/">the users page</a>.</p>`;
  },
};

/** Where users connect an organization to an identity provider, or create API keys. */
export const MISSING: HostedPage = {
  title: 'Not in the emulator',
  isForUsers: true,
  content:
    () => markup`<p>PropelAuth has a page for users here. The emulator does not: use <a href="/">the users page</a>,
    the seed, or the backend API.</p>`,
};

import type { LocalProject, ProjectUser } from '../local-project.js';
import { markup, type Html } from './html.js';
import { page } from './layout.js';
import { hiddenInput } from './sign-in-page.js';

/** A page that PropelAuth has, and the local PropelAuth does not. */
export interface HostedPage {
  readonly title: string;
  /** What users do there. */
  readonly purpose: string;
}

/** The pages of PropelAuth for signed-in users to which its libraries lead, by their paths. */
export const HOSTED_PAGES: ReadonlyMap<string, HostedPage> = new Map([
  [
    'account',
    { title: 'Account', purpose: 'users change their name, email address, password and MFA' },
  ],
  [
    'org',
    {
      title: 'Organization',
      purpose: 'users invite others to their organization and change roles',
    },
  ],
  ['create_org', { title: 'Create an organization', purpose: 'users create an organization' }],
  [
    'saml',
    { title: 'Set up SAML', purpose: 'users connect their organization to an identity provider' },
  ],
]);

/** The request for a page. */
export interface HostedPageRequest {
  readonly user: ProjectUser;
  /** The organization that the page is about. */
  readonly orgId: string | undefined;
  /** The parameter `rt`, which names the page of the front end. */
  readonly rt: string | undefined;
  /** The page of the front end. */
  readonly returnAddress: string;
}

/** Says what PropelAuth shows instead and who is signed in, and leads back to the front end. */
export function hostedPage(
  { title, purpose }: HostedPage,
  { user, orgId, rt, returnAddress }: HostedPageRequest,
  project: LocalProject,
): string {
  return page(
    title,
    markup`<p>In PropelAuth, ${purpose} on this page. The local PropelAuth does not have this page: change its users
      and organizations in the seed, or with PropelAuthApi.</p>
      <p>You are signed in as <strong>${project.fullNameOf(user)}</strong>,
        ${project.membershipsInWords(user)}.</p>
      ${orgId === undefined ? markup`` : aboutOrg(orgId, user, project)}
      <p><a href="${returnAddress}">Back to the front end</a></p>
      <form method="get" action="/propelauth/login">
        ${hiddenInput('rt', rt)}
        <button>Switch to another user</button>
      </form>
      <form method="post" action="/propelauth/logout">
        ${hiddenInput('rt', rt)}
        <button>Sign out</button>
      </form>`,
  );
}

function aboutOrg(orgId: string, user: ProjectUser, project: LocalProject): Html {
  if (!project.isMemberOf(user, orgId)) {
    return markup`<p>You are not in the organization <code>${orgId}</code>.</p>`;
  }
  const org = project.api.project.orgs.get(orgId);
  return markup`<p>The page is about ${org?.name ?? ''} <code>${orgId}</code>.</p>`;
}

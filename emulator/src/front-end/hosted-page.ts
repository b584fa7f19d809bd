import { markup, type Html } from '../pages/html.js';
import { page } from '../pages/layout.js';
import { hiddenInput } from '../pages/sign-in-page.js';
import { fullNameOf, membershipsInWords } from '../project/memberships.js';
import type { Project } from '../project/project.js';
import type { UserRecord } from '../project/records.js';
import { encodeAddress } from './return-addresses.js';

/** A page that PropelAuth has, and the emulator does not. */
export interface HostedPage {
  readonly title: string;
  /** What users do there. */
  readonly purpose: string;
}

/** The pages of PropelAuth for signed-in users to which its libraries lead, by their paths. */
export const HOSTED_PAGES: ReadonlyMap<string, HostedPage> = new Map([
  [
    '/account',
    { title: 'Account', purpose: 'users change their name, email address, password and MFA' },
  ],
  [
    '/org',
    {
      title: 'Organization',
      purpose: 'users invite others to their organization and change roles',
    },
  ],
  ['/create_org', { title: 'Create an organization', purpose: 'users create an organization' }],
  [
    '/saml',
    { title: 'Set up SAML', purpose: 'users connect their organization to an identity provider' },
  ],
]);

/** The request for a page. */
export interface HostedPageRequest {
  readonly user: UserRecord;
  /** The organization that the page is about. */
  readonly orgId: string | undefined;
  /** The page of the front end, if it is known. */
  readonly returnAddress: string | undefined;
}

/** Says what PropelAuth shows instead and who is signed in, and leads back to the front end. */
export function hostedPage(
  { title, purpose }: HostedPage,
  { user, orgId, returnAddress }: HostedPageRequest,
  project: Project,
): Html {
  const rt = returnAddress && encodeAddress(returnAddress);
  return page(
    title,
    markup`<p>In PropelAuth, ${purpose} on this page. The emulator does not have this page: change its users and organizations
        on <a href="/">the users page</a>, in the seed, or with the backend API.</p>
      <p>You are signed in as <strong>${fullNameOf(user)}</strong>, ${membershipsInWords(project, user)}.</p>
      ${orgId === undefined ? '' : aboutOrg(orgId, user, project)}
      ${returnAddress === undefined ? '' : markup`<p><a href="${returnAddress}">Back to the front end</a></p>`}
      <form method="get" action="/login">
        ${hiddenInput('rt', rt)}
        <button>Switch to another user</button>
      </form>
      <form method="post" action="/propelauth/logout">
        ${hiddenInput('rt', rt)}
        <button>Sign out</button>
      </form>`,
  );
}

function aboutOrg(orgId: string, user: UserRecord, project: Project): Html {
  if (!project.isIn(orgId, user.user_id)) {
    return markup`<p>You are not in the organization <code>${orgId}</code>.</p>`;
  }
  const org = project.orgs.get(orgId);
  return markup`<p>The page is about ${org?.name ?? ''} <code>${orgId}</code>.</p>`;
}

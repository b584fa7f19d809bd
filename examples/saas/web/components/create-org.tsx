'use client';

import { useRedirectFunctions, useUser } from '@propelauth/nextjs/client';

/** Leads to PropelAuth's page for new organizations, and from there to a new token, which has the organization. */
export function CreateOrg() {
  const { user } = useUser();
  const { redirectToCreateOrgPage } = useRedirectFunctions();
  const create = () =>
    redirectToCreateOrgPage({ redirectBackToUrl: `${window.location.origin}/api/auth/login` });
  return (
    <button disabled={!user} onClick={create}>
      Create an organization
    </button>
  );
}

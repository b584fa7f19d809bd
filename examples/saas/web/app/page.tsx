import { getUserOrRedirect } from '@propelauth/nextjs/server/app-router';
import Link from 'next/link';

export default async function OrganizationsPage() {
  const user = await getUserOrRedirect();
  return (
    <>
      <h1>Organizations</h1>
      <ul>
        {user.getOrgs().map(({ orgId, orgName, userAssignedRole }) => (
          <li key={orgId}>
            <Link href={`/orgs/${orgId}`}>{orgName}</Link> {userAssignedRole}
          </li>
        ))}
      </ul>
    </>
  );
}

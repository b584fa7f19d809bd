import { getUser } from '@propelauth/nextjs/server/app-router';
import Link from 'next/link';
import { CreateOrg } from '@/components/create-org';

export default async function HomePage() {
  const user = await getUser();
  if (!user) return <Welcome />;
  const orgs = user.getOrgs();
  return (
    <>
      <title>Organizations</title>
      <h1>Organizations</h1>
      {orgs.length === 0 && <p>You are in no organization. Create one, or ask to be invited.</p>}
      <ul>
        {orgs.map(({ orgId, orgName, assignedRole }) => (
          <li key={orgId}>
            <Link href={`/orgs/${orgId}`}>{orgName}</Link>
            <span className="quiet">{assignedRole}</span>
          </li>
        ))}
      </ul>
      <CreateOrg />
    </>
  );
}

function Welcome() {
  return (
    <>
      <title>Planner</title>
      <h1>Projects and tasks for your team</h1>
      <p>See what is open, take a task, and finish it together.</p>
      <p className="actions">
        <a className="button main" href="/api/auth/signup">
          Sign up
        </a>
        <a className="button" href="/api/auth/login">
          Sign in
        </a>
      </p>
    </>
  );
}

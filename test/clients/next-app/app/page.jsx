import { getUser } from '@propelauth/nextjs/server/app-router';
import { Account } from './account.jsx';

/** A server component that reads the user. */
export default async function Page() {
  const user = await getUser();
  if (!user) {
    return (
      <main>
        <p>Nobody is signed in.</p>
        <a href="/api/auth/login">Sign in</a>
      </main>
    );
  }
  const org = user.getActiveOrg();
  return (
    <main>
      <p>
        The server sees {user.email},{' '}
        {org ? `${org.userAssignedRole} of ${org.orgName}` : 'in no organization'}.
      </p>
      <Account />
    </main>
  );
}

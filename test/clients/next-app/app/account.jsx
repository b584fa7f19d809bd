'use client';
import { useLogoutFunction, useUser } from '@propelauth/nextjs/client';
import { useRouter } from 'next/navigation';

/** What the browser knows of the user. */
export function Account() {
  const { loading, user, setActiveOrg } = useUser();
  const logout = useLogoutFunction();
  const router = useRouter();
  if (loading || !user) return <p>Loading</p>;
  const switchTo = async (orgId) => {
    await setActiveOrg(orgId);
    router.refresh();
  };
  return (
    <section>
      <p>The browser sees {user.email}.</p>
      {user.getOrgs().map(({ orgId, orgName }) => (
        <button key={orgId} onClick={() => void switchTo(orgId)}>
          Switch to {orgName}
        </button>
      ))}
      <button onClick={() => void logout()}>Sign out</button>
    </section>
  );
}

import {
  AuthProvider,
  useAuthInfo,
  useLogoutFunction,
  useRedirectFunctions,
} from '@propelauth/react';
import { createRoot } from 'react-dom/client';

/** A front end with PropelAuth's library for React, which knows nothing but the auth URL. */
function Page() {
  const { loading, isLoggedIn, user, orgHelper } = useAuthInfo();
  const logout = useLogoutFunction();
  const { redirectToLoginPage } = useRedirectFunctions();
  if (loading) return <p>Loading</p>;
  if (!isLoggedIn) return <button onClick={() => redirectToLoginPage()}>Sign in</button>;
  const orgs = orgHelper.getOrgs().map(({ orgName }) => orgName);
  return (
    <main>
      <p>
        {user.email} is in {orgs.join(' and ')}.
      </p>
      <button onClick={() => void logout(false)}>Sign out</button>
    </main>
  );
}

createRoot(document.body).render(
  <AuthProvider authUrl={AUTH_URL}>
    <Page />
  </AuthProvider>,
);

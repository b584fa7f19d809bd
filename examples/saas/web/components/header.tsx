'use client';

import { useLogoutFunction, useUser } from '@propelauth/nextjs/client';
import Link from 'next/link';

export function Header() {
  const { user } = useUser();
  const signOut = useLogoutFunction();
  return (
    <header>
      <Link href="/">Planner</Link>
      {user && (
        <>
          <span className="quiet">{user.email}</span>
          <button onClick={() => void signOut()}>Sign out</button>
        </>
      )}
    </header>
  );
}

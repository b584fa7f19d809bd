'use client';

import { useLogoutFunction, useUser } from '@propelauth/nextjs/client';
import Link from 'next/link';

export function SignedInUser() {
  const { user } = useUser();
  const signOut = useLogoutFunction();
  if (!user) return null;
  return (
    <header>
      <Link href="/">Organizations</Link>
      <span>{user.email}</span>
      <button onClick={() => void signOut()}>Sign out</button>
    </header>
  );
}

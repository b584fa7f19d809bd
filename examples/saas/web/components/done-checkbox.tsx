'use client';

import { useRefreshAuth, useUser } from '@propelauth/nextjs/client';
import { useRouter } from 'next/navigation';
import type { Task } from '../lib/types';

/** Calls the API from the browser, with the access token of the signed-in user. */
export function DoneCheckbox({ task, path }: { task: Task; path: string }) {
  const { accessToken } = useUser();
  const refreshAuth = useRefreshAuth();
  const router = useRouter();

  async function toggle() {
    const { status } = await fetch(`/backend${path}`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ done: !task.done }),
    });
    if (status === 401) await refreshAuth();
    router.refresh(); // The server component shows what the API has, or that access is gone.
  }

  return (
    <label>
      <input type="checkbox" checked={task.done} disabled={!accessToken} onChange={toggle} />
      {task.title}
    </label>
  );
}

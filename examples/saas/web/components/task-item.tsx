'use client';

import { useRefreshAuth, useUser } from '@propelauth/nextjs/client';
import { useRouter } from 'next/navigation';

export interface Task {
  readonly id: string;
  readonly title: string;
  readonly assigneeId: string | null;
  readonly done: boolean;
}

/** Calls the API from the browser, with the access token of the signed-in user. */
export function TaskItem({ task, path }: { task: Task; path: string }) {
  const { user, accessToken } = useUser();
  const refreshAuth = useRefreshAuth();
  const router = useRouter();

  async function call(method: string, url: string, body?: object) {
    const headers = { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' };
    const response = await fetch(`/backend${url}`, { method, headers, body: JSON.stringify(body) });
    if (response.status === 401) await refreshAuth();
    router.refresh(); // The server component shows what the API has, or that access is gone.
  }

  const toggle = () => void call('PATCH', path, { done: !task.done });
  const take = () => void call('PUT', `${path}/assignee`);
  return (
    <li>
      <label>
        <input type="checkbox" checked={task.done} disabled={!user} onChange={toggle} />
        {task.title}
      </label>
      {task.assigneeId === user?.userId && 'yours'}
      {user && !task.assigneeId && <button onClick={take}>Take</button>}
    </li>
  );
}

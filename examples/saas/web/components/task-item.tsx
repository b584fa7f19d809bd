'use client';

import { useRefreshAuth, useUser } from '@propelauth/nextjs/client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';

export type Task = { id: string; title: string; assigneeId: string | null; done: boolean };

type TaskItemProps = { task: Task; path: string; readOnly: boolean };

/** Calls the API from the browser, with the access token of the signed-in user. */
export function TaskItem({ task, path, readOnly }: TaskItemProps) {
  const { user, accessToken } = useUser();
  const refreshAuth = useRefreshAuth();
  const router = useRouter();
  const [error, setError] = useState<string>();

  async function call(method: string, url: string, body?: object) {
    const headers = { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' };
    const init = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`/backend${url}`, init).catch(() => undefined);
    setError(response?.ok ? undefined : `Not saved (${response?.status ?? 'offline'}).`);
    if (response?.status === 401) await refreshAuth();
    if (response && response.status < 500) router.refresh(); // Shows what the API has, or that access is gone.
  }

  const toggle = () => void call('PATCH', path, { done: !task.done });
  const take = () => void call('PUT', `${path}/assignee`);
  const mayTake = user && !readOnly && !task.done && !task.assigneeId;
  return (
    <li>
      <label>
        <input type="checkbox" checked={task.done} disabled={!user || readOnly} onChange={toggle} />
        {task.title}
      </label>
      {user && task.assigneeId === user.userId && <small>yours</small>}
      {mayTake && <button onClick={take}>Take</button>}
      {error && <span role="alert">{error}</span>}
    </li>
  );
}

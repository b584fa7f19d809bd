import { getUserOrRedirect } from '@propelauth/nextjs/server/app-router';
import { ActionForm } from '@/components/action-form';
import { DoneCheckbox } from '@/components/done-checkbox';
import { change } from '@/lib/action';
import { read } from '@/lib/api';
import type { Task } from '@/lib/types';

interface TasksPageProps {
  params: Promise<{ orgId: string; projectId: string }>;
}

export default async function TasksPage({ params }: TasksPageProps) {
  const { orgId, projectId } = await params;
  const user = await getUserOrRedirect({ returnToCurrentPath: true });
  const path = `/orgs/${orgId}/projects/${projectId}/tasks`;
  const tasks = await read<Task[]>(path);

  async function create(form: FormData) {
    'use server';
    return change('POST', path, { title: form.get('title') });
  }

  async function take(taskId: string) {
    'use server';
    return change('PUT', `${path}/${taskId}/assignee`);
  }

  return (
    <>
      <h1>Tasks</h1>
      <ul>
        {tasks.map((task) => (
          <li key={task.id}>
            <DoneCheckbox task={task} path={`${path}/${task.id}`} />
            {task.assigneeId === user.userId && 'yours'}
            {!task.assigneeId && <ActionForm action={take.bind(null, task.id)} submit="Take" />}
          </li>
        ))}
      </ul>
      <ActionForm action={create} submit="Add task">
        <input name="title" aria-label="Title of the task" required />
      </ActionForm>
    </>
  );
}

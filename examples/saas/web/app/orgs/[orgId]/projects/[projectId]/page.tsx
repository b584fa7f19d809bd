import Link from 'next/link';
import { ActionForm } from '@/components/action-form';
import { type Task, TaskItem } from '@/components/task-item';
import { change, type Project, read } from '@/lib/api';

export default async function TasksPage(props: PageProps<'/orgs/[orgId]/projects/[projectId]'>) {
  const { orgId, projectId } = await props.params;
  const path = `/orgs/${orgId}/projects/${projectId}`;
  const { name, archivedAt } = await read<Project>(path);
  const tasksPath = `${path}/tasks`;
  const tasks = await read<Task[]>(tasksPath);

  async function create(form: FormData) {
    'use server';
    return change('POST', tasksPath, { title: form.get('title') });
  }

  return (
    <>
      <title>{name}</title>
      <Link href={`/orgs/${orgId}`}>← Projects</Link>
      <h1>
        {name} {archivedAt && <small>archived</small>}
      </h1>
      {tasks.length === 0 && <p>There are no tasks yet.</p>}
      <ul>
        {tasks.map((task) => (
          <TaskItem
            key={task.id}
            task={task}
            path={`${tasksPath}/${task.id}`}
            readOnly={!!archivedAt}
          />
        ))}
      </ul>
      {!archivedAt && (
        <ActionForm action={create} submit="Add task">
          <label>
            Title of the task
            <input name="title" maxLength={200} required />
          </label>
        </ActionForm>
      )}
    </>
  );
}

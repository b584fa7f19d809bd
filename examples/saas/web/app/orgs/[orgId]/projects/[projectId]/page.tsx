import { ActionForm } from '@/components/action-form';
import { type Task, TaskItem } from '@/components/task-item';
import { change, read } from '@/lib/api';

export default async function TasksPage(props: PageProps<'/orgs/[orgId]/projects/[projectId]'>) {
  const { orgId, projectId } = await props.params;
  const path = `/orgs/${orgId}/projects/${projectId}/tasks`;
  const tasks = await read<Task[]>(path);

  async function create(form: FormData) {
    'use server';
    return change('POST', path, { title: form.get('title') });
  }

  return (
    <>
      <h1>Tasks</h1>
      <ul>
        {tasks.map((task) => (
          <TaskItem key={task.id} task={task} path={`${path}/${task.id}`} />
        ))}
      </ul>
      <ActionForm action={create} submit="Add task">
        <input name="title" aria-label="Title of the task" required />
      </ActionForm>
    </>
  );
}

import { getUserOrRedirect } from '@propelauth/nextjs/server/app-router';
import Link from 'next/link';
import { ActionForm } from '@/components/action-form';
import { change, read } from '@/lib/api';

type Project = { id: string; name: string; archivedAt: string | null };

export default async function ProjectsPage({ params }: PageProps<'/orgs/[orgId]'>) {
  const { orgId } = await params;
  const user = await getUserOrRedirect({ returnToCurrentPath: true });
  const projects = await read<Project[]>(`/orgs/${orgId}/projects`);

  async function create(form: FormData) {
    'use server';
    return change('POST', `/orgs/${orgId}/projects`, { name: form.get('name') });
  }

  async function archive(projectId: string) {
    'use server';
    return change('POST', `/orgs/${orgId}/projects/${projectId}/archive`);
  }

  return (
    <>
      <h1>Projects of {user.getOrg(orgId)?.orgName ?? 'your organization'}</h1>
      <ul>
        {projects.map(({ id, name, archivedAt }) => (
          <li key={id}>
            <Link href={`/orgs/${orgId}/projects/${id}`}>{name}</Link>
            {archivedAt && 'archived'}
            {!archivedAt && <ActionForm action={archive.bind(null, id)} submit="Archive" />}
          </li>
        ))}
      </ul>
      <ActionForm action={create} submit="Create project">
        <input name="name" aria-label="Name of the project" required />
      </ActionForm>
    </>
  );
}

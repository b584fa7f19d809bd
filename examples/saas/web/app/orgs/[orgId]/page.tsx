import { getUserOrRedirect } from '@propelauth/nextjs/server/app-router';
import Link from 'next/link';
import { ActionForm } from '@/components/action-form';
import { change, type Project, read } from '@/lib/api';

export default async function ProjectsPage({ params }: PageProps<'/orgs/[orgId]'>) {
  const { orgId } = await params;
  const user = await getUserOrRedirect({ returnToCurrentPath: true });
  const projects = await read<Project[]>(`/orgs/${orgId}/projects`);

  // Only to show what the user may do. The API decides.
  const org = user.getOrg(orgId);
  const isPro = org?.orgMetadata.plan === 'pro';
  const mayArchive = ({ archivedAt, leadId }: Project) =>
    !archivedAt && isPro && (org.hasPermission('can_archive_projects') || leadId === user.userId);

  async function create(form: FormData) {
    'use server';
    return change('POST', `/orgs/${orgId}/projects`, { name: form.get('name') });
  }

  async function archive(projectId: string) {
    'use server';
    return change('POST', `/orgs/${orgId}/projects/${projectId}/archive`);
  }

  const title = `Projects of ${org?.orgName ?? 'your organization'}`;
  return (
    <>
      <title>{title}</title>
      <Link href="/">← Organizations</Link>
      <h1>
        {title} <small>{isPro ? 'Pro' : 'Free'}</small>
      </h1>
      {projects.length === 0 && <p>There are no projects yet.</p>}
      <ul>
        {projects.map((project) => (
          <li key={project.id}>
            <Link href={`/orgs/${orgId}/projects/${project.id}`}>{project.name}</Link>
            {project.leadId === user.userId && <small>yours</small>}
            {project.archivedAt && <small>archived</small>}
            {mayArchive(project) && (
              <ActionForm action={archive.bind(null, project.id)} submit="Archive" />
            )}
          </li>
        ))}
      </ul>
      {!isPro && <p className="quiet">On the plan Pro, projects can be archived.</p>}
      {org?.isAtLeastRole('Admin') && (
        <ActionForm action={create} submit="Create project">
          <label>
            Name of the project
            <input name="name" maxLength={100} required />
          </label>
        </ActionForm>
      )}
    </>
  );
}

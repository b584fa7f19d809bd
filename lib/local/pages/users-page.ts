import type { LocalProject, ProjectUser } from '../local-project.js';
import { markup, type Html } from './html.js';
import { page } from './layout.js';

/** A page with the users, the ids of them and of their organizations, and their API keys. */
export function usersPage(project: LocalProject): string {
  return page(
    'Users',
    markup`<p>This application runs with a local PropelAuth. It has these users:</p>
      ${project.users.map((user) => section(user, project))}`,
  );
}

/** A page with a step-up grant to copy. */
export function stepUpGrantPage(name: string, actionType: string, grant: string): string {
  return page(
    'Step-up grant',
    markup`<p>For ${name} and the action <code>${actionType}</code>, valid once, for five minutes:</p>
      <p><code>${grant}</code></p>
      <p><a href="/propelauth/users">Back to the users</a></p>`,
  );
}

function section(user: ProjectUser, project: LocalProject): Html {
  return markup`<section>
    <h2>${project.fullNameOf(user)}</h2>
    <p>User id <code>${user.userId}</code></p>
    ${memberships(user, project)}
    <p><a href="/api/v1/refresh_token?user=${encodeURIComponent(user.name)}">Access token</a></p>
    ${project.apiKeysOf(user).map(({ token, orgId, displayName }) => {
      const org = orgId === undefined ? undefined : project.api.project.orgs.get(orgId);
      const label = ['API key', displayName, org && `for ${org.name}`].filter(Boolean).join(' ');
      return markup`<p>${label} <code>${token}</code></p>`;
    })}
    <form method="post" action="/propelauth/users/step-up-grant">
      <input type="hidden" name="user" value="${user.name}">
      <input name="action_type" placeholder="Action" aria-label="Action" required>
      <button>Get a step-up grant</button>
    </form>
  </section>`;
}

/** The user's organizations, with the role and the id of each. */
function memberships({ userId }: ProjectUser, { api: { project } }: LocalProject): Html[] {
  const lines = [...project.orgs.values()].flatMap(({ name, org_id: orgId }) => {
    const membership = project.findMembership(orgId, userId);
    return membership === undefined
      ? []
      : [markup`<p>${membership.role} of ${name} <code>${orgId}</code></p>`];
  });
  return lines.length > 0 ? lines : [markup`<p>In no organization</p>`];
}

import type { LocalProject, Person } from '../local-project.js';
import { markup, type Html } from './html.js';
import { page } from './layout.js';

/** Who there is, with their ids, keys and whatever else a request may need. */
export function peoplePage(project: LocalProject): string {
  return page(
    'People',
    markup`<p>This application has people of its own, in place of PropelAuth.</p>
      ${project.people.map((person) => section(person, project))}`,
  );
}

/** A step-up grant, to be copied. */
export function stepUpGrantPage(name: string, actionType: string, grant: string): string {
  return page(
    'Step-up grant',
    markup`<p>For ${name} and the action <code>${actionType}</code>, good once, for five minutes:</p>
      <p><code>${grant}</code></p>
      <p><a href="/propelauth/people">Back to the people</a></p>`,
  );
}

function section(person: Person, project: LocalProject): Html {
  return markup`<section>
    <h2>${project.fullNameOf(person)}</h2>
    <p>${project.membershipsOf(person).join(', ') || 'In no organization'}</p>
    <p>User id <code>${person.userId}</code></p>
    <p><a href="/api/v1/refresh_token?user=${encodeURIComponent(person.name)}">Access token</a></p>
    ${project.apiKeysOf(person).map(({ token, orgId, displayName }) => {
      const org = orgId === undefined ? undefined : project.api.project.orgs.get(orgId);
      const what = ['API key', displayName, org && `for ${org.name}`].filter(Boolean).join(' ');
      return markup`<p>${what} <code>${token}</code></p>`;
    })}
    <form method="post" action="/propelauth/people/step-up-grant">
      <input type="hidden" name="user" value="${person.name}">
      <input name="action_type" placeholder="Action" aria-label="Action" required>
      <button>Get a step-up grant</button>
    </form>
  </section>`;
}

import type { Core } from '../core.js';
import { field } from '../pages/form.js';
import { markup, type Html } from '../pages/html.js';
import { hiddenInput } from '../pages/sign-in-page.js';
import type { Project } from '../project/project.js';
import { ACTIONS, panelIdOf, type Action, type ActionName, type Subject } from './actions.js';
import { forReaders } from './copy-buttons.js';
import { CHANGE_PATH, type View } from './paths.js';

/** What the users page is made of. */
export interface UsersPage extends Core {
  readonly view: View;
}

/**
 * The form of an action. What asks for something, or cannot be undone, is behind a line that opens it.
 *
 * @param of what it is about, for screen readers
 * @param role the role that is selected; by default the lowest
 */
export function actionForm(
  { project, view }: UsersPage,
  name: ActionName,
  of: string,
  subject: Subject = {},
  role = project.issuer.roles.names.at(-1),
): Html {
  const { text, inputs = [], warning }: Action = ACTIONS[name];
  const kind = warning === undefined ? 'small' : 'small danger';
  const id = panelIdOf(name, subject);
  const label = markup`${text}${forReaders(` ${of}`)}`;
  const hidden = { change: name, search: view.search || undefined, ...subject };
  const form = markup`<form class="change" method="post" action="${CHANGE_PATH}">
    ${Object.entries(hidden).map((each) => hiddenInput(...each))}
    ${warning === undefined ? '' : markup`<p>${warning}</p>`}
    ${inputs.map((each) => (each === 'role' ? roleSelect(project, role) : field(each)))}
    <button class="${kind}">${label}</button>
  </form>`;
  if (inputs.length === 0 && warning === undefined) return form;
  return markup`<details class="panel" id="${id}" ${view.panel === id ? 'open' : ''}>
    <summary class="${kind}">${label}…</summary>
    ${form}
  </details>`;
}

function roleSelect({ issuer }: Project, selected: string | undefined): Html {
  const options = issuer.roles.names.map(
    (role) => markup`<option ${role === selected ? 'selected' : ''}>${role}</option>`,
  );
  return markup`<label>Role <select name="role">${options}</select></label>`;
}

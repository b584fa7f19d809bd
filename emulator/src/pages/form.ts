import { HTTPException } from 'hono/http-exception';
import type { RequestParameters } from '../oauth/request-parameters.js';
import { isHashingMany } from '../project/passwords.js';
import type { Project } from '../project/project.js';
import { markup, raw, type Html } from './html.js';

/** Of all pages: whoever reaches them can send forms without an end. */
const MAXIMUM_ADDITIONS = 1_000;
const LIMIT = `The pages were asked to add something ${MAXIMUM_ADDITIONS} times, which is the limit. Start with --fresh, or use the backend API.`;
const TOO_MANY = 'Too many passwords are sent at once. Try again.';

/** What forms ask for: fields of PropelAuth's backend API, a new password, and `org`, the id or the name of an organization. */
const FIELDS = {
  email: { label: 'Email address', attributes: 'type="email" autocomplete="email" required' },
  password: {
    label: 'Password (not a real one)',
    attributes: 'type="password" autocomplete="current-password" required',
  },
  new_password: {
    label: 'New password (invent one, do not use a real one)',
    attributes: 'type="password" autocomplete="new-password" required',
  },
  username: { label: 'Username', attributes: 'autocomplete="off"' },
  first_name: { label: 'First name', attributes: 'autocomplete="given-name"' },
  last_name: { label: 'Last name', attributes: 'autocomplete="family-name"' },
  name: { label: 'Name', attributes: 'autocomplete="off" required' },
  display_name: { label: 'Name of the key', attributes: 'autocomplete="off"' },
  action_type: { label: 'Action', attributes: 'autocomplete="off" required' },
  org: { label: 'Organization', attributes: 'autocomplete="off" list="orgs" required' },
};

export type FieldName = keyof typeof FIELDS;

/** A field with its label. */
export function field(name: FieldName, value = ''): Html {
  const { label, attributes } = FIELDS[name];
  return markup`<label>${label} <input name="${name}" value="${value}" ${raw(attributes)}></label>`;
}

/** @throws {HTTPException} while many others are being hashed */
export function passwordIn(sent: RequestParameters, name: 'password' | 'new_password'): string {
  if (isHashingMany()) throw new HTTPException(503, { message: TOO_MANY });
  return sent.get(name) ?? '';
}

/** @throws {HTTPException} unless the condition is met */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new HTTPException(400, { message });
}

/** @throws {HTTPException} at the limit for what the forms of all pages add */
export function countAddition({ counts }: Project): void {
  const count = counts.get('addedByPages') ?? 0;
  check(count < MAXIMUM_ADDITIONS, LIMIT);
  counts.set('addedByPages', count + 1);
}

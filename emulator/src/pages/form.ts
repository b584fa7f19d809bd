import { HTTPException } from 'hono/http-exception';
import * as v from 'valibot';
import { EMAIL } from '../backend/fields.js';
import type { RequestParameters } from '../oauth/request-parameters.js';
import { isHashingMany } from '../project/passwords.js';
import type { Project } from '../project/project.js';
import { markup, type Html } from './html.js';

const MAXIMUM_LENGTH = 100;
/** Of all pages: whoever reaches them can send forms without an end. */
const MAXIMUM_ADDITIONS = 1_000;
const LIMIT = `The pages were asked to add something ${MAXIMUM_ADDITIONS} times, which is the limit. Start with --fresh, or use the backend API.`;
const TOO_MANY = 'Too many passwords are sent at once. Try again.';

/** The fields of forms: their labels, and the attributes `type` and `autocomplete`. */
const FIELDS = {
  email: { label: 'Email address', type: 'email', fill: 'email' },
  password: { label: 'Password (not a real one)', type: 'password', fill: 'current-password' },
  new_password: {
    label: 'New password (invent one, do not use a real one)',
    type: 'password',
    fill: 'new-password',
  },
  first_name: { label: 'First name', type: 'text', fill: 'given-name' },
  last_name: { label: 'Last name', type: 'text', fill: 'family-name' },
  name: { label: 'Name', type: 'text', fill: 'off' },
};

type FieldName = keyof typeof FIELDS;

/** A field with its label. It shows what was sent, but no password. */
export function field(name: FieldName, sent?: RequestParameters, value = ''): Html {
  const { label, type, fill } = FIELDS[name];
  const shown = type === 'password' ? '' : (sent?.get(name) ?? value);
  return markup`<label>${label}<input name="${name}" type="${type}" value="${shown}" autocomplete="${fill}" maxlength="${MAXIMUM_LENGTH}" required></label>`;
}

/** @throws {HTTPException} if the text is empty, too long or no email address */
export function textIn(sent: RequestParameters, name: FieldName): string {
  const { label } = FIELDS[name];
  const text = sent.get(name) ?? '';
  check(/\S/.test(text), `Missing: ${label}.`);
  check(text.length <= MAXIMUM_LENGTH, `More than ${MAXIMUM_LENGTH} characters: ${label}.`);
  check(name !== 'email' || v.is(EMAIL, text), 'This is no email address.');
  return text;
}

/** @throws {HTTPException} as {@link textIn}, and while many others are being hashed */
export function passwordIn(sent: RequestParameters, name: 'password' | 'new_password'): string {
  if (isHashingMany()) throw new HTTPException(503, { message: TOO_MANY });
  return textIn(sent, name);
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

import { HTTPException } from 'hono/http-exception';
import * as v from 'valibot';
import { EMAIL } from '../backend/fields.js';
import type { RequestParameters } from '../oauth/request-parameters.js';
import { isHashingMany } from '../project/passwords.js';
import { markup, raw, type Html } from './html.js';

const MAXIMUM_LENGTH = 100;

/** The fields of forms: their labels and attributes. */
const FIELDS = {
  email: ['Email address', 'type="email" autocomplete="email" required'],
  password: ['Password', 'type="password" autocomplete="current-password"'],
  new_password: [
    'New password. Invent one: do not use a real one here',
    'type="password" autocomplete="new-password"',
  ],
  first_name: ['First name', 'autocomplete="given-name"'],
  last_name: ['Last name', 'autocomplete="family-name"'],
  name: ['Name', 'autocomplete="off" required'],
} as const;

type FieldName = keyof typeof FIELDS;

/** A field with its label. It shows what was sent, but no password. */
export function field(name: FieldName, sent?: RequestParameters, value = ''): Html {
  const [label, attributes] = FIELDS[name];
  const shown = name.endsWith('password') ? '' : (sent?.get(name) ?? value);
  return markup`<label>${label}<input name="${name}" value="${shown}" maxlength="${MAXIMUM_LENGTH}" ${raw(attributes)}></label>`;
}

/** @throws {HTTPException} if the text is empty, too long or no email address */
export function textIn(sent: RequestParameters, name: FieldName): string {
  const text = optionalTextIn(sent, name) ?? '';
  check(/\S/.test(text), `Missing: ${FIELDS[name][0]}.`);
  check(name !== 'email' || v.is(EMAIL, text), 'This is no email address.');
  return text;
}

/** @throws {HTTPException} if the text is too long */
export function optionalTextIn(sent: RequestParameters, name: FieldName): string | undefined {
  const text = sent.get(name);
  const isShort = text === undefined || text.length <= MAXIMUM_LENGTH;
  check(isShort, `More than ${MAXIMUM_LENGTH} characters: ${FIELDS[name][0]}.`);
  return text;
}

/** @throws {HTTPException} as {@link textIn}, and while many others are being hashed */
export function passwordIn(sent: RequestParameters, name: 'password' | 'new_password'): string {
  check(!isHashingMany(), 'Too many passwords are sent at once. Try again.', 503);
  return textIn(sent, name);
}

/** @throws {HTTPException} unless the condition is met */
export function check(
  condition: boolean,
  message: string,
  status: 400 | 503 = 400,
): asserts condition {
  if (!condition) throw new HTTPException(status, { message });
}

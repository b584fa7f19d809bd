import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../json-object.js';

/** Error messages about the fields of a request, by field. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** Why a request is rejected: PropelAuth's backend returns the errors with 400. */
export class InvalidFields extends Error {
  constructor(readonly errors: FieldErrors) {
    super('Some fields are invalid');
  }
}

/** @throws {InvalidFields} with the message about the field if the condition is false */
export function assertField(condition: boolean, field: string, message: string): asserts condition {
  if (!condition) throw new InvalidFields({ [field]: [message] });
}

/**
 * Reads fields of a request. All others are ignored.
 *
 * @throws {InvalidFields} if one is missing or invalid
 */
export function fieldsOf<const Entries extends v.ObjectEntries>(
  body: JsonObject,
  entries: Entries,
): v.InferOutput<v.ObjectSchema<Entries, string>> {
  const { output, issues } = v.safeParse(v.object(entries, 'Is missing'), body);
  if (issues === undefined) return output;
  throw new InvalidFields(v.flatten(issues).nested as FieldErrors);
}

const NO_TEXT = 'Must not be empty';

export const FLAG = v.boolean('Must be true or false');
export const STRING = v.string('Must be a string');
export const STRINGS = v.array(STRING, 'Must be a list');
export const TEXT = v.pipe(v.string(NO_TEXT), v.regex(/\S/, NO_TEXT));
export const OBJECT = v.custom<JsonObject>(isJsonObject, 'Must be an object');
export const EMAIL = v.custom<string>(isEmail, 'Must be an email address');
export const COUNT = v.custom<number>(
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  'Must be 1 or more',
);

/** RFC 5321, section 4.5.3.1.3. The time of the expression below grows with the square of the length. */
const MAXIMUM_EMAIL_LENGTH = 254;

function isEmail(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length <= MAXIMUM_EMAIL_LENGTH &&
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)
  );
}

/** The value if it is a string; else a text that is no id. */
export function idOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

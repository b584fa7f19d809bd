import { isJsonObject, type JsonObject } from '../../values/json-object.js';

const FIELD_NAME = /^[a-z][a-z0-9_]{0,63}$/i;

/**
 * The names of the invalid fields in an exception of PropelAuth's client. PropelAuth's text about a field is left out: it may quote the
 * value.
 */
export function rejectedFields(exception: unknown): string[] {
  return Object.keys(fieldErrorsIn(answerIn(exception))).filter((name) => FIELD_NAME.test(name));
}

/** PropelAuth's response. The client keeps the response under one of two names. */
function answerIn(exception: unknown): unknown {
  if (!isJsonObject(exception)) return undefined;
  return exception['fieldToErrors'] ?? exception['errorBody'];
}

/** The errors by field: `{ field_errors: { email: '…' } }` in newer responses, `{ email: ['…'] }` in older ones. */
function fieldErrorsIn(answer: unknown): JsonObject {
  if (!isJsonObject(answer)) return {};
  if (isJsonObject(answer['field_errors'])) return answer['field_errors'];
  return Object.fromEntries(Object.entries(answer).filter(([, errors]) => Array.isArray(errors)));
}

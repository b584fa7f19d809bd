import { isJsonObject, type JsonObject } from '../values/json-object.js';

const FIELD_NAME = /^[a-z][a-z0-9_]{0,63}$/i;

/**
 * The fields that PropelAuth complains of, as an exception of its client has them. Only their names: what is said of them may quote
 * what was sent.
 */
export function refusedFields(exception: unknown): string[] {
  return Object.keys(fieldErrorsIn(answerIn(exception))).filter((name) => FIELD_NAME.test(name));
}

/** PropelAuth's answer, which the client keeps under one name or another. */
function answerIn(exception: unknown): unknown {
  if (!isJsonObject(exception)) return undefined;
  return exception['fieldToErrors'] ?? exception['errorBody'];
}

/** `{ field_errors: { email: '…' } }` in newer answers, `{ email: ['…'] }` in older ones. */
function fieldErrorsIn(answer: unknown): JsonObject {
  if (!isJsonObject(answer)) return {};
  if (isJsonObject(answer['field_errors'])) return answer['field_errors'];
  return Object.fromEntries(Object.entries(answer).filter(([, errors]) => Array.isArray(errors)));
}

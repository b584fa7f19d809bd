import { deepFreeze } from './deep-freeze.js';
import { isJsonObject, type JsonObject } from './json-object.js';

// Empty fields. All users without entries share them, so that no token needs lists and objects of its own. Frozen, because they are shared.
const NO_STRINGS = Object.freeze([] as string[]) as string[];
export const NO_ENTRIES: JsonObject = Object.freeze({});

/** A field has a wrong type, or contradicts another field. */
export class MalformedFieldError extends Error {}

/*
 * Readers of the fields of tokens and of PropelAuth's responses. Each treats `null` and a missing field as absent, and throws a
 * MalformedFieldError for a field of another type.
 */

/** A string. */
export function readString(object: JsonObject, name: string): string | undefined {
  const value = object[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw new MalformedFieldError();
  return value;
}

/** A string that is not empty. */
export function readIdentifier(object: JsonObject, name: string): string | undefined {
  const value = readString(object, name);
  if (value === '') throw new MalformedFieldError();
  return value;
}

/** One of several strings. The result is the known one, because that of a token would be another string in memory. */
export function readOneOf<Text extends string>(
  object: JsonObject,
  name: string,
  known: readonly Text[],
): Text | undefined {
  const value = readString(object, name);
  const found = known.find((one) => one === value);
  if (value !== undefined && found === undefined) throw new MalformedFieldError();
  return found;
}

/** A list of strings, frozen; empty if it is absent. */
export function readStrings(object: JsonObject, name: string): string[] {
  const value = object[name] ?? NO_STRINGS;
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
    throw new MalformedFieldError();
  }
  if (value.length === 0) return NO_STRINGS;
  Object.freeze(value);
  return value;
}

/** A JSON object. */
export function readObject(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name] ?? undefined;
  if (value !== undefined && !isJsonObject(value)) throw new MalformedFieldError();
  return value;
}

/** A JSON object whose content is the application's, deeply frozen. */
export function readProperties(object: JsonObject, name: string): JsonObject | undefined {
  const value = readObject(object, name);
  if (value === undefined) return undefined;
  return Object.keys(value).length === 0 ? NO_ENTRIES : deepFreeze(value);
}

import { deepFreeze } from '../../values/deep-freeze.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';
import { Rejection } from '../../rejections/rejection.js';

// Empty claims. All users without entries share them, so that no token needs lists and objects of its own. Frozen, because they are shared.
export const NO_STRINGS = Object.freeze([] as string[]) as string[];
export const NO_ENTRIES: JsonObject = Object.freeze({});

/*
 * Readers of single claims. Each treats `null` and a missing claim as absent, and rejects a token with a claim of another type.
 */

/** A string claim. */
export function readString(claims: JsonObject, name: string): string | undefined {
  const value = claims[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw new Rejection('user_invalid');
  return value;
}

/** An identifier: a string claim that is not empty. */
export function readIdentifier(claims: JsonObject, name: string): string | undefined {
  const value = readString(claims, name);
  if (value === '') throw new Rejection('user_invalid');
  return value;
}

/** A claim that is a list of strings, frozen. */
export function readStrings(claims: JsonObject, name: string): string[] | undefined {
  const value = claims[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
    throw new Rejection('user_invalid');
  }
  if (value.length === 0) return NO_STRINGS;
  Object.freeze(value);
  return value;
}

/** A claim that is a JSON object. */
export function readObject(claims: JsonObject, name: string): JsonObject | undefined {
  const value = claims[name] ?? undefined;
  if (value !== undefined && !isJsonObject(value)) throw new Rejection('user_invalid');
  return value;
}

/** A claim whose content is the application's: a JSON object, deeply frozen. */
export function readProperties(claims: JsonObject, name: string): JsonObject | undefined {
  const value = readObject(claims, name);
  if (value === undefined) return undefined;
  return Object.keys(value).length === 0 ? NO_ENTRIES : deepFreeze(value);
}

import { types } from 'node:util';
import type { ApiKeyMetadata } from '../../types/api-key.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';

/** Decides about metadata. That of API keys is deeply frozen. */
export type MetadataPredicate = (metadata: ApiKeyMetadata) => boolean;

/** What the metadata of an API key or of a caller of an own kind has to contain, or a function that decides about it. */
export interface MetadataRequirement {
  readonly required: JsonObject | MetadataPredicate;
  /** The requirement in descriptions of the application, after "API key with" or the name of the kind. */
  readonly words: string;
}

/** Whether metadata meets a requirement. Without metadata, none is met. */
export function meetsMetadata(
  metadata: ApiKeyMetadata | undefined,
  { required, words }: MetadataRequirement,
): boolean {
  if (!isJsonObject(metadata)) return false;
  if (typeof required !== 'function') return contains(metadata, required);
  const verdict: unknown = required(metadata);
  if (types.isPromise(verdict)) {
    // Its rejection would end the process.
    verdict.catch(() => undefined);
    throw new TypeError(
      `The function for metadata "${words}" returns a promise, so its calls return 500. Return true or false.`,
    );
  }
  return verdict === true;
}

/**
 * Whether a JSON value contains another: an object each property, a list each element, anything else if it is the same. Only own properties
 * count. Each value in the metadata is compared at most once with each value in the rule.
 */
function contains(value: unknown, required: unknown): boolean {
  if (Array.isArray(required)) {
    return (
      Array.isArray(value) &&
      required.every((element) => value.some((one) => contains(one, element)))
    );
  }
  if (!isJsonObject(required)) return value === required;
  return (
    isJsonObject(value) &&
    Object.keys(required).every(
      (name) => Object.hasOwn(value, name) && contains(value[name], required[name]),
    )
  );
}

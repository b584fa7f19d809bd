import { types } from 'node:util';
import type { MetadataPredicate, MetadataRequirement } from './metadata-requirement.js';
import { isJsonObject, isPlainObject, type JsonObject } from '../../values/json-object.js';

/** A rule is written by hand. A deeper one contains itself. */
const MAXIMUM_DEPTH = 20;

/**
 * The options of {@link RequireApiKey} and {@link RequireUserOrApiKey} about what your application stores with a key.
 *
 * @publicApi
 */
export interface ApiKeyMetadataOptions {
  /**
   * What the metadata of the key has to say. An object is contained in the metadata if each of its properties is there with the same value;
   * a list, if each of its elements is. A function gets the metadata, deeply frozen, and returns `true` to let the key in; it needs `words`,
   * and must not be asynchronous. A key without metadata is rejected. Default: anything.
   */
  metadata?: Readonly<Record<string, unknown>> | MetadataPredicate;
  /**
   * The rule about `metadata` in words, for the table, Swagger and logs, such as `scope reports:write`. Default: the object as JSON.
   */
  words?: string;
}

/**
 * @throws {TypeError} for metadata that is neither a function nor a JSON object, and for missing or superfluous words
 */
export function metadataRequirement(
  decorator: string,
  { metadata, words }: ApiKeyMetadataOptions,
): MetadataRequirement {
  const required = checkMetadata(decorator, metadata);
  return { required, words: checkWords(decorator, words, required) };
}

function checkMetadata(decorator: string, metadata: unknown): JsonObject | MetadataPredicate {
  if (typeof metadata === 'function') {
    if (types.isAsyncFunction(metadata)) {
      throw new TypeError(
        `The option metadata of ${decorator} is an asynchronous function. Return true or false instead of a promise.`,
      );
    }
    return metadata as MetadataPredicate;
  }
  if (!isJsonObject(metadata) || Object.keys(metadata).length === 0) {
    throw new TypeError(
      `The option metadata of ${decorator} has to be a function, or an object with what the metadata contains, such as ` +
        "{ scopes: ['reports:write'] }.",
    );
  }
  return copyOf(metadata, `The option metadata of ${decorator}`, 0) as JsonObject;
}

/** A copy that nobody can change, with own properties alone. */
function copyOf(value: unknown, what: string, depth: number): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Number.isFinite(value)) return value;
  if (depth < MAXIMUM_DEPTH) {
    const inner = (one: unknown, name: string) => copyOf(one, `${what}.${name}`, depth + 1);
    if (Array.isArray(value)) {
      return Object.freeze(Array.from(value, (one, index) => inner(one, `${index}`)));
    }
    if (isPlainObject(value)) {
      const entries = Object.entries(value).map(([name, one]) => [name, inner(one, name)] as const);
      return Object.freeze(Object.fromEntries(entries));
    }
  }
  throw new TypeError(
    `${what} is not JSON, so no metadata can contain it. Use text, numbers, true, false, null, lists and objects, at most ` +
      `${MAXIMUM_DEPTH} levels deep.`,
  );
}

function checkWords(
  decorator: string,
  words: unknown,
  required: JsonObject | MetadataPredicate,
): string {
  if (words === undefined && typeof required !== 'function') {
    return `metadata ${JSON.stringify(required)}`;
  }
  if (typeof words === 'string' && words.trim() !== '' && !/[\r\n]/.test(words)) return words;
  throw new TypeError(
    `The option words of ${decorator} has to say in one line what the function for metadata requires, such as ` +
      "'scope reports:write'.",
  );
}

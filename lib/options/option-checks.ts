import { isJsonObject } from '../values/json-object.js';
import type { AccessTable } from './access-table.interface.js';
import { PropelAuthConfigurationError } from './configuration.error.js';
import type { KeyValueStore } from './key-value-store.interface.js';

/**
 * The options that an option consists of.
 *
 * @param advice the valid values, for the error
 */
export function checkOptions<Key extends string>(
  option: string,
  value: unknown,
  known: readonly Key[],
  advice: string,
): Partial<Record<Key, unknown>> {
  if (!isJsonObject(value)) {
    throw new PropelAuthConfigurationError(`${option} is not an object. ${advice}`);
  }
  const unknownKey = Object.keys(value).find((key) => !(known as readonly string[]).includes(key));
  if (unknownKey !== undefined) {
    throw new PropelAuthConfigurationError(
      `${option}.${unknownKey} is not an option. Remove it or correct its spelling; ${option} takes ${known.join(', ')}.`,
    );
  }
  return value as Partial<Record<Key, unknown>>;
}

export function checkBoolean(option: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') {
    throw new PropelAuthConfigurationError(
      `${option} is not a boolean. Set it to true or false (an environment variable is a string: compare it with 'true').`,
    );
  }
  return value;
}

export function checkInteger(
  option: string,
  value: unknown,
  { minimum, maximum, fallback }: { minimum: number; maximum: number; fallback: number },
): number {
  if (value === undefined) return fallback;
  if (!Number.isInteger(value) || (value as number) < minimum || (value as number) > maximum) {
    throw new PropelAuthConfigurationError(
      `${option} has to be an integer from ${minimum} to ${maximum}. Leave it out for the default, ${fallback}.`,
    );
  }
  return value as number;
}

/** @param advice the valid values, for the error */
export function checkFunction<Value>(
  option: string,
  value: Value | undefined,
  advice: string,
): Value | undefined {
  if (value !== undefined && typeof value !== 'function') {
    throw new PropelAuthConfigurationError(`${option} is not a function. Set it to ${advice}.`);
  }
  return value;
}

export function checkKeyValueStore(option: string, store: unknown): KeyValueStore | undefined {
  if (store === undefined) return undefined;
  const { get, set } = Object(store) as Record<string, unknown>;
  if (typeof get !== 'function' || typeof set !== 'function') {
    throw new PropelAuthConfigurationError(
      `${option} has no get() and set(). Set it to a Keyv or a store of Keyv, such as new KeyvRedis('redis://…').`,
    );
  }
  return store as KeyValueStore;
}

export function checkAccessTable(table: unknown): AccessTable | undefined {
  if (table === undefined) return undefined;
  const advice =
    "Set accessTable to the table of expectAccess(app).toEqual(), such as { 'GET /health': 'public' }.";
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    throw new PropelAuthConfigurationError(`accessTable is not an object. ${advice}`);
  }
  for (const [name, rule] of Object.entries(table)) {
    if (typeof rule === 'string') continue;
    throw new PropelAuthConfigurationError(`accessTable['${name}'] is not a string. ${advice}`);
  }
  return table as AccessTable;
}

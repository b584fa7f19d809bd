import { isPlainObject } from './json-object.js';

/** Whether two values are the same: lists and literals by what is in them, everything else, which may have private state, only by identity. */
export function isSameData(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  const isData =
    Array.isArray(one) && Array.isArray(other) ? true : isPlainObject(one) && isPlainObject(other);
  if (!isData) return false;
  const [first, second] = [one, other] as Record<PropertyKey, unknown>[];
  const keys = Reflect.ownKeys(first!);
  return (
    keys.length === Reflect.ownKeys(second!).length &&
    keys.every((key) => Object.hasOwn(second!, key) && isSameData(first![key], second![key]))
  );
}

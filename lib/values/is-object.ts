/** Whether a value can have properties and be the key of a WeakMap. Functions are objects. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Whether a value can have properties, and things kept by it: functions are objects, too. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/**
 * The value of a name in a part of a call, if it is a non-empty string. A repeated or nested value is not a string, and properties
 * that every object inherits (`constructor`, `__proto__`) do not count.
 */
export function readPlainString(part: unknown, name: string): string | undefined {
  if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return undefined;
  const value = (part as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Like {@link readPlainString}, for a path of names separated by dots. */
export function readPlainStringAt(part: unknown, path: string): string | undefined {
  const names = path.split('.');
  const last = names.pop() as string;
  let current = part;
  for (const name of names) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) {
      return undefined;
    }
    current = (current as Record<string, unknown>)[name];
  }
  return readPlainString(current, last);
}

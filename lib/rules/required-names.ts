/** Several roles, permissions or scopes; one of them is enough. */
export interface AnyOf<Name extends string> {
  /** At least one. Roles are compared exactly: list a higher role to accept it. */
  readonly anyOf: readonly Name[];
}

/** @throws {TypeError} if a name is wrong */
type Check = (name: unknown, what: string) => string;

/** Whether a decorator was given alternatives. */
export function isAnyOf(value: unknown): value is AnyOf<string> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {TypeError} if there is no alternative, or one is wrong */
export function checkAlternatives(
  what: string,
  { anyOf, ...others }: AnyOf<string>,
  check: Check,
): string[] {
  if (!Array.isArray(anyOf) || anyOf.length === 0 || Object.keys(others).length > 0) {
    throw new TypeError(`Alternatives have to be { anyOf: [...] }, with at least one ${what}.`);
  }
  return Array.from(anyOf, (name) => check(name, what));
}

/** @throws {TypeError} if there is neither a name nor a list of them, or one is wrong */
export function checkAll(what: string, given: unknown, check: Check): string[] {
  const names: unknown[] = Array.isArray(given) ? given : [given];
  if (names.length === 0) {
    throw new TypeError(
      `An empty list of ${what}s would let every caller in. Name at least one ${what}.`,
    );
  }
  return Array.from(names, (name) => check(name, what));
}

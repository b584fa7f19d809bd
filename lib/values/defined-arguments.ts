/**
 * Rejects an argument of a decorator or source that is there and `undefined`, as a circular import of CommonJS modules leaves it. Taken for
 * a missing argument, it would weaken the rule.
 *
 * @param name of the decorator or source, for the error
 * @param given the arguments of the call, without defaults
 * @throws {TypeError} for an argument that is there and `undefined`
 */
export function assertDefinedArguments(name: string, given: ArrayLike<unknown>): void {
  const index = Array.from(given).indexOf(undefined);
  if (index >= 0) throw undefinedError(`Argument ${index + 1}`, name);
}

/** The same for the properties of an options object. */
export function assertDefinedOptions(name: string, options: object): void {
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) throw undefinedError(`The option ${key}`, name);
  }
}

function undefinedError(what: string, name: string): TypeError {
  return new TypeError(
    `${what} of ${name} is undefined, usually because of a circular import. Break the cycle, or leave it out.`,
  );
}

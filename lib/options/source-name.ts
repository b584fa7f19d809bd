import { assertDefinedArguments } from '../values/defined-arguments.js';

/**
 * @param given the arguments of the source
 * @throws {TypeError} if the name is not a non-empty string
 */
export function assertSourceName(source: string, name: unknown, given: ArrayLike<unknown>): void {
  assertDefinedArguments(`${source}()`, given);
  if (typeof name !== 'string' || name.trim() === '') {
    throw new TypeError(
      `${source}() needs the name of the value to read. Pass a non-empty string.`,
    );
  }
}

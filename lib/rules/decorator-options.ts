import { assertDefinedOptions } from '../values/defined-arguments.js';

/**
 * Checks the options of a decorator, for callers without type checks.
 *
 * @throws {TypeError} when they are not an object, or one of them is unknown or `undefined`
 */
export function checkDecoratorOptions(
  decorator: string,
  options: object,
  known: readonly string[],
): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${decorator} takes its options as an object: { ${known.join(', ')} }.`);
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new TypeError(
        `${decorator} has no option ${key}. Its options are ${known.join(', ')}.`,
      );
    }
  }
  assertDefinedOptions(decorator, options);
}

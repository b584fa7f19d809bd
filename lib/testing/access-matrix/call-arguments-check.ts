import { isJsonObject } from '../../values/json-object.js';
import type { CallArguments } from './hold-options.interface.js';

const ARGUMENTS: readonly string[] = [
  'params',
  'query',
  'headers',
  'body',
  'args',
] satisfies (keyof CallArguments)[];

/** @throws {Error} for unknown arguments, and for a promise, which is not awaited */
export function checkCallArguments(given: unknown = {}, handler: string): CallArguments {
  const unknown = isJsonObject(given)
    ? Object.keys(given).find((name) => !ARGUMENTS.includes(name))
    : undefined;
  if (isJsonObject(given) && !('then' in given) && unknown === undefined) return given;
  throw new Error(
    `argsFor of toHold() does not return an object with ${ARGUMENTS.join(', ')} for ${handler}. It is not awaited, so it cannot ` +
      'return a promise.',
  );
}

import { InternalServerErrorException, Logger, type ExecutionContext } from '@nestjs/common';

const logger = new Logger('PropelAuth');

/** What was logged about each class: once, however many calls there are. */
const logged = new WeakMap<object, Set<Function>>();

/**
 * The exception for a call that cannot be decided about because of how the application is written: 500. The log says why, the client
 * learns nothing.
 *
 * @param describe what is wrong with the class of that name, and the fix
 */
export function exceptionForUnguarded(
  context: ExecutionContext,
  describe: (className: string) => string,
): InternalServerErrorException {
  const type = context.getClass();
  const ofClass = logged.get(type) ?? new Set();
  if (!ofClass.has(describe)) {
    logged.set(type, ofClass.add(describe));
    logger.error(describe(type.name));
  }
  return new InternalServerErrorException();
}

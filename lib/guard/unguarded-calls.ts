import { InternalServerErrorException, Logger, type ExecutionContext } from '@nestjs/common';

const logger = new Logger('PropelAuth');

/** The classes that were logged: once each, however many calls there are. */
const logged = new WeakSet<object>();

/**
 * The exception for a call that cannot be decided about because of how the application is written: 500. The log says why, the client
 * learns nothing.
 *
 * @param describe what is wrong with the class of that name, and the way out
 */
export function exceptionForUnguarded(
  context: ExecutionContext,
  describe: (className: string) => string,
): InternalServerErrorException {
  const type = context.getClass();
  if (!logged.has(type)) {
    logged.add(type);
    logger.error(describe(type.name));
  }
  return new InternalServerErrorException();
}

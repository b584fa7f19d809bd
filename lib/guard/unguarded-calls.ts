import { InternalServerErrorException, type ExecutionContext } from '@nestjs/common';
import { LimitedLog } from '../values/limited-log.js';

/** Of the process: the sentinel that calls this belongs to no application. */
const log = new LimitedLog();

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
  log.error(describe(context.getClass().name));
  return new InternalServerErrorException();
}

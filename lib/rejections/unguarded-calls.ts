import { InternalServerErrorException, type ExecutionContext } from '@nestjs/common';
import { LimitedLog } from '../values/limited-log.js';

/** Of the process: the sentinel that calls this belongs to no application. */
const log = new LimitedLog();

/**
 * The 500 for a call that cannot be decided because of how the application is written. The log has the reason; the client does not get it.
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

/** The exception for a call of a function that cannot be traced to a method, so that its rules are unknown. */
export function exceptionForUntraceable(context: ExecutionContext): InternalServerErrorException {
  return exceptionForUnguarded(context, describeUntraceable);
}

function describeUntraceable(className: string): string {
  return (
    `${className} replaces one of its methods with another function, so its access rules are unknown and its calls ` +
    'return 500. Remove this.method = this.method.bind(this) from the constructor.'
  );
}

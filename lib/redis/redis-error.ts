import { DeadlineError } from '../backend/deadline.js';

/**
 * An error of Redis or of the way to it, whose `code` says what is wrong: `ECONNREFUSED`, the first word of a reply, such as `NOPERM`, or the
 * name of a class of node-redis, such as `ClientClosedError`.
 */
export function redisError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DeadlineError || 'code' in error) return error;
  const [, code] =
    /^([A-Z]{2,32}) /.exec(error.message) ?? /^(\w+Error)$/.exec(error.constructor.name) ?? [];
  return code === undefined ? error : Object.assign(new Error(error.message), { code });
}

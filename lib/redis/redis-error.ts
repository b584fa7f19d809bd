import { DeadlineError } from '../propelauth/backend/deadline.js';

/**
 * An error of Redis or of the connection, with a `code` for the log: `ECONNREFUSED`, the first word of a reply, such as `NOPERM`, or the
 * client's error class, such as `ClientClosedError`.
 */
export function redisError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DeadlineError || 'code' in error) return error;
  const [, code = error.constructor.name] = /^([A-Z]{2,32}) /.exec(error.message) ?? [];
  return code === 'Error' ? error : Object.assign(new Error(error.message), { code });
}

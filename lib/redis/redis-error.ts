import { DeadlineError } from '../propelauth/backend/deadline.js';

/**
 * An error of Redis or of the way to it, whose `code` says what is wrong: `ECONNREFUSED`, the first word of a reply, such as `NOPERM`, or the
 * class of an error of the client, such as `ClientClosedError`.
 */
export function redisError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DeadlineError || 'code' in error) return error;
  const [, code = error.constructor.name] = /^([A-Z]{2,32}) /.exec(error.message) ?? [];
  return code === 'Error' ? error : Object.assign(new Error(error.message), { code });
}

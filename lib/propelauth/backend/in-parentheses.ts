import { DeadlineError } from './deadline.js';
import { errorCodeOf } from './network-error.js';

/**
 * The code of an error in parentheses, to append to a message; empty if unknown. The message of the error is left out: it may quote a
 * password of a store, or a stored value.
 */
export function inParentheses(error: unknown): string {
  const kind = error instanceof DeadlineError ? 'no response in time' : errorCodeOf(error);
  return kind === undefined ? '' : ` (${kind})`;
}

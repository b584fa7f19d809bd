import { DeadlineError } from './deadline.js';
import { errorCodeOf } from './network-error.js';

/**
 * The kind of a failure in parentheses, to put behind what failed; empty where it is not known. It quotes nothing: an error's own message
 * may hold a password of a store, or what was to be stored.
 */
export function inParentheses(error: unknown): string {
  const kind = error instanceof DeadlineError ? 'no response in time' : errorCodeOf(error);
  return kind === undefined ? '' : ` (${kind})`;
}

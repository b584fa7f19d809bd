import { DeadlineError } from './deadline.js';
import { errorCodeOf } from './network-error.js';

/** A failure in a few words that quote nothing: an error's own message may hold a password of a store, or what was to be stored. */
export function failureKindOf(error: unknown): string | undefined {
  if (error instanceof DeadlineError) return 'no answer in time';
  return errorCodeOf(error);
}

/** The kind of a failure in parentheses, to put behind what failed; empty where it is not known. */
export function inParentheses(error: unknown): string {
  const kind = failureKindOf(error);
  return kind === undefined ? '' : ` (${kind})`;
}

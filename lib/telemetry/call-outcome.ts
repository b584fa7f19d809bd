import type { PropelAuthApiErrorCode } from '../types/propel-auth-api-error-code.js';

/**
 * How a call to PropelAuth ended: `ok` for each complete response, also one that says no; `misconfigured` when PropelAuth does not accept the
 * options in a request for the verification key.
 */
export type CallOutcome = 'ok' | PropelAuthApiErrorCode | 'misconfigured';

/** A call to PropelAuth. */
export interface MeasuredCall {
  /** The function of `PropelAuthApi`, or the one that would make the guard's call. */
  readonly name: string;
  /** Who makes it: the guard, to decide about access, or the application, with `PropelAuthApi`. */
  readonly origin: 'guard' | 'application';
}

/**
 * How a call to PropelAuth ended: `ok` for each complete response, also one that says no; else the codes of `PropelAuthApiError`, and
 * `misconfigured` where PropelAuth does not accept the options when it is asked for the verification key.
 */
export type CallOutcome = 'ok' | CallFailure | 'misconfigured';

/** The same as `PropelAuthApiErrorCode`, which is not imported here: the compiler compares them where calls are measured. */
export type CallFailure =
  | 'timeout'
  | 'unreachable'
  | 'rate_limited'
  | 'integration_key_invalid'
  | 'not_enabled'
  | 'invalid_request'
  | 'step_up_code_invalid'
  | 'mfa_not_enabled'
  | 'forbidden'
  | 'not_found'
  | 'invalid_arguments'
  | 'unexpected_response';

/** A call to PropelAuth. */
export interface MeasuredCall {
  /** The function of `PropelAuthApi`, or the one that would make the guard's call. */
  readonly name: string;
  /** Who makes it: the guard, to decide about access, or the application, with `PropelAuthApi`. */
  readonly origin: 'guard' | 'application';
}

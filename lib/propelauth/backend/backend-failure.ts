import { Rejection } from '../../rejections/rejection.js';
import type { RequestOutcome } from '../../plugins/hooks.js';
import type { PropelAuthApiErrorCode } from '../../types/propel-auth-api-error-code.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';

/** The rejection when PropelAuth gave no usable response; `failure` says why. */
export class BackendFailure extends Rejection {
  constructor(
    readonly failure: PropelAuthApiErrorCode,
    detail: string,
    retryAfterSeconds?: number,
  ) {
    super('propelauth_unavailable', { detail, retryAfterSeconds });
  }
}

const FAILURES: Readonly<Record<number, PropelAuthApiErrorCode>> = {
  400: 'invalid_request',
  401: 'integration_key_invalid',
  403: 'forbidden',
  404: 'not_found',
  429: 'rate_limited',
};

/** The failure for the status of a response. */
export function failureOfStatus(status: number): PropelAuthApiErrorCode {
  return FAILURES[status] ?? 'unexpected_response';
}

/** The outcome of a call that was rejected with this error. A response that says a credential is invalid is `ok`. */
export function outcomeOf(error: unknown): RequestOutcome {
  if (error instanceof BackendFailure) return error.failure;
  if (error instanceof PropelAuthConfigurationError) return 'misconfigured';
  if (!(error instanceof Rejection)) return 'unexpected_response';
  if (error.reason === 'api_key_rate_limited') return 'rate_limited';
  return error.reason === 'propelauth_unavailable' ? 'unexpected_response' : 'ok';
}

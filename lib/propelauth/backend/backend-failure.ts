import { Rejection } from '../../rejections/rejection.js';
import type { RequestOutcome } from '../../plugins/observer.js';
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

/** The failure for the status of a response. */
export function failureOfStatus(status: number): PropelAuthApiErrorCode {
  switch (status) {
    case 400:
      return 'invalid_request';
    case 401:
      return 'integration_key_invalid';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 429:
      return 'rate_limited';
    default:
      return 'unexpected_response';
  }
}

/** The outcome of a call that was rejected with this error. A response that says a credential is invalid is `ok`. */
export function outcomeOf(error: unknown): RequestOutcome {
  if (error instanceof BackendFailure) return error.failure;
  if (error instanceof PropelAuthConfigurationError) return 'misconfigured';
  if (!(error instanceof Rejection)) return 'unexpected_response';
  if (error.reason === 'api_key_rate_limited') return 'rate_limited';
  return error.reason === 'propelauth_unavailable' ? 'unexpected_response' : 'ok';
}

import { Refusal } from '../refusals/refusal.js';
import type { CallFailure, CallOutcome } from '../telemetry/call-outcome.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';

/** PropelAuth gave no usable answer, and in what way. */
export class BackendFailure extends Refusal {
  constructor(
    readonly failure: CallFailure,
    detail: string,
    retryAfterSeconds?: number,
  ) {
    super('propelauth_unavailable', { detail, retryAfterSeconds });
  }
}

/** What a status says that is no answer to the question. */
export function failureOfStatus(status: number): CallFailure {
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

/** How a call ended that was rejected with this. That a credential is not valid is an answer. */
export function outcomeOf(error: unknown): CallOutcome {
  if (error instanceof BackendFailure) return error.failure;
  if (error instanceof PropelAuthConfigurationError) return 'misconfigured';
  if (!(error instanceof Refusal)) return 'unexpected_response';
  if (error.reason === 'api_key_rate_limited') return 'rate_limited';
  return error.reason === 'propelauth_unavailable' ? 'unexpected_response' : 'ok';
}

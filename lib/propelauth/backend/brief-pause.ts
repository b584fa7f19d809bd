import type { Rejection } from '../../rejections/rejection.js';
import { BackendFailure } from './backend-failure.js';
import type { BackendAnswer } from './backend-request.js';

/** The pause after a 429 without `Retry-After`. */
const PAUSE_SECONDS = 1;

/** The rejection for an unusable response. After a 429 it always has `retryAfterSeconds`. */
export async function toUnavailableWithPause(answer: BackendAnswer): Promise<Rejection> {
  const failure = await answer.toUnavailable();
  return answer.status === 429 && failure.retryAfterSeconds === undefined
    ? new BackendFailure('rate_limited', failure.message, PAUSE_SECONDS)
    : failure;
}

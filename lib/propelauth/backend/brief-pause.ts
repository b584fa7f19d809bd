import type { Rejection } from '../../rejections/rejection.js';
import { BackendFailure } from './backend-failure.js';
import type { BackendAnswer } from './backend-request.js';

/** For how long a 429 asks for a pause that does not say. */
const PAUSE_SECONDS = 1;

/** The error for an answer that is of no use. After a 429 it always says when to try again. */
export async function toUnavailableWithPause(answer: BackendAnswer): Promise<Rejection> {
  const failure = await answer.toUnavailable();
  return answer.status === 429 && failure.retryAfterSeconds === undefined
    ? new BackendFailure('rate_limited', failure.message, PAUSE_SECONDS)
    : failure;
}

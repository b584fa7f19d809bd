import { retryDelay } from '../backend/retry-delay.js';
import { apiErrorOf, argumentErrorOf, isRead } from './api-error-of.js';
import { pause, withinDeadline } from '../backend/deadline.js';
import { isNetworkError } from '../backend/network-error.js';

/** A function of PropelAuth's client with its arguments. */
interface ApiCall {
  readonly name: string;
  send(): Promise<unknown>;
}

/**
 * Makes a call within a deadline. Retries a read once when the network fails.
 *
 * @throws {PropelAuthApiError} whenever the call fails
 */
export async function performApiCall(call: ApiCall, timeoutMilliseconds: number): Promise<unknown> {
  const firstTry = begin(call);
  try {
    return await withinDeadline(timeoutMilliseconds, (signal) =>
      isRead(call.name) ? retriedOnce(call, firstTry, signal) : firstTry,
    );
  } catch (error) {
    throw apiErrorOf(error, call.name);
  }
}

/** Starts a call. PropelAuth's client checks some arguments before it sends anything, and throws instead of rejecting. */
function begin(call: ApiCall): Promise<unknown> {
  try {
    return call.send();
  } catch (error) {
    throw argumentErrorOf(error, call.name);
  }
}

async function retriedOnce(
  call: ApiCall,
  firstTry: Promise<unknown>,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await firstTry;
  } catch (error) {
    if (!isNetworkError(error)) throw error;
  }
  await pause(retryDelay(1), signal);
  return call.send();
}

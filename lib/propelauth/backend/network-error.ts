import { isJsonObject } from '../../values/json-object.js';

/**
 * Codes of errors that occur before there is a connection, when nothing can have been sent. Other errors, even EHOSTUNREACH, may occur
 * later.
 */
const NEVER_CONNECTED = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether `fetch` failed because of the network: it then throws a TypeError with the network error as its cause. */
export function isNetworkError(error: unknown): boolean {
  // By name: under Jest, errors of `fetch` are from another realm, so `instanceof` is false.
  return nameOf(error) === 'TypeError' && (error as Error).cause !== undefined;
}

/** The code of a network error, such as `ECONNREFUSED`. */
export function networkErrorCode(error: unknown): string | undefined {
  return errorCodeOf(isJsonObject(error) ? error['cause'] : undefined);
}

/** The `code` of an error, such as `ECONNREFUSED`; `undefined` for any other value. */
export function errorCodeOf(error: unknown): string | undefined {
  const code = isJsonObject(error) ? error['code'] : undefined;
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : undefined;
}

/** Whether the request may have been sent before the network failed. */
export function mayHaveBeenSent(error: unknown): boolean {
  return !NEVER_CONNECTED.has(networkErrorCode(error) ?? '');
}

/** The name of a thrown error. */
export function nameOf(thrown: unknown): unknown {
  return isJsonObject(thrown) ? thrown['name'] : undefined;
}

import { isJsonObject } from '../../values/json-object.js';

/** These come only before there is a connection, so nothing can have been sent. Others, EHOSTUNREACH too, may come later. */
const NEVER_CONNECTED = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether `fetch` failed for the network: it then throws a TypeError with the network's error as its cause. */
export function isNetworkError(error: unknown): boolean {
  // By name: under Jest, errors of fetch are of another realm, and no instances of the classes here.
  return nameOf(error) === 'TypeError' && (error as Error).cause !== undefined;
}

/** How the network puts it, such as `ECONNREFUSED`. */
export function networkErrorCode(error: unknown): string | undefined {
  return errorCodeOf(isJsonObject(error) ? error['cause'] : undefined);
}

/** The `code` of an error, such as `ECONNREFUSED`; `undefined` for any other value. */
export function errorCodeOf(error: unknown): string | undefined {
  const code = isJsonObject(error) ? error['code'] : undefined;
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : undefined;
}

/** Whether something may have been sent before the network failed. */
export function mayHaveBeenSent(error: unknown): boolean {
  return !NEVER_CONNECTED.has(networkErrorCode(error) ?? '');
}

/** The name of what was thrown. */
export function nameOf(thrown: unknown): unknown {
  return isJsonObject(thrown) ? thrown['name'] : undefined;
}

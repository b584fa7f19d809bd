import { PROPELAUTH_API_URL } from '../../options/origin.js';

/**
 * Makes a call of PropelAuth's client whose request goes to another origin.
 *
 * The client knows one address and the global `fetch` only, and calls `fetch` before it returns its promise. So the global `fetch` is
 * replaced until then, and no other code sees the replacement.
 *
 * @param given sends the request. Default: the global `fetch`
 */
export function callElsewhere<Result>(
  origin: string,
  given: typeof fetch | undefined,
  call: () => Result,
): Result {
  const real = globalThis.fetch;
  const send = given ?? real;
  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    return send(url.replace(PROPELAUTH_API_URL, origin), init);
  };
  try {
    return call();
  } finally {
    globalThis.fetch = real;
  }
}

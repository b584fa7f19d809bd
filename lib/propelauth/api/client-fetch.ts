import { PROPELAUTH_API_URL } from '../../options/api-url.js';

export type ClientFunction = (...parameters: never[]) => Promise<unknown>;

/**
 * Gives each function of PropelAuth's client a `fetch` of its own.
 *
 * The client knows one address and the global `fetch` only, and calls `fetch` before it returns its promise. So the global `fetch` is
 * replaced until then, and no other code sees the replacement.
 *
 * @param fetchFor makes the `fetch` for a call from the global one
 */
export function withClientFetch<Functions extends object>(
  functions: Functions,
  fetchFor: (real: typeof fetch) => typeof fetch,
): Functions {
  return Object.fromEntries(
    Object.entries(functions as Record<string, ClientFunction>).map(([name, call]) => [
      name,
      (...parameters: never[]) => callWith(fetchFor, () => call(...parameters)),
    ]),
  ) as Functions;
}

/** Redirects the requests of PropelAuth's client to another origin. */
export function withOrigin(send: typeof fetch, origin: string): typeof fetch {
  return (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    return send(url.replace(PROPELAUTH_API_URL, origin), init);
  };
}

function callWith<T>(fetchFor: (real: typeof fetch) => typeof fetch, call: () => T): T {
  const real = globalThis.fetch;
  globalThis.fetch = fetchFor(real);
  try {
    return call();
  } finally {
    globalThis.fetch = real;
  }
}

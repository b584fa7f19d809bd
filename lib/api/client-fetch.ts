import { PROPELAUTH_API_URL } from '../options/api-url.js';

/** A function of PropelAuth's client. */
export type ClientFunction = (...parameters: never[]) => Promise<unknown>;

/**
 * Gives each function of PropelAuth's client a `fetch` of its own.
 *
 * The client knows one address and the global `fetch` only, and calls it before it returns its promise. So the global one is replaced until
 * then, and no other code can see it.
 *
 * @param fetchFor the `fetch` for a function, by its name
 */
export function withClientFetch<Functions extends object>(
  functions: Functions,
  fetchFor: (name: string) => typeof fetch,
): Functions {
  return Object.fromEntries(
    Object.entries(functions as Record<string, ClientFunction>).map(([name, call]) => [
      name,
      (...parameters: never[]) => callWith(fetchFor(name), () => call(...parameters)),
    ]),
  ) as Functions;
}

/** Sends what the functions of PropelAuth's client ask of PropelAuth to another origin. */
export function withOrigin<Functions extends object>(functions: Functions, origin: string): Functions {
  return withClientFetch(functions, () => {
    const real = globalThis.fetch;
    return (input, init) => {
      const url = input instanceof Request ? input.url : input.toString();
      return real(url.replace(PROPELAUTH_API_URL, origin), init);
    };
  });
}

function callWith<T>(replacement: typeof fetch, call: () => T): T {
  const real = globalThis.fetch;
  globalThis.fetch = replacement;
  try {
    return call();
  } finally {
    globalThis.fetch = real;
  }
}

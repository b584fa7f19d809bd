import type { PropelAuthApiFunctions } from './propel-auth-api.js';

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
export function withClientFetch(
  functions: PropelAuthApiFunctions,
  fetchFor: (name: string) => typeof fetch,
): PropelAuthApiFunctions {
  return Object.fromEntries(
    Object.entries<ClientFunction>(functions).map(([name, call]) => [
      name,
      (...parameters: never[]) => callWith(fetchFor(name), () => call(...parameters)),
    ]),
  ) as PropelAuthApiFunctions;
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

import { getApis } from '@propelauth/node-apis';
import type { PropelAuthApiFunctions } from '../../api/propel-auth-api.js';
import type { FakeBackend } from './fake-backend.js';

/**
 * What no header can hold: should a call ever get past the fake backend, the real `fetch` refuses it before anything leaves
 * this machine.
 */
const UNSENDABLE_API_KEY = 'fake\n';

/**
 * PropelAuth's own client with a fake backend behind it. So arguments are checked, answers are read and failures are thrown
 * by the very code that does it in production.
 *
 * The client knows only the global `fetch`, and calls it before it first waits for anything. So the fake takes its place
 * while a function of the client begins, and nobody else can see it.
 */
export function vendorClientOf(backend: FakeBackend, authUrl: string): PropelAuthApiFunctions {
  const functions = getApis(new URL(authUrl), UNSENDABLE_API_KEY);
  return Object.fromEntries(
    Object.entries<VendorFunction>(functions).map(([name, call]) => [
      name,
      (...parameters: never[]) => withFetch(fetchOf(backend, name), () => call(...parameters)),
    ]),
  ) as PropelAuthApiFunctions;
}

type VendorFunction = (...parameters: never[]) => Promise<unknown>;

function withFetch<T>(fake: typeof fetch, call: () => T): T {
  const real = globalThis.fetch;
  globalThis.fetch = fake;
  try {
    return call();
  } finally {
    globalThis.fetch = real;
  }
}

function fetchOf(backend: FakeBackend, name: string): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const answer = await backend.answer({
      method: init?.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: JSON.parse((init?.body as string | undefined) ?? '{}') as Record<string, unknown>,
    });
    if (answer === undefined) throw notImitated(name);
    return new Response(JSON.stringify(answer.body), { status: answer.status });
  };
}

/** The error for a function that the fake does not imitate. */
export function notImitated(name: string): Error {
  return new Error(
    `FakePropelAuthApi does not imitate ${name}(). Say what it shall answer: jest.spyOn(api, '${name}') or ` +
      `vi.spyOn(api, '${name}') with .mockResolvedValue(…).`,
  );
}

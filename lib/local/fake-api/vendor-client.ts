import { getApis } from '@propelauth/node-apis';
import { withClientFetch } from '../../api/client-fetch.js';
import type { PropelAuthApiFunctions } from '../../api/propel-auth-api.js';
import type { FakeBackend } from './fake-backend.js';

/**
 * Not a valid header value. If a call ever bypasses the fake backend, the real `fetch` rejects it before it sends anything.
 */
const UNSENDABLE_API_KEY = 'fake\n';

/**
 * PropelAuth's own client with a fake backend. The same code as in production validates arguments, reads responses and throws errors.
 */
export function createVendorClient(backend: FakeBackend, authUrl: string): PropelAuthApiFunctions {
  return withClientFetch(getApis(new URL(authUrl), UNSENDABLE_API_KEY), () => fakeFetch(backend));
}

function fakeFetch(backend: FakeBackend): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const response = await backend.handle({
      method: init?.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: JSON.parse((init?.body as string | undefined) ?? '{}') as Record<string, unknown>,
    });
    if (response === undefined) throw notSupported('this function');
    return new Response(JSON.stringify(response.body), { status: response.status });
  };
}

/** The error for a function that the fake does not support. */
export function notSupported(name: string): Error {
  return new Error(
    `FakePropelAuthApi does not support ${name}(). Mock its result: jest.spyOn(api, '${name}') or ` +
      `vi.spyOn(api, '${name}') with .mockResolvedValue(…).`,
  );
}

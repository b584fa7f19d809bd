import type { ResolvedOptions } from '../../options/resolved-options.js';

/** The address and the credentials for requests. */
export interface BackendAccount {
  readonly origin: string;
  /** Sends the requests. Default: the global `fetch` at the time of the call, so that instrumentation and mocks apply. */
  readonly fetch?: typeof globalThis.fetch;
  /** A method, so that printing an account prints no secret. */
  readHeaders(): Record<string, string>;
}

/** The account for PropelAuth's backend API, with the API key of the project. */
export function integrationAccount(
  options: Pick<ResolvedOptions, 'authUrl' | 'apiUrl' | 'readApiKey' | 'fetch'>,
): BackendAccount {
  return {
    origin: options.apiUrl.origin,
    fetch: options.fetch,
    readHeaders: () => ({
      Authorization: `Bearer ${options.readApiKey()}`,
      'X-Propelauth-url': options.authUrl.hostname,
    }),
  };
}

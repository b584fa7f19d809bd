import type { ResolvedOptions } from '../../options/resolved-options.js';

/** To whom a request goes, and what it authenticates with. */
export interface BackendAccount {
  readonly origin: string;
  /** Sends the requests. Default: the global one at the time of the call, so that what instruments or redirects it is heeded. */
  readonly fetch?: typeof globalThis.fetch;
  /** A method, so that printing an account prints no secret. */
  readHeaders(): Record<string, string>;
}

/** PropelAuth's backend API, with the API key of the project. */
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

import type { KeyValueStore } from './key-value-store.interface.js';

/**
 * What is remembered of the end-user API keys that PropelAuth has validated, for {@link PropelAuthModuleOptions.apiKeys}.
 *
 * @example
 * ```ts
 * PropelAuthModule.forRoot({
 *   authUrl: process.env.PROPELAUTH_AUTH_URL!,
 *   apiKey: process.env.PROPELAUTH_API_KEY!,
 *   apiKeys: { cacheSeconds: 60 },
 * })
 * ```
 *
 * @publicApi
 */
export interface ApiKeysOptions {
  /**
   * For how many seconds a valid key is remembered, counted from when PropelAuth was asked: an integer from 0 to 300. So much
   * later is it noticed that a key was revoked, has expired or is rate limited. Default: 0, PropelAuth is asked for every
   * request.
   */
  cacheSeconds?: number;

  /**
   * Where the instances of a service share what they remember: any Keyv store, or a `Keyv` itself. It needs `cacheSeconds`.
   * What is put into it carries a code that only services with the same `authUrl` and `apiKey` can make, and is believed only with it.
   * It is not encrypted: it holds what PropelAuth says about the owner of a key, but never the key.
   * Default: each process remembers for itself.
   */
  store?: KeyValueStore;
}

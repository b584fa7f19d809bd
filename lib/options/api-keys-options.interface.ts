import type { KeyValueStore } from './key-value-store.interface.js';

/**
 * The cache of validated end-user API keys, for {@link PropelAuthModuleOptions.apiKeys}.
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
   * How many seconds a valid key is cached, counted from PropelAuth's validation: an integer from 0 to 300. A key that was revoked, has
   * expired or is rate limited is accepted for that long. Default: 0, which asks PropelAuth for every request.
   */
  cacheSeconds?: number;

  /**
   * A store that shares the cache between the instances of a service: any Keyv store, or a `Keyv` itself. It needs `cacheSeconds`. Entries
   * carry a code that only services with the same `authUrl` and `apiKey` can create; others are ignored. Entries are not encrypted: they
   * contain what PropelAuth returns about the owner of a key, but never the key. Default: each process has its own cache.
   */
  store?: KeyValueStore;
}

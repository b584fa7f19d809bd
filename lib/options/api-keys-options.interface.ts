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
   * Default: each process remembers for itself.
   */
  store?: ApiKeyStore;
}

/**
 * What is needed of a store for {@link ApiKeysOptions.store}: what `Keyv` and the stores of Keyv have. Each method may return
 * a promise.
 *
 * What is put into it carries a code that only services with the same `authUrl` and `apiKey` can make, and is believed only
 * with it. It is not encrypted: it holds what PropelAuth says about the owner of a key, but never the key.
 *
 * @example
 * ```ts
 * interface Redis {
 *   get(key: string): Promise<string | null>;
 *   set(key: string, value: string, options: { PX: number }): Promise<unknown>;
 * }
 *
 * function storeIn(redis: Redis): ApiKeyStore {
 *   return {
 *     get: (key) => redis.get(key),
 *     set: (key, value, ttlMilliseconds) => redis.set(key, value, { PX: ttlMilliseconds }),
 *   };
 * }
 * ```
 *
 * @publicApi
 */
export interface ApiKeyStore {
  /**
   * Reads a value.
   *
   * @param key where it is stored
   * @returns the value that is stored there; anything else for none
   */
  get(key: string): unknown;
  /**
   * Stores a value.
   *
   * @param key where to store it
   * @param value the value
   * @param ttlMilliseconds after how many milliseconds it is to be forgotten
   * @returns anything; no request waits for a promise, but that it is rejected is logged
   */
  set(key: string, value: string, ttlMilliseconds: number): unknown;
}

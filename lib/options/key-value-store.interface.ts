/**
 * A store that the instances of a service share, for {@link ApiKeysOptions.store} and {@link WebhooksOptions}: the methods of `Keyv`
 * and of Keyv's stores. Each method may return a promise.
 *
 * @example
 * ```ts
 * interface Redis {
 *   get(key: string): Promise<string | null>;
 *   set(key: string, value: string, options: { PX: number }): Promise<unknown>;
 * }
 *
 * function storeIn(redis: Redis): KeyValueStore {
 *   return {
 *     get: (key) => redis.get(key),
 *     set: (key, value, ttlMilliseconds) => redis.set(key, value, { PX: ttlMilliseconds }),
 *   };
 * }
 * ```
 *
 * @publicApi
 */
export interface KeyValueStore {
  /**
   * Reads a value.
   *
   * @param key the key of the value
   * @returns the stored value; any other result counts as missing
   */
  get(key: string): unknown;
  /**
   * Stores a value.
   *
   * @param key the key of the value
   * @param value the value
   * @param ttlMilliseconds how many milliseconds to keep the value
   * @returns anything; a rejected promise is logged
   */
  set(key: string, value: string, ttlMilliseconds: number): unknown;
}

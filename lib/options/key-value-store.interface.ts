/**
 * A store that the instances of a service share, for {@link ApiKeysOptions.store} and {@link WebhooksOptions.store}: what `Keyv` and the
 * stores of Keyv have. Each method may return a promise.
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
   * @returns anything; a promise that is rejected is logged
   */
  set(key: string, value: string, ttlMilliseconds: number): unknown;
}

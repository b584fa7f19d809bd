import type { AccessChanges } from './access-changes.interface.js';

/**
 * The options of live access, for {@link PropelAuthModuleOptions.liveAccess}: changes of access take effect before the access token
 * expires.
 *
 * @example
 * ```ts
 * const redis = createClient({ url: process.env.REDIS_URL! });
 * await redis.connect();
 * const liveAccess: LiveAccessOptions = { changes: redisAccessChanges(redis) };
 * ```
 *
 * @publicApi
 */
export interface LiveAccessOptions {
  /**
   * How the instances of a service share changes, because PropelAuth sends each event to only one of them: `redisAccessChanges(client)` of
   * `nestjs-propelauth/redis`, or your own {@link AccessChanges}. Default: none, for a service with one instance.
   */
  changes?: AccessChanges;
}

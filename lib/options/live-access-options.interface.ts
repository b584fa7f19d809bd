import type { AccessChanges } from './access-changes.interface.js';

/**
 * How changes of access take effect before the access token expires, for {@link PropelAuthModuleOptions.liveAccess}.
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
   * How the instances of a service tell each other of changes, since PropelAuth sends each event to one of them:
   * `redisAccessChanges(client)` of `nestjs-propelauth/redis`, or an {@link AccessChanges} of your own. Default: none, for a service with
   * one instance.
   */
  changes?: AccessChanges;
}

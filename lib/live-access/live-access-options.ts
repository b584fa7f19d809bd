import { PropelAuthConfigurationError } from '../index.js';
import { type AccessChanges, checkOptions } from '../extend.js';

export function checkLiveAccess(value: unknown): LiveAccessOptions {
  const { changes } = checkOptions(
    'liveAccess',
    value,
    ['changes'],
    'Pass { changes } to liveAccess(), or nothing.',
  );
  if (changes === undefined) return {};
  const { publish, follow } = Object(changes) as Record<string, unknown>;
  if (typeof publish !== 'function' || typeof follow !== 'function') {
    throw new PropelAuthConfigurationError(
      'liveAccess.changes has no publish() and follow(). Set it to redisAccessChanges(client) of nestjs-propelauth/redis, ' +
        'or to your own AccessChanges.',
    );
  }
  return { changes: changes as AccessChanges };
}

/**
 * The options of {@link liveAccess}.
 *
 * @example
 * ```ts
 * const redis = createClient({ url: process.env.REDIS_URL! });
 * await redis.connect();
 * const options: LiveAccessOptions = { changes: redisAccessChanges(redis) };
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

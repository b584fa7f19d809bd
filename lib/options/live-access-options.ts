import type { AccessChanges } from './access-changes.interface.js';
import { PropelAuthConfigurationError } from './configuration.error.js';
import { isJsonObject } from '../values/json-object.js';

/** How changes of access take effect, checked. */
export interface ResolvedLiveAccessOptions {
  readonly changes: AccessChanges | undefined;
}

/**
 * @param takesEvents whether the application can verify events, which report changes
 * @returns `undefined` when it is off
 */
export function checkLiveAccess(
  value: unknown,
  takesEvents: boolean,
): ResolvedLiveAccessOptions | undefined {
  if (value === undefined || value === false) return undefined;
  const changes = value === true ? undefined : checkChanges(value);
  if (!takesEvents) {
    throw new PropelAuthConfigurationError(
      'liveAccess needs the option webhooks, because PropelAuth reports changes by webhook. Set webhooks to { secret, path ' +
        '}, with the signing secret of the endpoint from your PropelAuth dashboard.',
    );
  }
  return { changes };
}

function checkChanges(value: unknown): AccessChanges | undefined {
  if (!isJsonObject(value)) {
    throw new PropelAuthConfigurationError(
      'liveAccess is neither a boolean nor an object. Set it to true or { changes } (an environment variable is a string: ' +
        "compare it with 'true').",
    );
  }
  const { changes, ...unknown } = value;
  const [unknownKey] = Object.keys(unknown);
  if (unknownKey !== undefined) {
    throw new PropelAuthConfigurationError(
      `liveAccess.${unknownKey} is not an option. Remove it or correct its spelling; liveAccess takes changes.`,
    );
  }
  if (changes === undefined) return undefined;
  const { publish, follow } = Object(changes) as Record<string, unknown>;
  if (typeof publish !== 'function' || typeof follow !== 'function') {
    throw new PropelAuthConfigurationError(
      'liveAccess.changes has no publish() and follow(). Set it to redisAccessChanges(client) of nestjs-propelauth/redis, ' +
        'or to your own AccessChanges.',
    );
  }
  return changes as AccessChanges;
}

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

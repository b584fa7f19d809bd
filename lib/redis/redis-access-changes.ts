import type { AccessChanges } from '../options/access-changes.interface.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { Outage } from '../values/outage.js';
import { inParentheses } from '../propelauth/backend/in-parentheses.js';
import {
  clientOf,
  type RedisClient,
  type IoRedisClient,
  type NodeRedisClient,
} from './redis-clients.js';
import { redisError } from './redis-error.js';
import { StreamFollower } from './stream-follower.js';
import { idBefore } from './stream-id.js';
import { addEntry, removeEntries } from './stream.js';

const DEFAULT_KEY = 'nestjs-propelauth:access-changes';

/** Tokens live for one hour, and clocks may differ by five minutes. The rest is a reserve, in case the clock of Redis is set forward. */
const KEPT_MILLISECONDS = 2 * 3_600_000;

/**
 * The options of {@link redisAccessChanges}.
 *
 * @publicApi
 */
export interface RedisAccessChangesOptions {
  /**
   * The key of the stream. Services with different webhook secrets need different keys. ioredis adds its `keyPrefix`. Default:
   * `nestjs-propelauth:access-changes`.
   */
  key?: string;
}

/**
 * Shares changes of access between the instances of a service through a Redis stream, for `liveAccess({ changes })`. It needs Redis 7
 * or newer, with persistence and `maxmemory-policy noeviction`.
 *
 * It uses your client, reads five times a second, and never closes it.
 *
 * @param client a client of `redis` (version 4.7 or newer), which you connect, or of `ioredis` (version 5 or newer). Cluster clients are
 * not supported
 * @param options the key of the stream; see {@link RedisAccessChangesOptions}
 * @returns the value for `changes` of `liveAccess()`
 * @throws {PropelAuthConfigurationError} for another client or an invalid option
 * @example
 * ```ts
 * const redis = createClient({ url: process.env.REDIS_URL! });
 * redis.on('error', (error: Error) => console.error('Redis:', error.message));
 * void redis.connect(); // without await: the application also starts while Redis is away
 * const plugin = liveAccess({ changes: redisAccessChanges(redis) });
 * ```
 *
 * @publicApi
 */
export function redisAccessChanges(
  client: NodeRedisClient | IoRedisClient,
  options: RedisAccessChangesOptions = {},
): AccessChanges {
  const known = clientOf(client);
  if (known === undefined) {
    throw new PropelAuthConfigurationError(
      'redisAccessChanges() needs a client of a single Redis. Pass createClient({ url }) of the package redis, or new ' +
        'Redis(url) of ioredis.',
    );
  }
  return new RedisAccessChanges(known, checkKey(options));
}

function checkKey(options: RedisAccessChangesOptions): string {
  const { key = DEFAULT_KEY, ...unknown } = options;
  if (Object.keys(unknown).length > 0 || typeof key !== 'string' || key === '') {
    throw new PropelAuthConfigurationError(
      "redisAccessChanges() has invalid options. Pass { key: 'my-service:access-changes' } with the key of a stream, or " +
        'leave the options out.',
    );
  }
  return key;
}

class RedisAccessChanges implements AccessChanges {
  private readonly trimming = new Outage();

  // A private field, so that printing this object does not print the client and its password.
  readonly #client: RedisClient;

  constructor(
    client: RedisClient,
    private readonly key: string,
  ) {
    this.#client = client;
  }

  async publish(entry: string): Promise<void> {
    const id = await addEntry(this.#client.run, this.key, entry).catch((error: unknown) => {
      throw redisError(error);
    });
    await this.trim(id);
  }

  follow(listener: Parameters<AccessChanges['follow']>[0]): StreamFollower {
    return new StreamFollower(this.#client, this.key, listener);
  }

  /** Uses Redis's own clock: an instance with a fast clock would remove entries that others have not read. */
  private async trim(id: string): Promise<void> {
    try {
      await removeEntries(this.#client.run, this.key, idBefore(id, KEPT_MILLISECONDS));
      this.trimming.noteSuccess();
    } catch (error) {
      this.trimming.noteFailure(
        `redisAccessChanges(): old entries cannot be removed${inParentheses(redisError(error))}, so the stream grows. Allow ` +
          'the command XTRIM.',
      );
    }
  }
}

/**
 * Changes of access for several instances, by a Redis stream. It needs a client of `redis` or `ioredis`, and imports neither.
 *
 * @module nestjs-propelauth/redis
 */
export { redisAccessChanges, type RedisAccessChangesOptions } from './redis-access-changes.js';

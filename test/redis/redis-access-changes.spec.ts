import { inspect } from 'node:util';
import { Cluster, Redis } from 'ioredis';
import { PropelAuthConfigurationError } from 'nestjs-propelauth';
import type { AccessChangesFollower } from 'nestjs-propelauth/live-access';
import { redisAccessChanges } from 'nestjs-propelauth/redis';
import { createClient, createCluster, createSentinel } from 'redis';
import { idBefore, isBefore } from '../../lib/redis/stream-id.js';

const client = createClient({ url: 'redis://user:secret@127.0.0.1:1' });

describe('redisAccessChanges()', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a URL', 'redis://localhost'],
    ['an object', {}],
    ['a cluster of node-redis', createCluster({ rootNodes: [{ url: 'redis://127.0.0.1:1' }] })],
    [
      'a sentinel of node-redis',
      createSentinel({ name: 'mymaster', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] }),
    ],
    ['a cluster of ioredis', new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true })],
  ])('throws for %s instead of a client, and says what to pass', (_what, value) => {
    expect(() => redisAccessChanges(value as never)).toThrow(PropelAuthConfigurationError);
    expect(() => redisAccessChanges(value as never)).toThrow(/Pass createClient\(\{ url \}\)/);
  });

  it('names the error of a node-redis client that is not connected', async () => {
    const changes = redisAccessChanges(client);
    await expect(changes.publish('')).rejects.toMatchObject({ code: 'ClientClosedError' });
  });

  it.each<[string, unknown]>([
    ['unknown', { keys: 'a' }],
    ['an empty key', { key: '' }],
    ['a key that is not a string', { key: 7 }],
    ['a string', 'key'],
  ])('throws for options that are %s', (_what, options) => {
    expect(() => redisAccessChanges(client, options as never)).toThrow(/Pass \{ key: /);
  });

  it.each([
    ['node-redis', client],
    ['ioredis', new Redis({ password: 'secret', lazyConnect: true })],
  ])('returns an object that prints without the password of the client: %s', (_what, known) => {
    const changes = redisAccessChanges(known, { key: 'changes' });
    expect(inspect(changes, { depth: 20, showHidden: true })).not.toContain('secret');
  });
});

describe('The changes of a client', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['is closed', () => Promise.reject(new TypeError('closed')), 'TypeError'],
    [
      'is one of Redis 6, which does not count entries',
      () => Promise.resolve(['last-generated-id', '1-0']),
      'REDIS_BEFORE_7',
    ],
  ])('are not followed if it %s', async (_what, sendCommand, code) => {
    const broken = Object.assign(Object.create(client) as typeof client, { sendCommand });
    const failure = new Promise((resolve) => {
      const follower = redisAccessChanges(broken).follow({
        onChange: () => {},
        onGap: () => {},
        onCurrent: () => {},
        onFailure: (error) => resolve({ follower, error }),
      });
    });
    const { follower, error } = (await failure) as {
      follower: AccessChangesFollower;
      error: unknown;
    };
    expect(error).toMatchObject({ code });
    await follower.close();
  });

  it('are not published if it was never connected, with an error that explains it', async () => {
    const unconnected = createClient({ url: 'redis://127.0.0.1:1' });
    await expect(redisAccessChanges(unconnected).publish('entry')).rejects.toMatchObject({
      code: 'ClientClosedError',
    });
  });
});

describe('The ids of a stream', () => {
  it.each([
    ['1-0', '2-0', true],
    ['9-0', '10-0', true],
    ['10-9', '10-10', true],
    ['10-10', '10-10', false],
    ['11-0', '10-10', false],
    ['1-18446744073709551614', '1-18446744073709551615', true],
  ])('%s before %s: %s', (id, other, expected) => {
    expect(isBefore(id, other)).toBe(expected);
  });

  it.each([
    ['7200001-5', 7_200_000, '1-0'],
    ['1-5', 7_200_000, '0-0'],
  ])('%s, %d ms earlier: %s', (id, milliseconds, expected) => {
    expect(idBefore(id, milliseconds)).toBe(expected);
  });
});

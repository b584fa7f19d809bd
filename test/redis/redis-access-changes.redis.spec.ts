import { redisAccessChanges } from 'nestjs-propelauth/redis';
import { registerCleanup } from '../support/clean-up.js';
import { RedisServer } from '../support/redis-server.js';
import {
  ACME_ID,
  alice,
  bob,
  eventually,
  handled,
  HOUR,
  Instance,
  issuer,
  NOW,
  startInstances,
  TestPropelAuth,
  zoe,
} from '../live-access/instances.js';
import { CLIENTS, openIoRedis, type TestClient } from './redis-clients.js';

const KEY = 'nestjs-propelauth:access-changes';

/** What is waited for is another process. */
jest.setTimeout(60_000);

describe.each(CLIENTS)('Instances that share changes of access by Redis (%s)', (_name, open) => {
  let server: RedisServer;
  let propelAuth: TestPropelAuth;
  let redis: TestClient;
  let one: Instance;
  let other: Instance;
  let aliceToken: string;
  let bobToken: string;

  const openChanges = () => redisAccessChanges(open(server.url).client);

  beforeEach(async () => {
    handled.length = 0;
    server = await RedisServer.start();
    propelAuth = await TestPropelAuth.start();
    redis = open(server.url);
    ({ one, other, aliceToken, bobToken } = await startInstances(openChanges));
  });

  /** Runs Lua commands, between which nobody can read. */
  const runAll = (...commands: string[]) => redis.run('EVAL', commands.join('\n'), '1', KEY);
  const add = `redis.call('XADD', KEYS[1], '*', 'change', 'x')`;

  /** The changes in the stream, among heartbeats. */
  const entries = async () =>
    ((await redis.run('XRANGE', KEY, '-', '+')) as [string, string[]][])
      .map(([, [, text]]) => text as string)
      .filter((text) => !text.includes('"since"'));

  /** Waits until the other instance has read what is in the stream. */
  async function untilRead(): Promise<void> {
    const token = await issuer.accessToken(zoe);
    await one.send('user.disabled', zoe);
    await eventually(async () => (await other.call('/me', token)) === 401);
  }

  /** Waits until a user with an older token is asked about, about whom there was no event. */
  async function untilGap(): Promise<void> {
    const { questions } = propelAuth;
    await eventually(async () => {
      expect(await other.call('/me', bobToken)).toBe(200);
      return propelAuth.questions > questions;
    });
  }

  it('reject in one instance what an event to another says', async () => {
    propelAuth.goAway();
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(await one.send('user.disabled', alice)).toBe(204);
    await eventually(async () => (await other.call('/me', aliceToken)) === 401);
  });

  it('return 2xx once the change of an event is in the stream, and publish no other events', async () => {
    expect(await one.send('user.updated', alice)).toBe(204);
    expect(await entries()).toHaveLength(0);
    expect(await one.send('user.removed_from_org', alice, { org_id: ACME_ID })).toBe(204);
    const [entry] = await entries();
    expect(entry).toContain(issuer.userId(alice));
    expect(entry).not.toContain(issuer.webhookSecret.slice(6));
  });

  it('ignore entries not signed with the secret, with one log line', async () => {
    await one.send('user.disabled', alice);
    const [entry = ''] = await entries();
    await eventually(async () => (await other.call('/me', aliceToken)) === 401);
    const forged = entry.replaceAll(issuer.userId(alice), issuer.userId(bob));
    await redis.run('XADD', KEY, '*', 'change', forged);
    await redis.run('XADD', KEY, '*', 'change', 'x'.repeat(5_000));
    await redis.run('XADD', KEY, '*', 'something', 'else');
    // One for each of the two: Nest has one log.
    await eventually(() => other.logger.of('error').length > 1);
    await redis.run('DEL', KEY);
    await untilGap();
    expect(other.logger.of('error')).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/no instance .* signed/)),
    );
  });

  it('apply a duplicated entry once', async () => {
    await one.send('user.removed_from_org', alice, { org_id: ACME_ID });
    await eventually(async () => (await other.call(`/orgs/${ACME_ID}`, aliceToken)) === 403);
    const start = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => start + 3_000);
    // PropelAuth says that she is a member again.
    expect(await other.call(`/orgs/${ACME_ID}`, aliceToken)).toBe(200);
    const [entry = ''] = await entries();
    await redis.run('XADD', KEY, '*', 'change', entry);
    await untilRead();
    expect(await other.call(`/orgs/${ACME_ID}`, aliceToken)).toBe(200);
  });

  it('check users with older tokens after a restart of Redis that lost all data, and continue', async () => {
    await untilRead();
    await server.restart();
    await untilGap();
    expect(await one.send('user.disabled', alice)).toBe(204);
    await eventually(async () => (await other.call('/me', aliceToken)) === 401);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['deleted', () => redis.run('DEL', KEY)],
    [
      'trimmed before it was read',
      () => runAll(add, `redis.call('XTRIM', KEYS[1], 'MAXLEN', '0')`),
    ],
    ['deleted and recreated', () => runAll(add, `redis.call('DEL', KEYS[1])`, add)],
    [
      'trimmed before it was read, and has new entries',
      () => runAll(add, `redis.call('XTRIM', KEYS[1], 'MAXLEN', '0')`, add),
    ],
    [
      'missing an entry in its middle',
      () =>
        runAll(
          `local id = redis.call('XADD', KEYS[1], '*', 'change', 'unread')`,
          add,
          `return redis.call('XDEL', KEYS[1], id)`,
        ),
    ],
  ])('check users with older tokens if the stream was %s', async (_what, lose) => {
    await untilRead();
    await lose();
    await untilGap();
    expect(other.health).toEqual({ status: 'up' });
  });

  it('ask PropelAuth while Redis hangs, report it in health and in one warning, and stop when it is back', async () => {
    await untilRead();
    server.pause();
    await eventually(() => other.health.degraded === true);
    expect(other.health).toMatchObject({
      status: 'up',
      reason: expect.stringMatching(/^liveAccess\.changes: .* \(no response in time\)$/),
      since: new Date(NOW).toISOString(),
    });
    await propelAuth.api.disableUser(issuer.userId(alice));
    await eventually(async () => (await other.call('/me', aliceToken)) === 401);
    // Without PropelAuth, tokens without a change are believed.
    propelAuth.goAway();
    await eventually(async () => (await other.call('/me', bobToken)) === 200);
    propelAuth.comeBack();
    server.resume();
    await eventually(() => other.health.degraded === undefined);
    const { questions } = propelAuth;
    expect(await other.call('/me', bobToken)).toBe(200);
    expect(propelAuth.questions).toBe(questions);
    // One for each of the two at most: Nest has one log.
    const warnings = other.logger.of('warn').filter((line) => line.startsWith('liveAccess'));
    expect(warnings.length).toBeLessThanOrEqual(2);
    expect(other.logger.text).toMatch(/cannot be read \(no response in time\)/);
    expect(other.logger.text).toMatch(/are read again/);
  });

  it('return 503 for an event while Redis is down without calling handlers, and accept it when it is sent again', async () => {
    await server.kill();
    await propelAuth.api.disableUser(issuer.userId(alice));
    expect(await one.send('user.disabled', alice, { messageId: 'msg_1' })).toBe(503);
    expect(handled).toEqual([]);
    // The instance itself knows at once.
    expect(await one.call('/me', aliceToken)).toBe(401);
    await eventually(async () => (await other.call('/me', aliceToken)) === 401);
    await server.restart();
    await eventually(
      async () => (await one.send('user.disabled', alice, { messageId: 'msg_1' })) === 204,
    );
    expect(handled).toEqual(['user.disabled']);
    await eventually(async () => (await other.call('/me', aliceToken)) === 401);
  });

  it('send no commands after shutdown, and leave the client open', async () => {
    await Promise.all([one.close(), other.close()]);
    await redis.run('CONFIG', 'RESETSTAT');
    expect(await redis.run('PING')).toBe('PONG');
    expect(String(await redis.run('INFO', 'commandstats'))).not.toMatch(/xrange|xinfo/);
  });

  it('start while Redis is down, and follow changes as soon as it is up', async () => {
    await server.kill();
    const late = await Instance.start(openChanges());
    expect(late.health).toMatchObject({ status: 'up', degraded: true });
    expect(await late.call('/me', aliceToken)).toBe(200);
    await server.restart();
    await eventually(() => late.health.degraded === undefined);
    await eventually(async () => (await one.send('user.disabled', alice)) === 204);
    await eventually(async () => (await late.call('/me', aliceToken)) === 401);
  });

  it('read the stored changes at startup, so that a fast clock does not affect newer tokens', async () => {
    await redis.run('XADD', KEY, '1-0', 'change', 'of 1970');
    jest.setSystemTime(NOW + HOUR);
    // Its own clock, that of the sender and that of the tokens agree.
    expect(await one.send('user.disabled', alice)).toBe(204);
    jest.setSystemTime(NOW);
    propelAuth.goAway();
    const late = await Instance.start(openChanges());
    expect(await late.call('/me', aliceToken)).toBe(401);
    jest.setSystemTime(NOW + 120_000);
    const newerToken = await issuer.accessToken(alice);
    // On a busy machine, it may not have read anything for a second.
    await eventually(async () => (await late.call('/me', newerToken)) === 200);
    // Entries are removed by the clock of Redis alone.
    const [seconds] = (await redis.run('TIME')) as [string];
    jest.setSystemTime(Number(seconds) * 1_000 + 5 * HOUR);
    await one.send('user.disabled', bob);
    expect(await entries()).toHaveLength(2);
  });
});

describe.each(CLIENTS)('An instance that starts after a restart of Redis (%s)', (_name, open) => {
  it('agrees with the instances that ran before, if Redis persists its data', async () => {
    const server = await RedisServer.start('everything');
    const propelAuth = await TestPropelAuth.start();
    const openChanges = () => redisAccessChanges(open(server.url).client);
    const { one, aliceToken, bobToken } = await startInstances(openChanges);
    expect(await one.send('user.disabled', alice)).toBe(204);
    await server.restart();
    propelAuth.goAway();
    const late = await Instance.start(openChanges());
    expect(await late.call('/me', aliceToken)).toBe(401);
    expect(await late.call('/me', bobToken)).toBe(200);
  });
});

it.each(CLIENTS)(
  'A change is not published in a transaction, which could be discarded (%s)',
  async (_name, open) => {
    const server = await RedisServer.start();
    const redis = open(server.url);
    await redis.run('MULTI');
    await expect(redisAccessChanges(redis.client).publish('entry')).rejects.toMatchObject({
      code: 'QUEUED',
    });
  },
);

describe.each(CLIENTS)('A follower of an empty stream (%s)', (_name, open) => {
  const add = `redis.call('XADD', KEYS[1], '*', 'change', 'x')`;

  it.each<[string, (server: RedisServer, failures: () => number) => Promise<unknown>]>([
    [
      'was deleted with an unread entry',
      ({ url }) => open(url).run('EVAL', `${add} redis.call('DEL', KEYS[1]) ${add}`, '1', KEY),
    ],
    [
      'may have been lost in a restart with one',
      async (server, failures) => {
        await server.kill();
        await eventually(() => failures() > 0);
        await server.restart();
      },
    ],
  ])('reports a gap when the stream %s', async (_what, lose) => {
    const server = await RedisServer.start();
    const reports = { gaps: 0, failures: 0 };
    const follower = redisAccessChanges(open(server.url).client).follow({
      onChange: () => {},
      onCurrent: () => {},
      onGap: () => reports.gaps++,
      onFailure: () => reports.failures++,
    });
    registerCleanup(() => follower.close());
    await eventually(() => reports.gaps === 1);
    await lose(server, () => reports.failures);
    await eventually(() => reports.gaps === 2);
    expect(reports.gaps).toBe(2);
  });
});

it('A keyPrefix of ioredis is prepended to the key', async () => {
  const server = await RedisServer.start();
  await TestPropelAuth.start();
  const open = () =>
    redisAccessChanges(openIoRedis(server.url, { keyPrefix: 'mine:' }).client, { key: 'changes' });
  const { one, other, aliceToken } = await startInstances(open);
  await one.send('user.disabled', alice);
  await eventually(async () => (await other.call('/me', aliceToken)) === 401);
  expect(await openIoRedis(server.url).run('KEYS', '*')).toEqual(['mine:changes']);
  expect(other.health).toEqual({ status: 'up' });
});

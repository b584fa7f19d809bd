import { jest } from '@jest/globals';
import { redisAccessChanges } from 'nestjs-propelauth/redis';
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
} from './instances.js';
import { CLIENTS, type TestClient } from './redis-clients.js';

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

  /** The texts in the stream. */
  const entries = async () =>
    ((await redis.run('XRANGE', KEY, '-', '+')) as [string, string[]][]).map(
      ([, [, text]]) => text as string,
    );

  /** Waits until the other instance has read what is in the stream. */
  async function untilRead(): Promise<void> {
    await one.send('user.disabled', bob);
    await eventually(async () => (await other.call('/me', bobToken)) === 401);
  }

  it('deny in one what an event to another says', async () => {
    propelAuth.goAway();
    expect(await other.call('/me', aliceToken)).toBe(200);
    expect(await one.send('user.disabled', alice)).toBe(204);
    await eventually(async () => (await other.call('/me', aliceToken)) === 401);
  });

  it('answer an event with 2xx when its change is in the stream, and tell nobody of other events', async () => {
    expect(await one.send('user.updated', alice)).toBe(204);
    expect(await entries()).toHaveLength(0);
    expect(await one.send('user.removed_from_org', alice, { org_id: ACME_ID })).toBe(204);
    const [entry] = await entries();
    expect(entry).toContain(issuer.userId(alice));
    expect(entry).not.toContain(issuer.webhookSecret.slice(6));
  });

  it('deny the user only in the organization that the event names', async () => {
    await propelAuth.api.removeUserFromOrg({ orgId: ACME_ID, userId: issuer.userId(alice) });
    await one.send('user.removed_from_org', alice, { org_id: ACME_ID });
    await eventually(async () => (await other.call(`/orgs/${ACME_ID}`, aliceToken)) === 403);
    expect(await other.call('/me', aliceToken)).toBe(200);
  });
  void [NOW, HOUR, untilRead];
});

import KeyvRedis, { createClient, type RedisClientType } from '@keyv/redis';
import { OrgMemberInfo } from '@propelauth/node-apis';
import { Keyv } from 'keyv';
import type { KeyValueStore } from 'nestjs-propelauth';
import { ApiKeyLookUps } from '../../../lib/callers/api-key/api-key-look-ups.js';
import { registerCleanup } from '../../support/clean-up.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { API_KEY_OF_ALICE, orgKeyOfMember, unknownKey } from './api-keys.js';
import { RedisServer } from '../../support/redis-server.js';

const log = new RecordingLogger();
const propelAuth = await PropelAuthServer.start();
const server = await RedisServer.start();

/** How long a client may take to notice that its server is back. */
jest.setTimeout(60_000);

/** Does something with what Redis holds, once it holds something. */
async function inRedis<T>(use: (client: RedisClientType, name: string) => Promise<T>): Promise<T> {
  const client: RedisClientType = createClient({ url: server.url });
  await client.connect();
  try {
    let names: string[] = [];
    while (names.length === 0) names = await client.keys('*');
    return await use(client, names[0] as string);
  } finally {
    client.destroy();
  }
}

/** Tries a key every 20 ms, until what one service learns of one is known to the other: its client has to find the server again. */
async function untilShared(first: ApiKeyLookUps, second: ApiKeyLookUps) {
  for (let attempt = 0; ; attempt++) {
    await first.lookUps.find(`key-again-${attempt}`);
    const asked = propelAuth.requests.length;
    await second.lookUps.find(`key-again-${attempt}`);
    if (propelAuth.requests.length === asked) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Services store what they learn without anybody waiting for it. */
const untilStored = () => inRedis(async () => undefined);

describe.each<[string, (url: string) => { store: KeyValueStore; redis: KeyvRedis<unknown> }]>([
  [
    "Keyv's store for it",
    (url) => {
      const redis = new KeyvRedis(url);
      return { store: redis, redis };
    },
  ],
  [
    'a Keyv with that store',
    (url) => {
      const redis = new KeyvRedis(url);
      return { store: new Keyv(redis), redis };
    },
  ],
])('Services that share Redis through %s', (_what, open) => {
  beforeEach(async () => {
    await server.restart();
    log.lines.length = 0;
    propelAuth.requests.length = 0;
    propelAuth.answers({ status: 200, body: orgKeyOfMember });
  });

  /** A service of its own, with a connection of its own. */
  async function startService(): Promise<ApiKeyLookUps> {
    const { store, redis } = open(server.url);
    registerCleanup(() => redis.disconnect(true));
    const apiKeys = { cacheSeconds: 60, store };
    const { app } = await startGuarded({}, { apiKeys }, (application) =>
      application.useLogger(log),
    );
    return app.get(ApiKeyLookUps);
  }

  it('send PropelAuth one request for a key', async () => {
    const [first, second] = [await startService(), await startService()];
    const learned = await first.lookUps.find(API_KEY_OF_ALICE);
    await untilStored();
    const shared = await second.lookUps.find(API_KEY_OF_ALICE);
    expect(propelAuth.requests).toHaveLength(1);
    expect(shared).toStrictEqual(learned);
    expect(shared.userInOrg).toBeInstanceOf(OrgMemberInfo);
    expect(log.of('warn')).toEqual([]);
  });

  it('store neither a key nor an entry without an expiry', async () => {
    const service = await startService();
    await service.lookUps.find(API_KEY_OF_ALICE);
    const { text, milliseconds } = await inRedis(async (client, name) => ({
      text: name + (await client.get(name)),
      milliseconds: await client.pTTL(name),
    }));
    expect(text).toContain('alice@example.com');
    expect(text).not.toContain(API_KEY_OF_ALICE);
    expect(text).not.toContain(issuer.moduleOptions.apiKey);
    expect(milliseconds).toBeGreaterThan(0);
    expect(milliseconds).toBeLessThanOrEqual(60_000);
  });

  it('fall back to PropelAuth while Redis is down, log it once, and share again when Redis is back', async () => {
    const [first, second] = [await startService(), await startService()];
    await first.lookUps.find(API_KEY_OF_ALICE);
    await untilStored();
    await server.kill();
    for (const key of ['key-1', 'key-2', 'key-3']) {
      await expect(second.lookUps.find(key)).resolves.toHaveProperty('user');
    }
    expect(propelAuth.requests).toHaveLength(4);
    expect(log.of('warn').length).toBeGreaterThan(0);
    // One for each of the two services at most.
    expect(log.of('warn').length).toBeLessThanOrEqual(2);
    expect(log.text).toMatch(/apiKeys\.store fails/);
    await server.restart();
    await expect(untilShared(first, second)).resolves.toBeUndefined();
  });

  it('fall back to PropelAuth while Redis hangs', async () => {
    const service = await startService();
    await service.lookUps.find(API_KEY_OF_ALICE);
    await untilStored();
    server.pause();
    try {
      propelAuth.answers(unknownKey);
      await expect(service.lookUps.find('key-1')).rejects.toMatchObject({
        reason: 'api_key_unknown',
      });
      // What it remembers itself it still knows.
      await expect(service.lookUps.find(API_KEY_OF_ALICE)).resolves.toHaveProperty('user');
      expect(log.of('warn')).toEqual([expect.stringContaining('(no response in time)')]);
    } finally {
      server.resume();
    }
  });
});

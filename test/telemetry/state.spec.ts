import {
  Injectable,
  type CanActivate,
  type ExecutionContext,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PropelAuthService, RequireApiKey, RequireUser } from 'nestjs-propelauth';
import {
  liveAccess,
  type AccessChanges,
  type AccessChangesListener,
} from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import { telemetry } from 'nestjs-propelauth/telemetry';
import { Backend } from '../support/backend.js';
import { stopClock } from '../support/fake-timers.js';
import {
  issuer,
  request,
  startGuarded,
  type PropelAuthOptions,
} from '../support/guarded-application.js';
import { generateRsaKeyPair } from '../support/keys.js';
import { McpPropelAuth } from '../support/mcp.js';
import { mcp } from '../support/mcp-options.js';
import { alice } from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { routeUnder } from '../support/routes.js';
import { RecordedMetrics } from './recorded-metrics.js';

const controllers = [routeUnder('me', RequireUser()), routeUnder('key', RequireApiKey())];

/** Asks for the key of the caller before the guard decides, as rate limiters do. */
@Injectable()
class RateLimiter implements CanActivate {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.propelAuth.callerKey(context);
    return true;
  }
}

const start = (options: Partial<PropelAuthOptions> = {}, metadata: ModuleMetadata = {}) =>
  startGuarded({ controllers, ...metadata }, { plugins: [telemetry()], ...options });

const NOW = Date.UTC(2026, 0, 1);
const AGE = 'propelauth.verification_key.age';
const LAG = 'propelauth.access_changes.lag';

let recorded: RecordedMetrics;
beforeEach(() => void (recorded = RecordedMetrics.start()));

const valueOf = async (name: string) => (await recorded.pointsOf(name)).map(({ value }) => value);

describe('The age of the verification key', () => {
  const fetched = { manualTokenVerificationMetadata: undefined };

  it('is the time since it was last requested from PropelAuth, in seconds', async () => {
    const server = await PropelAuthServer.start();
    server.answersWithKey(generateRsaKeyPair().publicKeyPem);
    stopClock(NOW);
    await start(fetched);
    expect(await valueOf(AGE)).toEqual([0]);
    stopClock(NOW + 90_000);
    expect(await recorded.pointsOf(AGE)).toEqual([{ attributes: {}, value: 90 }]);
    expect((await recorded.read()).get(AGE)?.descriptor.unit).toBe('s');
  });

  it.each([
    ['without a key', fetched],
    ['for a configured key', {}],
  ])('is not reported %s', async (_what, options) => {
    const server = await PropelAuthServer.start();
    server.answers({ status: 500 });
    await start(options);
    expect(await valueOf(AGE)).toEqual([]);
  });
});

describe('The metrics of caches', () => {
  it('count entries, hits and misses of access tokens, and the share of hits, and have units', async () => {
    const { url } = await start();
    const authorization = await issuer.authorization(alice);
    expect(await valueOf('propelauth.cache.hit_ratio')).toEqual([]);
    for (let count = 0; count < 4; count++) {
      await request(url).get('/me').set('Authorization', authorization).expect(200);
    }
    expect(await recorded.cache('access-token')).toEqual({ entries: 1, hit: 3, miss: 1 });
    expect(await recorded.pointsOf('propelauth.cache.hit_ratio')).toEqual([
      { attributes: { 'propelauth.cache.name': 'access-token' }, value: 0.75 },
    ]);
    const units = [...(await recorded.read()).values()].map(
      ({ descriptor: { name, unit } }) => `${name} ${unit}`,
    );
    expect(units.toSorted()).toEqual([
      'propelauth.cache.entries {entry}',
      'propelauth.cache.hit_ratio 1',
      'propelauth.cache.lookups {lookup}',
      'propelauth.decisions {decision}',
    ]);
  });

  it('omit a cache that is off', async () => {
    await start({ tokenCache: false });
    expect(await valueOf('propelauth.cache.entries')).toEqual([]);
  });

  it.each<[string, Provider[], string[], object]>([
    ['under apiKeys.cacheSeconds', [], ['good', 'good', 'bad'], { hit: 1, miss: 2 }],
    [
      'once if a rate limiter calls callerKey() first',
      [{ provide: APP_GUARD, useClass: RateLimiter }],
      ['good', 'good'],
      { hit: 1, miss: 1 },
    ],
  ])('count API keys %s', async (_what, providers, keys, counts) => {
    const backend = await Backend.start();
    backend.apiKeys.set('good', { status: 200, body: { user: { user_id: 'u', email: 'a@b.c' } } });
    const { url } = await start({ apiKeys: { cacheSeconds: 60 } }, { providers });
    for (const key of keys) {
      const sent = request(url).get('/key').set('Authorization', `Bearer ${key}`);
      await sent.expect(key === 'good' ? 200 : 401);
    }
    expect(await recorded.cache('api-key')).toEqual({ entries: 1, ...counts });
  });

  it('count MCP tokens and the current access of users under mcp', async () => {
    const propelAuth = await McpPropelAuth.start();
    const options = { ...propelAuth.moduleOptions, plugins: [mcpServer(mcp), telemetry()] };
    await start(options, { controllers: [routeUnder('mcp', RequireMcpToken())] });
    expect(await recorded.cache('mcp-token')).toEqual({ entries: 0, hit: 0, miss: 0 });
    expect(await recorded.cache('user-access')).toEqual({ entries: 0, hit: 0, miss: 0 });
  });
});

describe('The lag of access changes', () => {
  const webhooks = { secret: issuer.webhookSecret, path: '/webhooks/propelauth' };

  it('is the time for which this instance has not followed the others, in seconds', async () => {
    let listener: AccessChangesListener | undefined;
    const changes: AccessChanges = {
      publish: async () => {},
      follow: (ours) => {
        listener = ours;
        ours.onGap();
        return { close: () => {} };
      },
    };
    stopClock(NOW);
    await start({ webhooks, plugins: [telemetry(), liveAccess({ changes })] });
    expect(await recorded.pointsOf(LAG)).toEqual([{ attributes: {}, value: 0 }]);
    const begin = performance.now();
    const now = jest.spyOn(performance, 'now').mockReturnValue(begin);
    listener?.onFailure(new Error('lost'));
    now.mockReturnValue(begin + 5_000);
    listener?.onFailure(new Error('still lost'));
    now.mockReturnValue(begin + 8_000);
    expect(await valueOf(LAG)).toEqual([expect.closeTo(8)]);
    listener?.onGap();
    expect(await valueOf(LAG)).toEqual([0]);
  });

  it('is not reported if changes are not shared', async () => {
    await start({ webhooks, plugins: [telemetry(), liveAccess()] });
    expect(await valueOf(LAG)).toEqual([]);
  });
});

import {
  Controller,
  Get,
  Injectable,
  Post,
  type CanActivate,
  type ExecutionContext,
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
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { generateRsaKeyPair } from '../support/keys.js';
import { McpPropelAuth } from '../support/mcp.js';
import { mcp } from '../support/mcp-options.js';
import { alice } from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { RecordedMetrics } from './recorded-metrics.js';

@Controller()
class AccessController {
  @Get('me')
  @RequireUser()
  me() {}

  @Get('key')
  @RequireApiKey()
  key() {}
}

@Controller()
class McpController {
  @Post('mcp')
  @RequireMcpToken()
  call() {}
}

/** Asks for the key of the caller before the guard decides, as rate limiters do. */
@Injectable()
class RateLimiter implements CanActivate {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.propelAuth.callerKey(context);
    return true;
  }
}

const CALLER_KEY_GUARD = { provide: APP_GUARD, useClass: RateLimiter };

const metadata = { controllers: [AccessController] };
const NOW = Date.UTC(2026, 0, 1);
const AGE = 'propelauth.verification_key.age';
const LAG = 'propelauth.access_changes.lag';

let recorded: RecordedMetrics;
beforeEach(() => void (recorded = RecordedMetrics.start()));

const valueOf = async (name: string) => (await recorded.pointsOf(name)).map(({ value }) => value);

describe('The age of the verification key', () => {
  const fetched = { plugins: [telemetry()], manualTokenVerificationMetadata: undefined };

  it('is the time since it was last requested from PropelAuth, in seconds', async () => {
    const server = await PropelAuthServer.start();
    server.answersWithKey(generateRsaKeyPair().publicKeyPem);
    stopClock(NOW);
    await startGuarded(metadata, fetched);
    expect(await valueOf(AGE)).toEqual([0]);
    stopClock(NOW + 90_000);
    expect(await recorded.pointsOf(AGE)).toEqual([{ attributes: {}, value: 90 }]);
    expect((await recorded.read()).get(AGE)?.descriptor.unit).toBe('s');
  });

  it('is not reported without a key', async () => {
    const server = await PropelAuthServer.start();
    server.answers({ status: 500 });
    await startGuarded(metadata, fetched);
    expect(await valueOf(AGE)).toEqual([]);
  });

  it('is not reported for a configured key', async () => {
    await startGuarded(metadata, { plugins: [telemetry()] });
    expect(await valueOf(AGE)).toEqual([]);
  });
});

describe('The metrics of caches', () => {
  it('count entries, hits and misses of access tokens, and the share of hits', async () => {
    const { url } = await startGuarded(metadata, { plugins: [telemetry()] });
    const authorization = await issuer.authorization(alice);
    const call = () => request(url).get('/me').set('Authorization', authorization).expect(200);
    expect(await valueOf('propelauth.cache.hit_ratio')).toEqual([]);
    for (let count = 0; count < 4; count++) await call();
    expect(await recorded.cache('access-token')).toEqual({ entries: 1, hit: 3, miss: 1 });
    expect(await recorded.pointsOf('propelauth.cache.hit_ratio')).toEqual([
      { attributes: { 'propelauth.cache.name': 'access-token' }, value: 0.75 },
    ]);
  });

  it('have units', async () => {
    const { url } = await startGuarded(metadata, { plugins: [telemetry()] });
    await request(url, alice).get('/me').expect(200);
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
    await startGuarded(metadata, { plugins: [telemetry()], tokenCache: false });
    expect(await valueOf('propelauth.cache.entries')).toEqual([]);
  });

  it('count API keys under apiKeys.cacheSeconds', async () => {
    const backend = await Backend.start();
    backend.apiKeys.set('good', { status: 200, body: { user: { user_id: 'u', email: 'a@b.c' } } });
    const options = { plugins: [telemetry()], apiKeys: { cacheSeconds: 60 } };
    const { url } = await startGuarded(metadata, options);
    for (const key of ['good', 'good', 'bad']) {
      await request(url).get('/key').set('Authorization', `Bearer ${key}`);
    }
    expect(await recorded.cache('api-key')).toEqual({ entries: 1, hit: 1, miss: 2 });
  });

  it('count a request with an API key once if a rate limiter calls callerKey() first', async () => {
    const backend = await Backend.start();
    backend.apiKeys.set('good', { status: 200, body: { user: { user_id: 'u', email: 'a@b.c' } } });
    const { url } = await startGuarded(
      { controllers: [AccessController], providers: [CALLER_KEY_GUARD] },
      { plugins: [telemetry()], apiKeys: { cacheSeconds: 60 } },
    );
    for (let count = 0; count < 2; count++) {
      await request(url).get('/key').set('Authorization', 'Bearer good').expect(200);
    }
    expect(await recorded.cache('api-key')).toEqual({ entries: 1, hit: 1, miss: 1 });
  });

  it('count MCP tokens and the current access of users under mcp', async () => {
    const propelAuth = await McpPropelAuth.start();
    const options = { ...propelAuth.moduleOptions, plugins: [mcpServer(mcp), telemetry()] };
    await startGuarded({ controllers: [McpController] }, options);
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
    await startGuarded(metadata, {
      webhooks,
      plugins: [telemetry(), liveAccess({ changes })],
    });
    expect(await recorded.pointsOf(LAG)).toEqual([{ attributes: {}, value: 0 }]);
    const start = performance.now();
    const now = jest.spyOn(performance, 'now').mockReturnValue(start);
    listener?.onFailure(new Error('lost'));
    now.mockReturnValue(start + 5_000);
    listener?.onFailure(new Error('still lost'));
    now.mockReturnValue(start + 8_000);
    expect(await valueOf(LAG)).toEqual([expect.closeTo(8)]);
    listener?.onGap();
    expect(await valueOf(LAG)).toEqual([0]);
  });

  it('is not reported if changes are not shared', async () => {
    await startGuarded(metadata, { webhooks, plugins: [telemetry(), liveAccess()] });
    expect(await valueOf(LAG)).toEqual([]);
  });
});

import { Controller, Get } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import {
  PropelAuthHealthIndicator,
  PropelAuthModule,
  PropelAuthWebhooks,
  Public,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import type { SignedWebhook } from 'propelauth-emulator';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { until, useFakeTimers } from '../support/fake-timers.js';
import { API_KEY, AUTH_URL } from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';

const issuer = await TestIssuer.create();

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly propelAuth: PropelAuthHealthIndicator,
  ) {}

  @Get()
  @Public()
  check() {
    return this.health.check([() => this.propelAuth.check()]);
  }
}

describe('PropelAuthHealthIndicator', () => {
  let propelAuth: PropelAuthServer;
  let application: RunningApplication;

  beforeEach(async () => {
    useFakeTimers();
    propelAuth = await PropelAuthServer.start();
  });

  async function start(options: object = {}): Promise<PropelAuthHealthIndicator> {
    application = await startApplication({
      imports: [
        PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, ...options }),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [HealthController],
    });
    return application.app.get(PropelAuthHealthIndicator);
  }

  it('is up with a configured key', async () => {
    const indicator = await start(issuer.moduleOptions);
    expect(indicator.check()).toEqual({ propelauth: { status: 'up' } });
  });

  it('is up, and says so while there was no event since the start', async () => {
    const webhooks = { secret: issuer.webhookSecret, path: '/webhooks' };
    const indicator = await start({ ...issuer.moduleOptions, webhooks });
    const waiting = {
      propelauth: { status: 'up', reason: 'No event from PropelAuth since the start' },
    };
    const receive = async ({ headers, body }: SignedWebhook) => {
      await application.app.get(PropelAuthWebhooks).receive({ headers, rawBody: body });
    };
    expect(indicator.check()).toEqual(waiting);
    await receive((await TestIssuer.create()).webhook({ event_type: 'user.created' }));
    expect(indicator.check()).toEqual(waiting);
    await request(application.url).get('/health').expect(200);
    await receive(issuer.webhook({ event_type: 'user.created' }));
    expect(indicator.check()).toEqual({ propelauth: { status: 'up' } });
  });

  it('is up with a fetched key, under the given name', async () => {
    propelAuth.answersWithKey(issuer.verifierKey);
    const indicator = await start();
    expect(indicator.check('auth')).toEqual({ auth: { status: 'up' } });
    await request(application.url).get('/health').expect(200);
  });

  it('is down without a key, with the reason and the time', async () => {
    jest.setSystemTime(new Date('2030-01-01T00:00:00Z'));
    propelAuth.answers({ status: 502 });
    const indicator = await start();
    jest.advanceTimersByTime(100);
    const down = {
      status: 'down',
      reason: 'PropelAuth returned status 502',
      since: '2030-01-01T00:00:00.000Z',
    };
    expect(indicator.check()).toEqual({ propelauth: down });
    const { body } = await request(application.url).get('/health').expect(503);
    expect(body).toMatchObject({ status: 'error', error: { propelauth: down } });
    expect(JSON.stringify(body)).not.toContain(API_KEY);
  });

  it('is up but degraded while the refresh of the key fails', async () => {
    propelAuth.answersWithKey(issuer.verifierKey);
    const indicator = await start();
    propelAuth.answers({ status: 502 });
    await jest.advanceTimersByTimeAsync(5 * 60 * 60 * 1000);
    await until(() => 'degraded' in indicator.check().propelauth);
    expect(indicator.check().propelauth).toMatchObject({ status: 'up', degraded: true });
    await request(application.url).get('/health').expect(200);
    propelAuth.answersWithKey(issuer.verifierKey);
    await jest.advanceTimersByTimeAsync(60_000);
    await until(() => !('degraded' in indicator.check().propelauth));
    expect(indicator.check()).toEqual({ propelauth: { status: 'up' } });
  });
});

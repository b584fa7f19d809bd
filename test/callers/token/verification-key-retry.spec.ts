import { jest } from '@jest/globals';
import { OptionalUser, PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import request from 'supertest';
import {
  closeApplications,
  startApplication,
  type RunningApplication,
} from '../../support/application.js';
import { onlyFakeTimeouts } from '../../support/fake-timeouts.js';
import { alice } from '../../support/claims.js';
import { Issuer } from '../../support/issuer.js';
import { API_KEY, AUTH_URL } from '../../support/project.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import { routeUnder } from '../../support/routes.js';

const issuer = new Issuer();
const { publicKeyPem } = issuer.keys;

let server: PropelAuthServer;

beforeEach(async () => {
  server = await PropelAuthServer.start();
  server.answers({ status: 500 });
  onlyFakeTimeouts();
});

afterEach(async () => {
  await closeApplications();
  jest.useRealTimers();
  await server.stop();
});

function start(): Promise<RunningApplication> {
  return startApplication({
    imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY })],
    controllers: [routeUnder('user', RequireUser()), routeUnder('optional', OptionalUser())],
  });
}

async function statusOf({ url }: RunningApplication, path: string): Promise<number> {
  const { status } = await request(url)
    .get(path)
    .set(await issuer.headersOf(alice));
  return status;
}

/** Lets time pass until the request has been made, and waits until its outcome can be seen. */
async function untilVerified(application: RunningApplication): Promise<number> {
  let status = 503;
  for (let attempts = 0; status === 503 && attempts < 100; attempts++) {
    await jest.advanceTimersByTimeAsync(1_000);
    status = await statusOf(application, '/user');
  }
  return status;
}

describe('as soon as PropelAuth is back', () => {
  it('tokens are verified, without a restart', async () => {
    const application = await start();
    expect(await statusOf(application, '/user')).toBe(503);
    server.answersWithKey(publicKeyPem);
    expect(await untilVerified(application)).toBe(200);
    expect(await statusOf(application, '/optional')).toBe(200);
  });

  it('after many failures all the same, and no more is asked then', async () => {
    const application = await start();
    while (server.requests.length < 5) {
      await jest.advanceTimersByTimeAsync(1_000);
      expect(await statusOf(application, '/user')).toBe(503);
    }
    server.answersWithKey(publicKeyPem);
    expect(await untilVerified(application)).toBe(200);
    const asked = server.requests.length;
    await jest.advanceTimersByTimeAsync(600_000);
    expect(server.requests).toHaveLength(asked);
  });

  it('not after the application was closed: it leaves no timer and asks no more', async () => {
    const timersBefore = jest.getTimerCount();
    const application = await start();
    expect(jest.getTimerCount()).toBeGreaterThan(timersBefore);
    await application.close();
    expect(jest.getTimerCount()).toBe(timersBefore);
    await jest.advanceTimersByTimeAsync(600_000);
    expect(server.requests).toHaveLength(1);
  });
});

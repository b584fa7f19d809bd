import type { ServerResponse } from 'node:http';
import { PropelAuthModule } from 'nestjs-propelauth';
import request from 'supertest';
import { VerificationKeys } from '../../../lib/callers/user/verification-keys.js';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { until, useFakeTimers } from '../../support/fake-timers.js';
import { GuardedRoutesController } from '../../support/guarded-routes.js';
import { alice } from '../../support/claims.js';
import { Issuer } from '../../support/issuer.js';
import { API_KEY, AUTH_URL } from '../../support/project.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const issuer = new Issuer();
const { publicKeyPem } = issuer.keys;
const log = new RecordingLogger();
let propelAuth: PropelAuthServer;
let application: RunningApplication;

beforeEach(async () => {
  useFakeTimers();
  propelAuth = await PropelAuthServer.start();
  log.lines.length = 0;
});

async function start(prepare = () => {}): Promise<void> {
  application = await startApplication(
    {
      imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY })],
      controllers: [GuardedRoutesController],
    },
    (app) => {
      app.useLogger(log);
      prepare();
    },
  );
}

async function call(path: string, token?: string) {
  const sent = request(application.url).get(path);
  return token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`);
}

const callWithToken = async () => call('/required', await issuer.accessToken(alice));

const signed = (changes: object) => () => issuer.accessToken({ ...alice, ...changes });

describe('Before PropelAuth has returned a verification key, a request', () => {
  beforeEach(async () => {
    propelAuth.answers({ status: 500 });
    await start();
  });

  it.each<[string, number, number, () => string | undefined | Promise<string>]>([
    // What no key could verify is rejected as usual. Whatever a key could verify has to come again.
    ['without a token', 401, 200, () => undefined],
    ['with a malformed token', 401, 200, () => 'not.a.token'],
    ['with an unsigned token', 401, 200, () => `${btoa('{"alg":"none"}')}.${btoa('{}')}.AAAA`],
    ['with a valid token', 503, 503, signed({})],
    ['with an expired token', 503, 503, signed({ exp: 1_000_000_000 })],
    ['with a token of another issuer', 503, 503, signed({ iss: 'https://other.example' })],
  ])('%s gets %i, and on an optional route %i', async (_what, required, optional, make) => {
    const token = await make();
    const statuses = [];
    for (const path of ['/required', '/optional', '/public']) {
      statuses.push((await call(path, token)).status);
    }
    expect(statuses).toEqual([required, optional, 200]);
  });

  it('is told to come back, and no more', async () => {
    const { headers, body } = await callWithToken();
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(body).toEqual({ statusCode: 503, message: 'Service Unavailable', code: 'unavailable' });
  });

  it('succeeds as soon as PropelAuth is back, without a restart', async () => {
    propelAuth.answersWithKey(publicKeyPem);
    await jest.advanceTimersByTimeAsync(500);
    expect((await callWithToken()).status).toBe(200);
    expect(log.of('log').join('\n')).toContain('returns the verification key again');
  });

  describe('during a fetch', () => {
    let answerNow: () => void;

    beforeEach(async () => {
      let held: ServerResponse | undefined;
      propelAuth.answers((_request, response) => {
        held = response;
      });
      answerNow = () => {
        held?.writeHead(200, { 'content-type': 'application/json' });
        held?.end(JSON.stringify({ verifier_key_pem: publicKeyPem }));
      };
      await jest.advanceTimersByTimeAsync(500);
      await until(() => held !== undefined);
    });

    it('waits for the key, if it has a token', async () => {
      const answer = callWithToken();
      expect((await call('/required')).status).toBe(401);
      answerNow();
      expect((await answer).status).toBe(200);
    });

    it('gets 503 after 2 s', async () => {
      const keys = application.app.get(VerificationKeys, { strict: false });
      const awaitKey = jest.spyOn(keys, 'awaitKey');
      const answer = callWithToken();
      await until(() => awaitKey.mock.calls.length === 1);
      await jest.advanceTimersByTimeAsync(2_000);
      expect((await answer).status).toBe(503);
      answerNow();
    });
  });
});

describe('While PropelAuth returns no verification key', () => {
  beforeEach(() => propelAuth.answers({ status: 500 }));

  it('PropelAuth is asked at growing intervals that respect Retry-After', async () => {
    // Not earlier: Nest makes ids of random numbers while it makes the providers.
    await start(() => jest.spyOn(Math, 'random').mockReturnValue(1));
    const asked = async (count: number, after: number) => {
      await jest.advanceTimersByTimeAsync(after - 1);
      expect(propelAuth.requests).toHaveLength(count - 1);
      await jest.advanceTimersByTimeAsync(1);
      // The timer of the next attempt is there when this one has failed.
      await until(() => propelAuth.requests.length === count && jest.getTimerCount() > 0);
    };
    await asked(2, 500);
    await asked(3, 1_000);
    propelAuth.answers({ status: 429, headers: { 'retry-after': '60' } });
    await asked(4, 2_000);
    await asked(5, 60_000);
  });
});

describe('A fetched verification key', () => {
  it('is there before the first request arrives, and is that of the issuer of authUrl', async () => {
    propelAuth.answersWithKey(publicKeyPem);
    await start();
    expect(propelAuth.requests).toMatchObject([{ path: '/api/v1/token_verification_metadata' }]);
    for (const iss of [AUTH_URL, 'https://other.example.com']) {
      const token = await issuer.accessToken({ ...alice, iss });
      expect((await call('/required', token)).status).toBe(iss === AUTH_URL ? 200 : 401);
    }
    expect(propelAuth.requests).toHaveLength(1);
  });
});

import type { ServerResponse } from 'node:http';
import { PropelAuthModule } from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { until, useFakeTimers } from '../../support/fake-timers.js';
import { GuardedRoutesController } from '../../support/guarded-routes.js';
import { alice } from '../../support/claims.js';
import { Issuer } from '../../support/issuer.js';
import { API_KEY, AUTH_URL } from '../../support/project.js';
import { generateRsaKeyPair } from '../../support/keys.js';
import { PropelAuthServer, type Answer } from '../../support/propelauth-server.js';

const issuer = new Issuer();

/** Answers that are no key, and no word that the options are wrong. */
const OUTAGES: [string, Answer][] = [
  ['500', { status: 500 }],
  ['503', { status: 503 }],
  ['429', { status: 429 }],
  ['a redirect', { status: 302, headers: { location: 'https://example.com' } }],
  ['invalid JSON', { status: 200, body: '<html></html>' }],
  ['no key', { status: 200, body: {} }],
  ['a key that is a number', { status: 200, body: { verifier_key_pem: 1 } }],
  ['a malformed key', { status: 200, body: { verifier_key_pem: 'nonsense' } }],
  [
    'a short key',
    { status: 200, body: { verifier_key_pem: generateRsaKeyPair(1024).publicKeyPem } },
  ],
  ['a broken connection', (incoming) => void incoming.socket.destroy()],
];

describe('While PropelAuth is unreachable', () => {
  let propelAuth: PropelAuthServer;
  let application: RunningApplication;
  let logger: { warn: jest.Mock; log: jest.Mock; error: jest.Mock; debug: jest.Mock };

  beforeEach(async () => {
    useFakeTimers();
    propelAuth = await PropelAuthServer.start();
    logger = { warn: jest.fn(), log: jest.fn(), error: jest.fn(), debug: jest.fn() };
  });

  async function start(prepare = () => {}): Promise<void> {
    application = await startApplication(
      {
        imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY })],
        controllers: [GuardedRoutesController],
      },
      (app) => {
        app.useLogger(logger);
        prepare();
      },
    );
  }

  async function call(path: string, token?: string) {
    const sent = request(application.url).get(path);
    return token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`);
  }

  it.each(OUTAGES)('the application starts and logs one warning: %s', async (_name, answer) => {
    propelAuth.answers(answer);
    await start();
    expect(logger.warn).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(logger.warn.mock.calls)).not.toContain(API_KEY);
    const rejected = await call('/required', await issuer.accessToken(alice));
    expect(rejected.status).toBe(503);
    expect(rejected.body).toEqual({
      statusCode: 503,
      message: 'Service Unavailable',
      code: 'unavailable',
    });
    expect(Number(rejected.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });

  describe('a request', () => {
    beforeEach(async () => {
      propelAuth.answers({ status: 500 });
      await start();
    });

    it.each([
      ['without a token', () => undefined],
      ['with a malformed token', () => 'not.a.token'],
      [
        'with an unsigned token',
        async () =>
          `${btoa('{"alg":"none"}')}.${(await issuer.accessToken(alice)).split('.')[1]}.AAAA`,
      ],
    ])(
      '%s gets 401 as usual, or is unauthenticated on an optional route',
      async (_name, makeToken) => {
        const token = await makeToken();
        expect((await call('/required', token)).status).toBe(401);
        expect(await call('/optional', token)).toMatchObject({
          status: 200,
          body: { userId: null },
        });
        expect((await call('/public', token)).status).toBe(200);
      },
    );

    it.each<[string, object]>([
      ['valid', {}],
      ['expired', { exp: 1_000_000_000 }],
      ['of another issuer', { iss: 'https://other.example' }],
    ])(
      'with a token that is %s gets 503, even on an optional route: nothing can be verified',
      async (_what, claims) => {
        const token = await issuer.accessToken({ ...alice, ...claims });
        expect((await call('/required', token)).status).toBe(503);
        expect((await call('/optional', token)).status).toBe(503);
        expect((await call('/public', token)).status).toBe(200);
      },
    );

    it('succeeds as soon as PropelAuth is back, without a restart', async () => {
      const token = await issuer.accessToken(alice);
      expect((await call('/required', token)).status).toBe(503);
      propelAuth.answersWithKey(issuer.keys.publicKeyPem);
      await jest.advanceTimersByTimeAsync(500);
      expect(await call('/required', token)).toMatchObject({ status: 200 });
      expect(logger.log).toHaveBeenCalledWith(expect.stringMatching(/key/), 'PropelAuth');
    });
  });

  describe('a request while the key is being fetched', () => {
    let answerNow: () => void;

    beforeEach(async () => {
      propelAuth.answers({ status: 500 });
      await start();
      let held: ServerResponse | undefined;
      propelAuth.answers((_request, response) => {
        held = response;
      });
      answerNow = () => {
        held?.writeHead(200, { 'content-type': 'application/json' });
        held?.end(JSON.stringify({ verifier_key_pem: issuer.keys.publicKeyPem }));
      };
      await jest.advanceTimersByTimeAsync(500);
      await until(() => held !== undefined);
    });

    it('waits for the key', async () => {
      const answer = call('/required', await issuer.accessToken(alice));
      const anonymous = await call('/required');
      expect(anonymous.status).toBe(401);
      answerNow();
      expect((await answer).status).toBe(200);
    });

    it('gets 503 after 2 s', async () => {
      const timers = jest.getTimerCount();
      const answer = Promise.resolve(call('/required', await issuer.accessToken(alice)));
      let isAnswered = false;
      void answer.then(() => (isAnswered = true));
      await until(() => isAnswered || jest.getTimerCount() > timers);
      await jest.advanceTimersByTimeAsync(2_000);
      expect((await answer).status).toBe(503);
      answerNow();
    });
  });

  it('PropelAuth is retried at growing intervals that respect Retry-After', async () => {
    propelAuth.answers({ status: 500 });
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

  it('a key that arrives after many failures is used, and no more requests are sent', async () => {
    propelAuth.answers({ status: 500 });
    await start();
    const token = await issuer.accessToken(alice);
    while (propelAuth.requests.length < 5) {
      await jest.advanceTimersByTimeAsync(1_000);
      expect((await call('/required', token)).status).toBe(503);
    }
    propelAuth.answersWithKey(issuer.keys.publicKeyPem);
    while ((await call('/required', token)).status === 503) {
      await jest.advanceTimersByTimeAsync(1_000);
    }
    const asked = propelAuth.requests.length;
    await jest.advanceTimersByTimeAsync(600_000);
    expect(propelAuth.requests).toHaveLength(asked);
  });

  it('a closed application leaves no timer and sends no requests to PropelAuth', async () => {
    propelAuth.answers({ status: 500 });
    await start();
    await application.close();
    expect(jest.getTimerCount()).toBe(0);
    await jest.advanceTimersByTimeAsync(600_000);
    expect(propelAuth.requests).toHaveLength(1);
  });
});

describe('A fetched key', () => {
  let propelAuth: PropelAuthServer;
  let application: RunningApplication;

  beforeEach(async () => {
    useFakeTimers();
    propelAuth = await PropelAuthServer.start();
    propelAuth.answersWithKey(issuer.keys.publicKeyPem);
    application = await startApplication({
      imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY })],
      controllers: [GuardedRoutesController],
    });
  });

  it.each<[string, Answer]>([
    ...OUTAGES,
    ['400', { status: 400 }],
    ['401, as when the API key was revoked', { status: 401 }],
    ['404', { status: 404 }],
  ])('stays in use when its refresh fails: %s', async (_name, answer) => {
    propelAuth.answers(answer);
    await jest.advanceTimersByTimeAsync(5 * 60 * 60 * 1000);
    await until(() => propelAuth.requests.length > 1);
    const header = await issuer.authorization(alice);
    await request(application.url).get('/required').set('Authorization', header).expect(200);
  });

  it('is fetched at startup and again after some hours', async () => {
    await jest.advanceTimersByTimeAsync(3 * 60 * 60 * 1000);
    expect(propelAuth.requests).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(2 * 60 * 60 * 1000);
    await until(() => propelAuth.requests.length === 2);
  });
});

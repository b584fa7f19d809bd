import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { projectUsers, PropelAuthModule, RequireCaller } from 'nestjs-propelauth';
import request from 'supertest';
import { VerificationKeys } from '../../../lib/callers/user/verification-keys.js';
import { TokenVerifier } from '../../../lib/callers/user/token-verifier.js';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { until, useFakeTimers } from '../../support/fake-timers.js';
import { GuardedRoutesController } from '../../support/guarded-routes.js';
import { alice, userClaims } from '../../support/claims.js';
import { Issuer } from '../../support/issuer.js';
import { API_KEY, AUTH_URL } from '../../support/project.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import { routeUnder } from '../../support/routes.js';

const oldIssuer = new Issuer();
const newIssuer = new Issuer();
const forger = new Issuer();

describe('When PropelAuth rotates its key', () => {
  let propelAuth: PropelAuthServer;
  let application: RunningApplication;

  beforeEach(async () => {
    useFakeTimers();
    propelAuth = await PropelAuthServer.start();
    propelAuth.answersWithKey(oldIssuer.keys.publicKeyPem);
    application = await startApplication({
      imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY })],
      controllers: [GuardedRoutesController],
    });
    // Tokens of the new key are issued well after the first fetch.
    jest.advanceTimersByTime(10 * 60 * 1000);
  });

  async function call(token: string, path = '/required') {
    return request(application.url).get(path).set('Authorization', `Bearer ${token}`);
  }

  async function statusOf(token: string): Promise<number> {
    return (await call(token)).status;
  }

  /** Sends forged tokens, one after the other. All but the first in ten seconds are told to come back. */
  async function rejectForged(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const { status, headers } = await call(await forger.accessToken(userClaims(`f-${index}`)));
      expect([status, headers['retry-after']]).toEqual(
        index === 0 ? [401, undefined] : [503, '10'],
      );
    }
  }

  /** Lets PropelAuth answer only when it is told to. */
  function holdAnswer() {
    let held: ServerResponse | undefined;
    propelAuth.answers((_request, response) => {
      held = response;
    });
    return {
      isAwaited: () => held !== undefined,
      answerWith({ keys }: Issuer) {
        held?.writeHead(200, { 'content-type': 'application/json' });
        held?.end(JSON.stringify({ verifier_key_pem: keys.publicKeyPem }));
      },
    };
  }

  const rotate = () => propelAuth.answersWithKey(newIssuer.keys.publicKeyPem);
  const fetches = () => propelAuth.requests.length - 1;

  it('the first token of the new key is accepted, and tokens of the old key are rejected', async () => {
    const oldToken = await oldIssuer.accessToken(alice);
    expect(await statusOf(oldToken)).toBe(200);
    rotate();
    jest.advanceTimersByTime(1_000);
    expect(await statusOf(await newIssuer.accessToken(alice))).toBe(200);
    // It was remembered under the old key, and is forgotten with it.
    expect(await statusOf(oldToken)).toBe(401);
  });

  it('tokens of the old key fetch nothing, however late they come and whatever else is fetched', async () => {
    const now = Math.floor(Date.now() / 1000);
    const oldTokens = await Promise.all(
      [0, 1, 30, 90, 600].map((seconds) => oldIssuer.accessToken({ ...alice, iat: now - seconds })),
    );
    rotate();
    jest.advanceTimersByTime(1_000);
    expect(await statusOf(await newIssuer.accessToken(alice))).toBe(200);
    for (const expected of [1, 2, 3]) {
      for (const token of oldTokens) expect(await statusOf(token)).toBe(401);
      expect(fetches()).toBe(expected);
      jest.advanceTimersByTime(10_000);
      await rejectForged(1);
    }
  });

  it.each(['different tokens', 'one token'])(
    'two hundred concurrent requests, with %s, succeed with one fetch',
    async (kind) => {
      rotate();
      const tokens = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          newIssuer.accessToken(kind === 'one token' ? alice : userClaims(`user-${index}`)),
        ),
      );
      const statuses = await Promise.all(tokens.map(statusOf));
      expect(statuses).toEqual(tokens.map(() => 200));
      expect(fetches()).toBe(1);
    },
  );

  it('two hundred concurrent requests cause one fetch, even if half of the tokens are of the old key', async () => {
    rotate();
    const tokens = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 === 0 ? newIssuer : oldIssuer).accessToken(userClaims(`user-${index}`)),
      ),
    );
    jest.advanceTimersByTime(1_000);
    const statuses = await Promise.all(tokens.map(statusOf));
    expect(statuses.filter((_, index) => index % 2 === 0)).toEqual(Array(100).fill(200));
    expect(fetches()).toBe(1);
    // Those that came before the new key were accepted; now none is.
    for (const token of tokens.slice(0, 10).filter((_, index) => index % 2 === 1)) {
      expect(await statusOf(token)).toBe(401);
    }
    expect(fetches()).toBe(1);
  });

  it('a token of the old key triggers a fetch again if it was issued after the new key was fetched', async () => {
    rotate();
    expect(await statusOf(await newIssuer.accessToken(alice))).toBe(200);
    propelAuth.answersWithKey(oldIssuer.keys.publicKeyPem);
    jest.advanceTimersByTime(10_000);
    expect(await statusOf(await oldIssuer.accessToken(alice))).toBe(200);
    expect(fetches()).toBe(2);
  });

  it('tokens that fail with the old key are tried with the new one before anything is fetched', async () => {
    const propelAuthAnswer = holdAnswer();
    const first = await newIssuer.accessToken(alice);
    const others = await Promise.all(
      Array.from({ length: 199 }, (_, index) => newIssuer.accessToken(userClaims(`user-${index}`))),
    );
    const release = new EventEmitter().setMaxListeners(others.length);
    let held = 0;
    const verifier = application.app.get(TokenVerifier, { strict: false });
    const verify = verifier.verify.bind(verifier);
    jest.spyOn(verifier, 'verify').mockImplementation(async (token, key) => {
      if (token !== first && ++held <= others.length) await once(release, 'now');
      return verify(token, key);
    });
    const statuses = [first, ...others].map(statusOf);
    await until(() => held === others.length && propelAuthAnswer.isAwaited());
    propelAuthAnswer.answerWith(newIssuer);
    expect(await statuses[0]).toBe(200);
    release.emit('now');
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
    expect(fetches()).toBe(1);
  });

  it('requests that arrive during the fetch share it', async () => {
    const propelAuthAnswer = holdAnswer();
    const answers = [statusOf(await newIssuer.accessToken(alice))];
    await until(propelAuthAnswer.isAwaited);
    answers.push(statusOf(await newIssuer.accessToken(userClaims('late'))));
    // A request of the old key is not held up by it.
    expect(await statusOf(await oldIssuer.accessToken(alice))).toBe(200);
    propelAuthAnswer.answerWith(newIssuer);
    expect(await Promise.all(answers)).toEqual([200, 200]);
    expect(fetches()).toBe(1);
  });

  it('a background refresh finds the new key before the first token does', async () => {
    rotate();
    await jest.advanceTimersByTimeAsync(5 * 60 * 60 * 1000);
    await until(() => fetches() === 1);
    await until(() => jest.getTimerCount() > 0);
    expect(await statusOf(await newIssuer.accessToken(alice))).toBe(200);
    expect(fetches()).toBe(1);
  });

  it.each([
    ['issued before the last fetch began', { iat: -11 * 60 - 61 }],
    ['expired', { exp: -61 }],
    ['from the future', { iat: 3600 }],
    ['of another issuer', { iss: 'https://other.example' }],
  ])('a token that is %s triggers no fetch', async (_name, change: Record<string, unknown>) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = Object.fromEntries(
      Object.entries(change).map(([name, value]) => [
        name,
        typeof value === 'number' ? now + value : value,
      ]),
    );
    expect(await statusOf(await forger.accessToken({ ...alice, ...claims }))).toBe(401);
    expect(fetches()).toBe(0);
  });

  it('a token of the current key whose claims are invalid triggers no fetch', async () => {
    const claims = { ...alice, org_id_to_org_member_info: [] };
    expect(await statusOf(await oldIssuer.accessToken(claims))).toBe(401);
    expect(fetches()).toBe(0);
  });

  it('a forged token waits for a background refresh, and triggers no fetch beside it', async () => {
    const propelAuthAnswer = holdAnswer();
    await jest.advanceTimersByTimeAsync(5 * 60 * 60 * 1000);
    await until(propelAuthAnswer.isAwaited);
    const refetchFor = jest.spyOn(
      application.app.get(VerificationKeys, { strict: false }),
      'refetchFor',
    );
    const answer = statusOf(await forger.accessToken(alice));
    await until(() => refetchFor.mock.calls.length === 1);
    propelAuthAnswer.answerWith(oldIssuer);
    expect(await answer).toBe(503);
    expect(fetches()).toBe(1);
  });

  it('forged tokens trigger one fetch every 10 s, and get 503 in between', async () => {
    for (const expected of [1, 2, 3]) {
      await rejectForged(10);
      expect(fetches()).toBe(expected);
      jest.advanceTimersByTime(10_000);
    }
  });

  it.each([
    ['at the same time', 0],
    ['by a clock that is behind', -60],
    ['by a clock that is ahead', 60],
  ])('forged tokens delay the new key by 10 s, with 503: issued %s', async (_when, seconds) => {
    await rejectForged(1);
    rotate();
    const iat = Math.floor(Date.now() / 1000) + seconds;
    const token = await newIssuer.accessToken({ ...alice, iat });
    const { status, headers } = await call(token);
    expect([status, headers['retry-after']]).toEqual([503, '10']);
    jest.advanceTimersByTime(10_000);
    expect(await statusOf(token)).toBe(200);
  });

  it('a token of the new key gets 503 while PropelAuth is unreachable, others are accepted', async () => {
    propelAuth.answers({ status: 503 });
    const token = await newIssuer.accessToken(alice);
    expect(await statusOf(token)).toBe(503);
    expect(await statusOf(token)).toBe(503);
    expect(await statusOf(await oldIssuer.accessToken(alice))).toBe(200);
    expect(fetches()).toBe(1);
  });

  it('the new key is found even after the clock was set back by hours', async () => {
    await jest.advanceTimersByTimeAsync(5 * 60 * 60 * 1000);
    await until(() => fetches() === 1);
    await until(() => jest.getTimerCount() > 0);
    jest.setSystemTime(Date.now() - 2 * 60 * 60 * 1000);
    rotate();
    expect(await statusOf(await newIssuer.accessToken(alice))).toBe(200);
  });

  it('an unchanged key keeps the cached tokens', async () => {
    const token = await oldIssuer.accessToken(alice);
    expect(await statusOf(token)).toBe(200);
    expect(await statusOf(await forger.accessToken(alice))).toBe(401);
    expect(fetches()).toBe(1);
    expect(await statusOf(token)).toBe(200);
  });
});

describe('With users of two projects', () => {
  it('a token causes a fetch of the key of its own project, which the other does not delay', async () => {
    const propelAuth = await PropelAuthServer.start();
    propelAuth.answersWithKey(oldIssuer.keys.publicKeyPem);
    const partnerUrl = 'https://auth.partner.example';
    const partner = projectUsers({ name: 'partner', authUrl: partnerUrl, apiKey: API_KEY });
    const application = await startApplication({
      imports: [
        PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, callerKinds: [partner] }),
      ],
      controllers: [routeUnder('all', RequireCaller('user', 'partner'))],
    });
    propelAuth.requests.length = 0;
    const statuses: number[] = [];
    for (const iss of [partnerUrl, AUTH_URL, partnerUrl]) {
      const header = await forger.authorization({ ...alice, iss });
      statuses.push(
        (await request(application.url).get('/all').set('Authorization', header)).status,
      );
    }
    expect(statuses).toEqual([401, 401, 503]);
    expect(propelAuth.requests.map(({ headers }) => headers['x-propelauth-url'])).toEqual([
      'auth.partner.example',
      'auth.example.com',
    ]);
  });

  it('a closed application leaves no timer for the key of either', async () => {
    useFakeTimers();
    const propelAuth = await PropelAuthServer.start();
    propelAuth.answers({ status: 500 });
    const authUrl = 'https://auth.partner.example';
    const partner = projectUsers({ name: 'partner', authUrl, apiKey: API_KEY });
    const application = await startApplication({
      imports: [
        PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, callerKinds: [partner] }),
      ],
    });
    expect(jest.getTimerCount()).toBe(2);
    await application.close();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('With a configured key', () => {
  it('no token causes a request to PropelAuth', async () => {
    const propelAuth = await PropelAuthServer.start();
    const application = await startApplication({
      imports: [PropelAuthModule.forRoot(oldIssuer.moduleOptions)],
      controllers: [GuardedRoutesController],
    });
    const header = await forger.authorization(alice);
    await request(application.url).get('/required').set('Authorization', header).expect(401);
    expect(propelAuth.requests).toEqual([]);
  });
});

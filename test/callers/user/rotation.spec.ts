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

const MINUTES = 60_000;
const HOURS = 60 * MINUTES;

const oldIssuer = new Issuer();
const newIssuer = new Issuer();
const forger = new Issuer();

/** The time in seconds, as claims have it. */
const now = () => Math.floor(Date.now() / 1000);

/** Tokens of as many users, of the issuer that is chosen for each. */
const tokensOf = (count: number, issuerOf: (index: number) => Issuer) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      issuerOf(index).accessToken(userClaims(`user-${index}`)),
    ),
  );

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
    jest.advanceTimersByTime(10 * MINUTES);
  });

  const rotate = () => propelAuth.answersWithKey(newIssuer.keys.publicKeyPem);
  const fetches = () => propelAuth.requests.length - 1;

  /** `200`, or `503 after 10 s` if the client is told to come back. */
  async function answerTo(token: string): Promise<string> {
    const { status, headers } = await request(application.url)
      .get('/required')
      .set('Authorization', `Bearer ${token}`);
    const { 'retry-after': retryAfter } = headers;
    return retryAfter === undefined ? String(status) : `${status} after ${retryAfter} s`;
  }

  const answerToUserOf = async (issuer: Issuer) => answerTo(await issuer.accessToken(alice));

  /** Sends forged tokens, one after the other. All but the first in ten seconds are told to come back. */
  async function rejectForged(count: number): Promise<void> {
    for (const [index, token] of (await tokensOf(count, () => forger)).entries()) {
      expect(await answerTo(token)).toBe(index === 0 ? '401' : '503 after 10 s');
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

  /** Lets five hours pass, until the key has been fetched in the background. */
  async function refresh(): Promise<void> {
    await jest.advanceTimersByTimeAsync(5 * HOURS);
    await until(() => fetches() === 1);
    await until(() => jest.getTimerCount() > 0);
  }

  it('the first token of the new key is accepted, and tokens of the old key are rejected', async () => {
    const oldToken = await oldIssuer.accessToken(alice);
    expect(await answerTo(oldToken)).toBe('200');
    rotate();
    jest.advanceTimersByTime(1_000);
    expect(await answerToUserOf(newIssuer)).toBe('200');
    // It was remembered under the old key, and is forgotten with it.
    expect(await answerTo(oldToken)).toBe('401');
  });

  it('tokens of the old key fetch nothing, however late they come and whatever else is fetched', async () => {
    const oldTokens = await Promise.all(
      [0, 1, 30, 90, 600].map((age) => oldIssuer.accessToken({ ...alice, iat: now() - age })),
    );
    rotate();
    jest.advanceTimersByTime(1_000);
    expect(await answerToUserOf(newIssuer)).toBe('200');
    for (const expected of [1, 2, 3]) {
      for (const token of oldTokens) expect(await answerTo(token)).toBe('401');
      expect(fetches()).toBe(expected);
      jest.advanceTimersByTime(10_000);
      await rejectForged(1);
    }
  });

  it('two hundred concurrent requests cause one fetch, even if half of the tokens are of the old key', async () => {
    rotate();
    const tokens = await tokensOf(200, (index) => (index % 2 === 0 ? newIssuer : oldIssuer));
    jest.advanceTimersByTime(1_000);
    const answers = await Promise.all(tokens.map(answerTo));
    expect(new Set(answers.filter((_, index) => index % 2 === 0))).toEqual(new Set(['200']));
    // Those that came before the new key were accepted; now none is.
    expect(await answerTo(tokens[1] ?? '')).toBe('401');
    expect(fetches()).toBe(1);
  });

  it('tokens that fail with the old key are tried with the new one before anything is fetched', async () => {
    const propelAuthAnswer = holdAnswer();
    const first = await newIssuer.accessToken(alice);
    const others = await tokensOf(20, () => newIssuer);
    const release = new EventEmitter().setMaxListeners(others.length);
    let held = 0;
    const verifier = application.app.get(TokenVerifier, { strict: false });
    const verify = verifier.verify.bind(verifier);
    jest.spyOn(verifier, 'verify').mockImplementation(async (token, key) => {
      if (token !== first && ++held <= others.length) await once(release, 'now');
      return verify(token, key);
    });
    const answers = [first, ...others].map(answerTo);
    await until(() => held === others.length && propelAuthAnswer.isAwaited());
    propelAuthAnswer.answerWith(newIssuer);
    expect(await answers[0]).toBe('200');
    release.emit('now');
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['200']));
    expect(fetches()).toBe(1);
  });

  it('a background refresh finds the new key before the first token does', async () => {
    rotate();
    await refresh();
    expect(await answerToUserOf(newIssuer)).toBe('200');
    expect(fetches()).toBe(1);
  });

  it.each<[string, Issuer, () => Record<string, unknown>]>([
    ['issued before the last fetch began', forger, () => ({ iat: now() - 11 * 60 - 61 })],
    ['expired', forger, () => ({ exp: now() - 61 })],
    ['from the future', forger, () => ({ iat: now() + 3_600 })],
    ['of another issuer', forger, () => ({ iss: 'https://other.example' })],
    ['of the current key with invalid claims', oldIssuer, () => ({ org_member_info: [] })],
  ])('a token that is %s triggers no fetch', async (_what, issuer, changes) => {
    expect(await answerTo(await issuer.accessToken({ ...alice, ...changes() }))).toBe('401');
    expect(fetches()).toBe(0);
  });

  it('a forged token waits for a background refresh, and triggers no fetch beside it', async () => {
    const propelAuthAnswer = holdAnswer();
    await jest.advanceTimersByTimeAsync(5 * HOURS);
    await until(propelAuthAnswer.isAwaited);
    const keys = application.app.get(VerificationKeys, { strict: false });
    const refetchFor = jest.spyOn(keys, 'refetchFor');
    const answer = answerToUserOf(forger);
    await until(() => refetchFor.mock.calls.length === 1);
    propelAuthAnswer.answerWith(oldIssuer);
    expect(await answer).toMatch(/^503/);
    expect(fetches()).toBe(1);
  });

  it.each([
    ['at the same time', 0],
    ['by a clock that is behind', -60],
    ['by a clock that is ahead', 60],
  ])('forged tokens delay the new key by 10 s, with 503: issued %s', async (_when, seconds) => {
    await rejectForged(1);
    rotate();
    const token = await newIssuer.accessToken({ ...alice, iat: now() + seconds });
    expect(await answerTo(token)).toBe('503 after 10 s');
    jest.advanceTimersByTime(10_000);
    expect(await answerTo(token)).toBe('200');
  });

  it('a token of the new key gets 503 while PropelAuth is unreachable, others are accepted', async () => {
    propelAuth.answers({ status: 503 });
    const token = await newIssuer.accessToken(alice);
    for (let time = 0; time < 2; time++) expect(await answerTo(token)).toMatch(/^503/);
    expect(await answerToUserOf(oldIssuer)).toBe('200');
    expect(fetches()).toBe(1);
  });
});

describe('With users of two projects', () => {
  const PARTNER_URL = 'https://auth.partner.example';
  const start = () => {
    const partner = projectUsers({ name: 'partner', authUrl: PARTNER_URL, apiKey: API_KEY });
    const options = { authUrl: AUTH_URL, apiKey: API_KEY, callerKinds: [partner] };
    return startApplication({
      imports: [PropelAuthModule.forRoot(options)],
      controllers: [routeUnder('all', RequireCaller('user', 'partner'))],
    });
  };

  it('a token causes a fetch of the key of its own project, which the other does not delay', async () => {
    const propelAuth = await PropelAuthServer.start();
    propelAuth.answersWithKey(oldIssuer.keys.publicKeyPem);
    const { url } = await start();
    propelAuth.requests.length = 0;
    const statuses: number[] = [];
    for (const iss of [PARTNER_URL, AUTH_URL, PARTNER_URL]) {
      const headers = await forger.headersOf({ ...alice, iss });
      statuses.push((await request(url).get('/all').set(headers)).status);
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
    const application = await start();
    expect(jest.getTimerCount()).toBe(2);
    await application.close();
    expect(jest.getTimerCount()).toBe(0);
  });
});

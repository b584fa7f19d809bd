import { PropelAuthHealthIndicator, PropelAuthModule } from 'nestjs-propelauth';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { until, useFakeTimers } from '../../support/fake-timers.js';
import { GuardedRoutesController } from '../../support/guarded-routes.js';
import { Issuer } from '../../support/issuer.js';
import { API_KEY, AUTH_URL } from '../../support/project.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import {
  ALL_BATCHES,
  BATCHES,
  batchOf,
  REQUESTS_AT_ONCE,
  sendAll,
  tally,
  type Answered,
  type Part,
} from './load.js';

const HOURS = 60 * 60 * 1000;

const oldIssuer = new Issuer();
const newIssuer = new Issuer();
const forger = new Issuer();

describe('Under load', () => {
  let propelAuth: PropelAuthServer;
  let application: RunningApplication;

  beforeEach(async () => {
    useFakeTimers();
    propelAuth = await PropelAuthServer.start();
  });

  async function start(): Promise<void> {
    application = await startApplication({
      imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY })],
      controllers: [GuardedRoutesController],
    });
  }

  /** One part of the story; `halfway` happens when half of the first batch is answered. */
  async function load(part: Part, issuer: Issuer, halfway = () => {}): Promise<Answered[]> {
    const all: Answered[] = [];
    for (let index = 0; index < BATCHES[part]; index++) {
      let answered = 0;
      const onAnswer = () => {
        if (++answered === REQUESTS_AT_ONCE / 2 && index === 0) halfway();
      };
      const batch = await batchOf(issuer, forger, `${part}-${index}`);
      all.push(...(await sendAll(application.url, batch, onAnswer)));
    }
    return all;
  }

  it('an outage and a rotation never cause a wrong decision about a token', async () => {
    propelAuth.answersWithKey(oldIssuer.keys.publicKeyPem);
    await start();
    const health = application.app.get(PropelAuthHealthIndicator);
    const isFailing = () => 'reason' in health.check().propelauth;
    const answers: Answered[] = [];
    const serve = async (part: Part, issuer: Issuer, halfway?: () => void) => {
      const served = await load(part, issuer, halfway);
      expectServed(served);
      answers.push(...served);
    };

    await serve('before anything happens', oldIssuer);
    await serve('as PropelAuth goes down', oldIssuer, () => propelAuth.answers({ status: 503 }));
    await jest.advanceTimersByTimeAsync(5 * HOURS);
    await until(isFailing);
    await serve('while it is down', oldIssuer);
    propelAuth.answersWithKey(oldIssuer.keys.publicKeyPem);
    await jest.advanceTimersByTimeAsync(30_000);
    await until(() => !isFailing());
    await serve('when it is back', oldIssuer);

    const withOldKey = await batchOf(oldIssuer, forger, 'old');
    // A forged token has caused a fetch before.
    await jest.advanceTimersByTimeAsync(30_000);
    const askedBefore = propelAuth.requests.length;
    propelAuth.answersWithKey(newIssuer.keys.publicKeyPem);
    await serve('as it rotates its key', newIssuer);
    expect(propelAuth.requests.length - askedBefore).toBe(1);
    expect(tally(await sendAll(application.url, withOldKey))).toEqual({
      'valid 401': REQUESTS_AT_ONCE * 0.8,
      'forged 401': REQUESTS_AT_ONCE * 0.1,
      'anonymous 401': REQUESTS_AT_ONCE * 0.1,
    });
    await serve('after the rotation', newIssuer);
    expect(answers).toHaveLength(ALL_BATCHES * REQUESTS_AT_ONCE);
  }, 120_000);
});

/** Eight in ten are let in as who they are, and nobody else is. A forged token may be of a new key for 10 s: 503. */
function expectServed(answers: readonly Answered[]): void {
  const { 'forged 401': rejected = 0, 'forged 503': undecided = 0, ...others } = tally(answers);
  expect(rejected + undecided).toBe(answers.length * 0.1);
  expect(others).toEqual({
    'valid 200': answers.length * 0.8,
    'anonymous 401': answers.length * 0.1,
  });
}

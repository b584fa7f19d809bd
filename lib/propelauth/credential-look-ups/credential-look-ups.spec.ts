import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { stopClock, stopClockAndTimeouts, until } from '../../../test/support/fake-timers.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import type { CurrentAccess } from '../../plugins/current-access.js';
import { Rejection, unavailable } from '../../rejections/rejection.js';
import type { LookedUpCredential } from './looked-up-credential.js';
import { CredentialLookUps } from './credential-look-ups.js';

const NOW = 1_800_000_000_000;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ADDRESS = '192.0.2.1';

const log = new RecordingLogger();

/** The credentials that PropelAuth was asked about. */
const asked: string[] = [];

/** Questions that wait, each with what answers it. */
const waiting: { readonly credential: string; readonly answer: (answer?: string) => void }[] = [];

beforeAll(() => Logger.overrideLogger(log));

beforeEach(() => {
  log.lines.length = 0;
  asked.length = 0;
  waiting.length = 0;
});

type Ask = (credential: string) => Promise<string>;

const answerAtOnce: Ask = async (credential) => credential;

const answerLater: Ask = (credential) =>
  new Promise((resolve) => {
    waiting.push({ credential, answer: (answer = credential) => resolve(answer) });
  });

const reject =
  (error: Error): Ask =>
  () =>
    Promise.reject(error);

const rejectUnknown = reject(new Rejection('api_key_unknown'));
const fail = reject(unavailable('PropelAuth returned status 500'));

function answerAll(): void {
  for (const { answer } of waiting.splice(0)) answer();
}

/** PropelAuth, of which a test changes how it answers, and the lookups of a process. */
function start(changes: Partial<LookedUpCredential<string>> = {}, access?: Partial<CurrentAccess>) {
  const propelAuth = { ask: answerAtOnce };
  const kind: LookedUpCredential<string> = {
    lifetimeMilliseconds: MINUTE,
    implausible: 'api_key_unknown',
    overloaded: 'overloaded',
    changesTooFast: 'too fast',
    isPlausible: (credential) => credential !== 'implausible',
    cacheKeyOf: (credential) => credential,
    questionsAbout: (credential) => [
      () => {
        asked.push(credential);
        return propelAuth.ask(credential);
      },
    ],
    ownersOf: () => ({ userId: 'user-alice', orgId: 'acme' }),
    ...changes,
  };
  const known = new CredentialLookUps(kind, { access: access as CurrentAccess | undefined });
  return { propelAuth, known };
}

/** The access of everybody, while nobody changes it. */
const unchanged = { changes: 0, now: 42, isOutdated: () => false, hasChangedSince: () => false };

function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (result) => `no failure, but ${inspect(result)}`,
    (error: unknown) => error,
  );
}

const turnOfTheLoop = () => new Promise(setImmediate);

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

describe('An implausible credential', () => {
  it('is rejected without a request', async () => {
    const { known } = start();
    for (const request of [undefined, {}]) {
      expect(await failureOf(known.find('implausible', ADDRESS, request))).toMatchObject({
        reason: 'api_key_unknown',
      });
    }
    expect(known.recall('implausible')).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

describe('One request to PropelAuth', () => {
  it.each([0, MINUTE])(
    'is shared by concurrent calls with the same credential, cached for %d ms',
    async (lifetimeMilliseconds) => {
      const { known } = start({ lifetimeMilliseconds });
      await Promise.all(numbered('call', 20).map(() => known.find('good')));
      expect(asked).toEqual(['good']);
    },
  );

  it('is shared with its failure by waiting calls, but not by later ones', async () => {
    const { known, propelAuth } = start();
    propelAuth.ask = fail;
    for (const failure of await Promise.all([1, 2, 3].map(() => failureOf(known.find('good'))))) {
      expect(failure).toMatchObject({ reason: 'propelauth_unavailable' });
    }
    propelAuth.ask = answerAtOnce;
    expect(await known.find('good')).toBe('good');
    expect(asked).toHaveLength(2);
  });

  it('is for all parts of a call, and not for another call', async () => {
    const { known } = start({ lifetimeMilliseconds: 0 });
    const call = {};
    for (const one of [call, call, {}]) await known.find('good', ADDRESS, one);
    expect(asked).toEqual(['good', 'good']);
    await known.find('other', ADDRESS, call);
    await known.find('good', ADDRESS, call);
    expect(asked).toEqual(['good', 'good', 'other', 'good']);
  });
});

describe('A valid credential', () => {
  beforeEach(() => stopClock(NOW));

  it('is cached from the time of the request to PropelAuth, and no longer when it is used', async () => {
    const { known, propelAuth } = start();
    propelAuth.ask = answerLater;
    const first = known.find('good');
    await until(() => waiting.length === 1);
    jest.setSystemTime(NOW + 20 * SECOND);
    answerAll();
    await first;
    propelAuth.ask = answerAtOnce;
    for (const [milliseconds, count] of [
      [30 * SECOND, 1],
      [MINUTE - 1, 1],
      [MINUTE, 2],
      [2 * MINUTE - 1, 2],
      [2 * MINUTE, 3],
    ] as const) {
      jest.setSystemTime(NOW + milliseconds);
      expect(known.recall('good') === undefined).toBe(asked.length < count);
      await known.find('good');
      expect(asked).toHaveLength(count);
    }
  });

  it.each<[string, number, Partial<LookedUpCredential<string>>]>([
    ['if nothing is', 0, { lifetimeMilliseconds: 0 }],
    ['after the clock was set back', -1, {}],
    ['past its expiry', 10 * SECOND, { expiryOf: () => NOW + 10 * SECOND }],
  ])('is not used from the cache %s', async (_when, milliseconds, changes) => {
    const { known } = start(changes);
    await known.find('good');
    jest.setSystemTime(NOW + milliseconds);
    expect(known.recall('good')).toBeUndefined();
    await known.find('good');
    expect(asked).toHaveLength(2);
  });

  it('is used from the cache until its expiry', async () => {
    const { known } = start({ expiryOf: () => NOW + 10 * SECOND });
    await known.find('good');
    jest.setSystemTime(NOW + 10 * SECOND - 1);
    expect(known.recall('good')).toBe('good');
  });

  it('stays cached while more credentials than the cache holds are looked up', async () => {
    const { known, propelAuth } = start();
    await known.find('good');
    propelAuth.ask = answerLater;
    for (const junk of numbered('junk', 10_000)) void failureOf(known.find(junk, ADDRESS));
    await turnOfTheLoop();
    expect(known.recall('good')).toBe('good');
  });

  it('with an answer of 64 KB takes the space of several, and at most 10,000 are cached', async () => {
    const { known, propelAuth } = start();
    propelAuth.ask = async () => 'a'.repeat(60_000);
    for (const long of numbered('long', 700)) await known.find(long);
    expect(known.recall('long-0')).toBeUndefined();
    expect(known.recall('long-699')).toHaveLength(60_000);
    propelAuth.ask = answerAtOnce;
    for (const short of numbered('short', 10_001)) await known.find(short);
    expect(known.recall('long-699')).toBeUndefined();
    expect(known.recall('short-0')).toBeUndefined();
    expect(known.recall('short-1')).toBe('short-1');
  });

  it('is counted where it decides, if caching is on', async () => {
    const { known } = start();
    for (const credential of ['good', 'good', 'good', 'other']) await known.find(credential);
    known.recall('good');
    expect(known.counts).toEqual({ entries: 2, hits: 2, misses: 2 });
    const { known: forgetful } = start({ lifetimeMilliseconds: 0 });
    await forgetful.find('good');
    expect(forgetful.counts).toBeUndefined();
  });

  it.each<[string, boolean, string[]]>([
    ['is used', false, []],
    ['is not used if access has changed since', true, ['good']],
  ])('that another instance has stored %s', async (_what, isOutdated, questions) => {
    const store = { get: async () => ({ answer: 'stored', askedAt: NOW }), set: () => {} };
    const { known } = start({ store }, { ...unchanged, isOutdated: () => isOutdated });
    await known.find('good');
    expect(asked).toEqual(questions);
    expect(known.recall('good')).toBe(isOutdated ? undefined : 'stored');
  });

  it('is valid if it cannot be serialized, but rejected if the store itself has a bug', async () => {
    const write = jest.fn<void, []>();
    const { known } = start({ store: { get: async () => undefined, set: write } });
    write.mockImplementationOnce(() => {
      throw new RangeError('too deep');
    });
    expect(await known.find('good')).toBe('good');
    const fault = new TypeError('fault');
    write.mockImplementationOnce(() => {
      throw fault;
    });
    await expect(known.find('other')).rejects.toBe(fault);
  });
});

describe('A rejected credential', () => {
  beforeEach(() => stopClock(NOW));

  it.each([0, MINUTE])('is cached for 10 s, valid ones for %d ms', async (lifetimeMilliseconds) => {
    const { known, propelAuth } = start({ lifetimeMilliseconds });
    propelAuth.ask = rejectUnknown;
    for (const milliseconds of [0, 1, 10 * SECOND - 1]) {
      jest.setSystemTime(NOW + milliseconds);
      expect(await failureOf(known.find('bad'))).toMatchObject({ reason: 'api_key_unknown' });
    }
    expect(asked).toEqual(['bad']);
    propelAuth.ask = answerAtOnce;
    jest.setSystemTime(NOW + 10 * SECOND);
    expect(await known.find('bad')).toBe('bad');
  });

  it('is the only failure that is cached', async () => {
    const { known, propelAuth } = start();
    for (const ask of [fail, reject(new Rejection('api_key_rate_limited'))]) {
      propelAuth.ask = ask;
      await failureOf(known.find('good'));
    }
    propelAuth.ask = answerAtOnce;
    expect(await known.find('good')).toBe('good');
  });
});

describe('Under liveAccess, a cached credential', () => {
  it('is compared with access changes by the time of its request to PropelAuth, in seconds', async () => {
    stopClock(NOW);
    const isOutdated = jest.fn(() => false);
    const { known } = start({}, { ...unchanged, isOutdated });
    await known.find('good');
    await known.find('good');
    expect(isOutdated.mock.calls).toEqual([
      [
        { askedAt: NOW / 1000, askedHereAt: 42 },
        { userId: 'user-alice', orgId: 'acme' },
      ],
    ]);
    expect(asked).toEqual(['good']);
  });

  it('is not shared with a call that follows an access change, but with the calls after it', async () => {
    const access = { ...unchanged };
    const { known, propelAuth } = start({ lifetimeMilliseconds: 0 }, access);
    propelAuth.ask = answerLater;
    const request = {};
    const before = [known.find('good'), known.find('good', ADDRESS, request)];
    await until(() => waiting.length === 1);
    access.changes++;
    const after = [known.find('good'), known.find('good', ADDRESS, request)];
    await until(() => waiting.length === 2);
    waiting[0]?.answer('before');
    expect(await Promise.all(before)).toEqual(['before', 'before']);
    const later = known.find('good');
    await turnOfTheLoop();
    expect(waiting).toHaveLength(2);
    waiting[1]?.answer('after');
    expect(await Promise.all([...after, later])).toEqual(['after', 'after', 'after']);
  });

  it('is rejected temporarily if access changes during each of three requests', async () => {
    const hasChangedSince = jest.fn(() => true);
    const { known } = start({}, { ...unchanged, hasChangedSince });
    expect(await failureOf(known.find('good'))).toMatchObject({
      reason: 'propelauth_unavailable',
      message: 'too fast',
    });
    expect(asked).toEqual(['good', 'good', 'good']);
    expect(hasChangedSince).toHaveBeenCalledWith(42, { userId: 'user-alice', orgId: 'acme' });
  });
});

describe('The queue for PropelAuth', () => {
  // Requests wait for two seconds, which a busy machine may take.
  beforeEach(() => stopClockAndTimeouts(NOW));

  it('has at most 50 requests in flight, and the others wait', async () => {
    const { known, propelAuth } = start();
    propelAuth.ask = answerLater;
    const calls = numbered('key', 51).map((credential) => known.find(credential));
    await until(() => waiting.length === 50);
    const sharing = known.find('key-0');
    answerAll();
    await until(() => waiting.length === 1);
    answerAll();
    expect(await Promise.all([...calls, sharing])).toHaveLength(52);
    expect(asked).toHaveLength(51);
  });

  it('frees the place of a failed request', async () => {
    const { known, propelAuth } = start();
    for (const [index, ask] of [rejectUnknown, fail].entries()) {
      propelAuth.ask = ask;
      for (const bad of numbered(`bad-${index}`, 51)) await failureOf(known.find(bad));
    }
    propelAuth.ask = answerAtOnce;
    expect(await known.find('good')).toBe('good');
  });

  it('asks once about each of 10,000 credentials, and keeps at most 10,000 rejections', async () => {
    const { known, propelAuth } = start();
    propelAuth.ask = rejectUnknown;
    const flood = (name: string, count: number) =>
      Promise.all(
        numbered(name, count).map((junk, index) =>
          failureOf(known.find(junk, `192.0.2.${index % 256}`)),
        ),
      );
    await flood('junk', 10_000);
    await flood('junk', 10_000);
    expect(asked).toHaveLength(10_000);
    await flood('more', 10_000);
    asked.length = 0;
    await flood('junk', 100);
    expect(asked).toHaveLength(100);
  });

  it('lets 30 valid credentials through in two rounds while one IPv6 network floods it', async () => {
    const { known, propelAuth } = start();
    propelAuth.ask = answerLater;
    for (const [index, junk] of numbered('junk', 1_000).entries()) {
      void failureOf(known.find(junk, `2001:db8:1:2::${index.toString(16)}`));
    }
    const good = numbered('good', 30).map((credential, index) =>
      known.find(credential, `198.51.100.${index}`),
    );
    for (let round = 0; round < 2; round++) {
      await until(() => waiting.length === 50);
      answerAll();
    }
    expect(await Promise.all(good)).toEqual(numbered('good', 30));
  });

  it.each([
    ['have waited for 2 s', 53],
    ['exceed it', 10_053],
  ])('logs one warning if credentials %s', async (_what, count) => {
    const { known, propelAuth } = start();
    propelAuth.ask = answerLater;
    const failures: unknown[] = [];
    for (const credential of numbered('key', count)) {
      void failureOf(known.find(credential, ADDRESS)).then((failure) => failures.push(failure));
    }
    if (count < 10_000) await jest.advanceTimersByTimeAsync(2 * SECOND);
    await until(() => failures.length === 3);
    for (const failure of failures) {
      expect(failure).toMatchObject({ reason: 'propelauth_unavailable' });
    }
    expect(asked).toHaveLength(50);
    expect(log.of('warn')).toEqual([expect.stringMatching(/^overloaded/)]);
  });

  it('logs no warning if PropelAuth itself fails', async () => {
    const { known, propelAuth } = start();
    propelAuth.ask = fail;
    await failureOf(known.find('good'));
    expect(log.lines).toEqual([]);
  });
});

describe('While the queue for PropelAuth is full, a credential', () => {
  beforeEach(() => stopClockAndTimeouts(NOW));

  it.each<[string, number, { isRejected?: boolean }, string[]]>([
    ['that was valid within the hour is validated before others', 59, {}, ['good', 'junk-50']],
    ['that was valid an hour ago waits like others', 60, {}, ['junk-50', 'good']],
    ['that was rejected since waits like others', 59, { isRejected: true }, ['junk-50', 'good']],
  ])('%s', async (_what, minutes, { isRejected = false }, order) => {
    const { known, propelAuth } = start({ lifetimeMilliseconds: 0 });
    await known.find('good', ADDRESS);
    propelAuth.ask = rejectUnknown;
    if (isRejected) await failureOf(known.find('good', ADDRESS));
    jest.setSystemTime(NOW + minutes * MINUTE);
    propelAuth.ask = answerLater;
    for (const credential of [...numbered('junk', 51), 'good']) {
      void failureOf(known.find(credential, ADDRESS));
    }
    await until(() => waiting.length === 50);
    for (let place = 0; place < order.length; place++) {
      waiting[place]?.answer();
      await turnOfTheLoop();
    }
    expect(waiting.slice(50).map(({ credential }) => credential)).toEqual(order);
  });
});

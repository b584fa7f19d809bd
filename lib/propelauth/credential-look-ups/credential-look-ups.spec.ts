import { Logger } from '@nestjs/common';
import { stopClock } from '../../../test/support/fake-timers.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import type { CurrentAccess } from '../../plugins/current-access.js';
import { Rejection } from '../../rejections/rejection.js';
import type { LookedUpCredential } from './looked-up-credential.js';
import { CredentialLookUps } from './credential-look-ups.js';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const ADDRESS = '192.0.2.1';

let asked: string[];
let answers: Map<string, (answer: string) => void>;
let log: RecordingLogger;

beforeEach(() => {
  stopClock(NOW);
  asked = [];
  answers = new Map();
  log = new RecordingLogger();
  Logger.overrideLogger(log);
});

/** Answers every question at once, with the text of the credential. */
const answerAtOnce = async (credential: string) => {
  asked.push(credential);
  return credential;
};

/** Answers when the test says so. */
const answerLater = (credential: string) => {
  asked.push(credential);
  return new Promise<string>((resolve) => answers.set(credential, resolve));
};

const turnOfTheLoop = () => new Promise(setImmediate);

type Ask = (credential: string) => Promise<string>;

function lookUps(
  { ask = answerAtOnce, ...changes }: Partial<LookedUpCredential<string>> & { ask?: Ask } = {},
  currentAccess?: object,
) {
  const kind: LookedUpCredential<string> = {
    lifetimeMilliseconds: MINUTE,
    implausible: 'api_key_unknown',
    overloaded: 'overloaded',
    changesTooFast: 'too fast',
    isPlausible: () => true,
    cacheKeyOf: (credential) => credential,
    questionsAbout: (credential) => [() => ask(credential)],
    ownersOf: () => ({ userId: 'user-alice', orgId: 'acme' }),
    ...changes,
  };
  return new CredentialLookUps(kind, { access: currentAccess as CurrentAccess | undefined });
}

/** A store that fails to write, and reads nothing. */
const failing = (error: Error) => ({
  get: async () => undefined,
  set: () => {
    throw error;
  },
});

/** Takes all places of the queue, and lets one more request wait. */
async function flood(known: CredentialLookUps<string>): Promise<void> {
  for (let count = 0; count < 51; count++) void known.find(`junk ${count}`, ADDRESS);
  await turnOfTheLoop();
  asked.length = 0;
}

/** The credentials of the next questions, in order. */
async function next(count: number): Promise<string[]> {
  for (let place = 0; place < count; place++) {
    answers.get(`junk ${place}`)?.('junk');
    await turnOfTheLoop();
  }
  return asked;
}

describe('A cached credential', () => {
  it('is compared with access changes by the time of its request to PropelAuth, in seconds', async () => {
    const isOutdated = jest.fn(() => false);
    const currentAccess = { changes: 0, now: 42, isOutdated, hasChangedSince: () => false };
    const known = lookUps({}, currentAccess);
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
    const currentAccess = {
      changes: 0,
      now: 42,
      isOutdated: () => false,
      hasChangedSince: () => false,
    };
    const known = lookUps({ ask: answerLater, lifetimeMilliseconds: 0 }, currentAccess);
    const before = known.find('good');
    await turnOfTheLoop();
    const answerFirst = answers.get('good');
    currentAccess.changes++;
    const after = known.find('good');
    await turnOfTheLoop();
    expect(asked).toHaveLength(2);
    answerFirst?.('before');
    expect(await before).toBe('before');
    const later = known.find('good');
    await turnOfTheLoop();
    expect(asked).toHaveLength(2);
    answers.get('good')?.('after');
    expect(await Promise.all([after, later])).toEqual(['after', 'after']);
  });

  it.each([
    ['is used from the store', false, []],
    ['is not used from the store if access has changed since', true, ['good']],
  ])('cached by another instance %s', async (_what, isOutdated, questions) => {
    const stored = { answer: 'stored', askedAt: NOW };
    const store = { get: async () => stored, set: () => {} };
    const currentAccess = {
      changes: 0,
      now: 42,
      isOutdated: () => isOutdated,
      hasChangedSince: () => false,
    };
    const known = lookUps({ store }, currentAccess);
    await known.find('good');
    expect(asked).toEqual(questions);
    expect(known.recall('good')).toBe(isOutdated ? undefined : 'stored');
  });

  it('stays cached while more credentials than the cache holds are looked up', async () => {
    const known = lookUps({
      ask: (credential) => (credential === 'good' ? answerAtOnce : answerLater)(credential),
    });
    await known.find('good');
    for (let count = 0; count < 10_000; count++) {
      known.find(`made up ${count}`, ADDRESS).catch(() => undefined);
    }
    await turnOfTheLoop();
    expect(known.recall('good')).toBe('good');
  });

  it('is counted if caching is on', async () => {
    const known = lookUps();
    for (const credential of ['good', 'good', 'good', 'other']) await known.find(credential);
    expect(known.counts).toEqual({ entries: 2, hits: 2, misses: 2 });
    const forgetful = lookUps({ lifetimeMilliseconds: 0 });
    await forgetful.find('good');
    expect(forgetful.counts).toBeUndefined();
  });

  it('is valid if it cannot be serialized, but rejected if the store itself has a bug', async () => {
    expect(await lookUps({ store: failing(new RangeError('too deep')) }).find('good')).toBe('good');
    const fault = new TypeError('fault');
    await expect(lookUps({ store: failing(fault) }).find('good')).rejects.toBe(fault);
  });
});

describe('While the queue for PropelAuth is full', () => {
  it.each<[string, number, string[]]>([
    [
      'a credential that was valid within the hour is validated before others',
      59,
      ['good', 'junk 50'],
    ],
    ['a credential that was valid an hour ago waits like others', 60, ['junk 50', 'good']],
  ])('%s', async (_what, minutes, order) => {
    let ask: Ask = answerAtOnce;
    const known = lookUps({ ask: (credential) => ask(credential) });
    await known.find('good', ADDRESS);
    jest.setSystemTime(NOW + minutes * MINUTE);
    ask = answerLater;
    await flood(known);
    void known.find('good', ADDRESS);
    await turnOfTheLoop();
    expect(await next(2)).toEqual(order);
  });

  it('a credential that was rejected since waits like others', async () => {
    let ask: Ask = answerAtOnce;
    const known = lookUps({ ask: (credential) => ask(credential), lifetimeMilliseconds: 0 });
    await known.find('good', ADDRESS);
    ask = () => Promise.reject(new Rejection('api_key_unknown'));
    await expect(known.find('good', ADDRESS)).rejects.toMatchObject({ reason: 'api_key_unknown' });
    jest.setSystemTime(NOW + MINUTE);
    ask = answerLater;
    await flood(known);
    void known.find('good', ADDRESS);
    await turnOfTheLoop();
    expect(await next(2)).toEqual(['junk 50', 'good']);
  });

  it('a failure of PropelAuth does not count as a full queue', async () => {
    const known = lookUps({ ask: () => Promise.reject(new Rejection('propelauth_unavailable')) });
    await expect(known.find('good')).rejects.toMatchObject({ reason: 'propelauth_unavailable' });
    expect(log.of('warn')).toEqual([]);
  });
});

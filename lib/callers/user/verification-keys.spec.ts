import { createPublicKey } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { registerCleanup } from '../../../test/support/clean-up.js';
import { stopClock, useFakeTimers } from '../../../test/support/fake-timers.js';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import type { BackendClient } from '../../propelauth/backend/backend-client.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { Rejection, unavailable } from '../../rejections/rejection.js';
import { VerificationKeys } from './verification-keys.js';

const HOUR = 3_600_000;
const START = 1_800_000_000;

const { publicKeyPem: pem } = generateRsaKeyPair();
const { publicKeyPem: otherPem } = generateRsaKeyPair();
const account = { authUrl: AUTH_URL, apiKey: API_KEY };
const options = new ResolvedOptions(account);
const tolerance = options.clockToleranceSeconds;

const log = new RecordingLogger();
/** The key that PropelAuth returns; `undefined` while it cannot be reached. */
let answer: string | undefined;
let retryAfter: number | undefined;
let fetches = 0;
let monotonicClock: jest.SpyInstance;
let keys: VerificationKeys;

async function fetchVerifierKey(): Promise<string> {
  fetches++;
  if (answer === undefined) throw unavailable('PropelAuth cannot be reached', retryAfter);
  return answer;
}

function createKeys(
  backend: object = { fetchVerifierKey },
  ofProject: ResolvedOptions = options,
): VerificationKeys {
  const created = new VerificationKeys(ofProject, backend as BackendClient);
  registerCleanup(() => created.onModuleDestroy());
  return created;
}

function withConfiguredKey(verifierKey: string): VerificationKeys {
  const manualTokenVerificationMetadata = { issuer: AUTH_URL, verifierKey };
  return createKeys(
    undefined,
    new ResolvedOptions({ ...account, manualTokenVerificationMetadata }),
  );
}

/** Has a token cause a fetch at this second of the monotonic clock. */
async function refetchAt(second: number, answered: string | undefined): Promise<void> {
  monotonicClock.mockReturnValue(second * 1_000);
  answer = answered;
  await keys.refetchFor(Date.now() / 1000).catch(() => undefined);
}

function stopMonotonicClock(): void {
  monotonicClock = jest.spyOn(performance, 'now').mockReturnValue(0);
}

const rejectedFor = (retryAfterSeconds: number, reason: Rejection['reason']) =>
  new Rejection(reason, { retryAfterSeconds });

const unverifiedFor = (seconds: number) => rejectedFor(seconds, 'signature_unverified');

const never = { fetchVerifierKey: () => new Promise(() => {}) };

beforeEach(async () => {
  Logger.overrideLogger(log);
  log.lines.length = 0;
  stopClock(START * 1_000 + 500);
  answer = pem;
  retryAfter = undefined;
  keys = createKeys();
  await keys.onModuleInit();
  fetches = 0;
});

describe('A caller that waits for a verification key', () => {
  it('gets the current key at once, even during another fetch', async () => {
    keys = createKeys(never);
    keys.current = createPublicKey(pem);
    keys.refetchFor(START).catch(() => undefined);
    const next = new Promise((resolve) => setImmediate(resolve, 'nothing'));
    expect(await Promise.race([keys.awaitKey(), next])).toBe(keys.current);
  });

  it('gets the key of a fetch in progress', async () => {
    keys = createKeys();
    const fetching = keys.onModuleInit();
    expect((await keys.awaitKey()).equals(createPublicKey(pem))).toBe(true);
    await fetching;
  });

  it('gets the time of the next request, if there is no key', async () => {
    keys = createKeys();
    jest.spyOn(Math, 'random').mockReturnValue(1);
    answer = undefined;
    for (let count = 0; count < 3; count++) await keys.onModuleInit();
    // Two seconds after the third failure.
    await expect(keys.awaitKey()).rejects.toEqual(rejectedFor(2, 'keys_unavailable'));
    jest.setSystemTime(START * 1_000 + 10_000);
    await expect(keys.awaitKey()).rejects.toEqual(rejectedFor(1, 'keys_unavailable'));
  });
});

describe('A token that the key does not verify', () => {
  beforeEach(stopMonotonicClock);

  it.each<[string, number, number]>([
    ['in the second of the last fetch', 0, 1],
    ['in that second by a clock that is behind by the leeway', -tolerance, 1],
    ['before', -tolerance - 1, 0],
  ])('causes a fetch if it may have been issued since the last: %s', async (_when, at, count) => {
    await keys.refetchFor(START + at);
    expect(fetches).toBe(count);
  });

  it.each<[string, number, number]>([
    ['in the second of its fetch', 0, 1],
    ['before', -1, 0],
  ])(
    'causes no fetch if it was issued before the key replaced another: %s',
    async (_when, at, count) => {
      answer = otherPem;
      await keys.onModuleInit();
      fetches = 0;
      await keys.refetchFor(START + at);
      expect(fetches).toBe(count);
    },
  );

  it('causes a fetch whenever it was issued, if the clock was set back since', async () => {
    answer = otherPem;
    await keys.onModuleInit();
    jest.setSystemTime(1_700_000_000_000);
    await keys.refetchFor(1_600_000_000);
    expect(fetches).toBe(2);
    monotonicClock.mockReturnValue(10_000);
    jest.setSystemTime(1_700_000_100_000);
    await keys.refetchFor(1_700_000_100);
    expect(fetches).toBe(3);
  });

  it('causes one fetch every 10 s, and waits for the next if another token caused the last', async () => {
    await keys.refetchFor(START);
    await expect(keys.refetchFor(START)).rejects.toEqual(unverifiedFor(10));
    monotonicClock.mockReturnValue(9_999);
    await expect(keys.refetchFor(START)).rejects.toEqual(unverifiedFor(1));
    expect(fetches).toBe(1);
    monotonicClock.mockReturnValue(10_000);
    await keys.refetchFor(START);
    expect(fetches).toBe(2);
  });

  it('causes no fetch before the time that PropelAuth has asked for', async () => {
    answer = undefined;
    retryAfter = 60;
    await expect(keys.refetchFor(START)).rejects.toEqual(unverifiedFor(60));
    monotonicClock.mockReturnValue(30_000);
    await expect(keys.refetchFor(START)).rejects.toEqual(unverifiedFor(30));
    expect(fetches).toBe(1);
  });

  it.each([
    ['the same key', pem, [unverifiedFor(10), unverifiedFor(10)]],
    ['another key', otherPem, [undefined, undefined]],
  ])('shares a fetch in progress, which brings %s', async (_what, brought, outcomes) => {
    answer = brought;
    const all = [1, 2, 3].map(() => keys.refetchFor(START).catch((error: unknown) => error));
    expect(await Promise.all(all)).toEqual([undefined, ...outcomes]);
    expect(fetches).toBe(1);
  });

  it('waits for a fetch for 2 s at most', async () => {
    monotonicClock.mockRestore();
    useFakeTimers();
    keys = createKeys(never);
    keys.current = createPublicKey(pem);
    const waiting = keys.refetchFor(START).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await waiting).toEqual(unverifiedFor(8));
    await expect(keys.refetchFor(START)).rejects.toEqual(unverifiedFor(8));
  });

  it('is not rejected for good when the fetch fails', async () => {
    answer = undefined;
    await expect(keys.refetchFor(START)).rejects.toEqual(unverifiedFor(10));
    expect(keys.current?.equals(createPublicKey(pem))).toBe(true);
  });

  it('causes no fetch after the application has closed, and is not rejected for good', async () => {
    keys.onModuleDestroy();
    await expect(keys.refetchFor(START)).rejects.toEqual(unverifiedFor(1));
    expect(fetches).toBe(0);
  });
});

describe('The verification key', () => {
  it('stays the same object until it changes, so that verified tokens stay valid', async () => {
    const first = keys.current;
    await keys.onModuleInit();
    expect(keys.current).toBe(first);
    answer = otherPem;
    await keys.onModuleInit();
    expect(keys.current?.equals(createPublicKey(otherPem))).toBe(true);
  });

  it('fails startup if the options are wrong, and is not requested again', async () => {
    useFakeTimers();
    const error = new PropelAuthConfigurationError('authUrl');
    keys = createKeys({ fetchVerifierKey: () => Promise.reject(error) });
    await expect(keys.onModuleInit()).rejects.toThrow('authUrl');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is refreshed on schedule, and not after the application has closed', async () => {
    useFakeTimers();
    keys = createKeys();
    await keys.onModuleInit();
    fetches = 0;
    await jest.advanceTimersByTimeAsync(4.5 * HOUR);
    expect(fetches).toBe(1);
    const fetching = keys.onModuleInit();
    keys.onModuleDestroy();
    await fetching;
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    [0, 3.6],
    [0.5, 4],
    [1, 4.4],
  ])('is refreshed after about four hours: %d', async (random, hours) => {
    jest.spyOn(Math, 'random').mockReturnValue(random);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await keys.onModuleInit();
    expect(timers.mock.calls.at(-1)?.[1]).toBe(hours * HOUR);
  });

  it('is as old as its request to PropelAuth, and never younger than now', async () => {
    keys = createKeys();
    expect(keys.ageSeconds).toBeUndefined();
    await keys.onModuleInit();
    expect(keys.ageSeconds).toBe(0);
    jest.setSystemTime(START * 1_000 + 91_000);
    expect(keys.ageSeconds).toBe(90.5);
    jest.setSystemTime(1_700_000_000_000);
    expect(keys.ageSeconds).toBe(0);
  });
});

describe('A configured key', () => {
  it('is used at once, has no age, and no key is ever fetched', async () => {
    keys = withConfiguredKey(otherPem);
    expect(keys.current?.equals(createPublicKey(otherPem))).toBe(true);
    await keys.onModuleInit();
    await keys.refetchFor(Date.now() / 1000);
    expect(fetches).toBe(0);
    expect(keys.ageSeconds).toBeUndefined();
  });

  it('that is unusable fails startup, and names the option and the fix', () => {
    expect(() => withConfiguredKey('-----BEGIN CERTIFICATE-----')).toThrow(
      new PropelAuthConfigurationError(
        'manualTokenVerificationMetadata.verifierKey is not usable: it does not start with -----BEGIN PUBLIC KEY-----. ' +
          'Copy the public key from the Backend Integration page of your PropelAuth dashboard.',
      ),
    );
  });
});

describe('A verification key that cannot be fetched', () => {
  beforeEach(stopMonotonicClock);

  it('logs one warning, and one line when it is available again', async () => {
    for (const second of [1, 100, 3_600]) await refetchAt(second, undefined);
    await refetchAt(7_200, pem);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        text: 'PropelAuth cannot be reached. The current verification key stays in use. Retrying. PropelAuth',
      },
      { level: 'log', text: 'PropelAuth returns the verification key again. PropelAuth' },
    ]);
  });

  it.each<[string, number[], number[], [warnings: number, ends: number]]>([
    ['again within a minute of a warning', [1, 40], [20], [1, 1]],
    ['until that minute is over', [1, 40, 61, 100, 3_600], [20], [2, 1]],
    ['until it is back again', [1, 40, 61, 100, 3_600], [20, 3_700], [2, 2]],
    ['for less than a minute, without a warning', [1, 40], [20, 50], [1, 1]],
  ])('%s logs as many warnings and ends', async (_when, failing, working, lines) => {
    for (const second of [...failing, ...working].toSorted((one, other) => one - other)) {
      await refetchAt(second, failing.includes(second) ? undefined : pem);
    }
    expect([log.of('warn').length, log.of('log').length]).toEqual(lines);
  });

  it('and has changed in the meantime logs two lines', async () => {
    await refetchAt(1, undefined);
    await refetchAt(20, otherPem);
    expect(log.of('log')).toEqual([
      expect.stringContaining('returns the verification key again'),
      'The verification key has changed. PropelAuth',
    ]);
  });

  it('is reported from the first failure until the next success, with its start', async () => {
    expect(keys.failure()).toBeUndefined();
    const since = new Date();
    await refetchAt(1, undefined);
    jest.setSystemTime(START * 1_000 + 100_000);
    await refetchAt(100, undefined);
    expect(keys.failure()).toEqual({ message: 'PropelAuth cannot be reached', since });
    await refetchAt(200, pem);
    expect(keys.failure()).toBeUndefined();
  });

  it.each([
    [AUTH_URL, 'Retrying.'],
    ['http://localhost:4000', 'Start the emulator: npx propelauth-emulator.'],
  ])(
    'of %s logs one warning at startup, with what requests get until there is a key',
    async (authUrl, advice) => {
      keys = createKeys(undefined, new ResolvedOptions({ authUrl, apiKey: API_KEY }));
      answer = undefined;
      await keys.onModuleInit();
      expect(log.of('warn')).toEqual([
        `PropelAuth cannot be reached. Requests with an access token return 503 until the verification key has been fetched. ${advice} PropelAuth`,
      ]);
    },
  );

  it.each([
    ['a string that is not a key', 'SECRET', 'it does not start with -----BEGIN PUBLIC KEY-----'],
    [
      'a key that is too short',
      generateRsaKeyPair(1024).publicKeyPem,
      'it has 1024 bits; RS256 needs 2048 or more (RFC 7518, section 3.3)',
    ],
  ])('is reported for %s, which is not repeated', async (_what, unusable, why) => {
    keys = createKeys();
    answer = unusable;
    await keys.onModuleInit();
    expect(keys.failure()?.message).toBe(
      `PropelAuth returned an unusable verification key: ${why}`,
    );
    expect(keys.current).toBeUndefined();
  });

  it('for another reason than an error is reported without it', async () => {
    keys = createKeys({ fetchVerifierKey: () => Promise.reject('a secret') });
    await keys.onModuleInit();
    expect(keys.failure()?.message).toBe('The verification key cannot be fetched from PropelAuth');
  });
});

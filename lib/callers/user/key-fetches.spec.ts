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

const [pem, otherPem] = [generateRsaKeyPair().publicKeyPem, generateRsaKeyPair().publicKeyPem];
const options = new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY });
const manualOptions = new ResolvedOptions({
  authUrl: AUTH_URL,
  apiKey: API_KEY,
  manualTokenVerificationMetadata: { issuer: AUTH_URL, verifierKey: otherPem },
});
let answer: string | undefined;
let retryAfter: number | undefined;
let fetches = 0;
let keys: VerificationKeys;

async function fetchVerifierKey(): Promise<string> {
  fetches++;
  if (answer === undefined) {
    throw unavailable('PropelAuth cannot be reached', retryAfter);
  }
  return answer;
}

function createKeys(of = options, backend: object = { fetchVerifierKey }): VerificationKeys {
  const created = new VerificationKeys(of, backend as BackendClient);
  registerCleanup(() => created.onModuleDestroy());
  return created;
}

function rejectedFor(retryAfterSeconds: number): Rejection {
  return new Rejection('signature_unverified', { retryAfterSeconds });
}

beforeEach(async () => {
  Logger.overrideLogger(new RecordingLogger());
  answer = pem;
  retryAfter = undefined;
  keys = createKeys();
  await keys.onModuleInit();
  fetches = 0;
});

describe('A caller that waits for a verification key', () => {
  it('gets the current key, and otherwise the time of the next request', async () => {
    expect((await keys.awaitKey()).equals(createPublicKey(pem))).toBe(true);
    stopClock(1_000_000);
    keys = createKeys();
    jest.spyOn(Math, 'random').mockReturnValue(1);
    answer = undefined;
    for (let count = 0; count < 3; count++) await keys.onModuleInit();
    // Two seconds after the third failure.
    await expect(keys.awaitKey()).rejects.toMatchObject({
      reason: 'keys_unavailable',
      retryAfterSeconds: 2,
    });
    jest.setSystemTime(1_010_000);
    await expect(keys.awaitKey()).rejects.toMatchObject({ retryAfterSeconds: 1 });
  });

  it('gets the current key at once, even during another fetch', async () => {
    keys = createKeys(options, { fetchVerifierKey: () => new Promise(() => {}) });
    keys.current = createPublicKey(pem);
    keys.refetchFor(Date.now() / 1000).catch(() => undefined);
    const next = new Promise((resolve) => setImmediate(resolve, 'nothing'));
    expect(await Promise.race([keys.awaitKey(), next])).toBe(keys.current);
  });

  it('gets the key of a fetch in progress', async () => {
    keys = createKeys();
    const fetching = keys.onModuleInit();
    expect((await keys.awaitKey()).equals(createPublicKey(pem))).toBe(true);
    await fetching;
  });
});

describe('A token that the key does not verify', () => {
  const tolerance = options.clockToleranceSeconds;
  const start = 1_800_000_000;
  let clock: jest.SpyInstance;

  beforeEach(async () => {
    stopClock(start * 1_000 + 500);
    clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    await keys.onModuleInit();
    fetches = 0;
  });

  it.each<[string, number, number]>([
    ['in the second of the last fetch', 0, 1],
    ['in that second by a clock that is behind by the leeway', -tolerance, 1],
    ['before', -tolerance - 1, 0],
  ])('causes a fetch if it may have been issued since the last: %s', async (_when, at, count) => {
    await keys.refetchFor(start + at);
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
      await keys.refetchFor(start + at);
      expect(fetches).toBe(count);
    },
  );

  it('causes a fetch whenever it was issued, if the clock was set back since', async () => {
    answer = otherPem;
    await keys.onModuleInit();
    jest.setSystemTime(1_700_000_000_000);
    await keys.refetchFor(1_600_000_000);
    expect(fetches).toBe(2);
    clock.mockReturnValue(10_000);
    jest.setSystemTime(1_700_000_100_000);
    await keys.refetchFor(1_700_000_100);
    expect(fetches).toBe(3);
  });

  it('causes one fetch every 10 s, and waits for the next if another token caused the last', async () => {
    await keys.refetchFor(start);
    await expect(keys.refetchFor(start)).rejects.toEqual(rejectedFor(10));
    clock.mockReturnValue(9_999);
    await expect(keys.refetchFor(start)).rejects.toEqual(rejectedFor(1));
    expect(fetches).toBe(1);
    clock.mockReturnValue(10_000);
    await keys.refetchFor(start);
    expect(fetches).toBe(2);
  });

  it('causes no fetch before the time that PropelAuth has asked for', async () => {
    answer = undefined;
    retryAfter = 60;
    await expect(keys.refetchFor(start)).rejects.toEqual(rejectedFor(60));
    clock.mockReturnValue(30_000);
    await expect(keys.refetchFor(start)).rejects.toEqual(rejectedFor(30));
    expect(fetches).toBe(1);
  });

  it.each([
    [pem, [rejectedFor(10), rejectedFor(10)]],
    [otherPem, [undefined, undefined]],
  ])('shares a fetch in progress, which decides only if it brings another key', async (...row) => {
    const [brought, outcomes] = row;
    answer = brought;
    const all = [1, 2, 3].map(() => keys.refetchFor(start).catch((error: unknown) => error));
    expect(await Promise.all(all)).toEqual([undefined, ...outcomes]);
    expect(fetches).toBe(1);
  });

  it('waits for a fetch for 2 s at most', async () => {
    clock.mockRestore();
    useFakeTimers();
    keys = createKeys(options, { fetchVerifierKey: () => new Promise(() => {}) });
    keys.current = createPublicKey(pem);
    const waiting = keys.refetchFor(start).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await waiting).toEqual(rejectedFor(8));
    await expect(keys.refetchFor(start)).rejects.toEqual(rejectedFor(8));
  });

  it('is not rejected for good when the fetch fails', async () => {
    answer = undefined;
    await expect(keys.refetchFor(start)).rejects.toEqual(rejectedFor(10));
    expect(keys.current?.equals(createPublicKey(pem))).toBe(true);
  });

  it('causes no fetch after the application has closed, and is not rejected for good', async () => {
    keys.onModuleDestroy();
    await expect(keys.refetchFor(start)).rejects.toEqual(rejectedFor(1));
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
    keys = createKeys(options, { fetchVerifierKey: () => Promise.reject(error) });
    await expect(keys.onModuleInit()).rejects.toThrow('authUrl');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is refreshed on schedule, and not after the application has closed', async () => {
    useFakeTimers();
    keys = createKeys();
    await keys.onModuleInit();
    fetches = 0;
    await jest.advanceTimersByTimeAsync(4.5 * 3_600_000);
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
    expect(timers.mock.calls.at(-1)?.[1]).toBe(hours * 3_600_000);
  });
});

describe('The age of the verification key', () => {
  it('is the time since it was requested from PropelAuth, and never negative', async () => {
    stopClock(1_800_000_000_000);
    keys = createKeys();
    expect(keys.ageSeconds).toBeUndefined();
    await keys.onModuleInit();
    expect(keys.ageSeconds).toBe(0);
    jest.setSystemTime(1_800_000_090_500);
    expect(keys.ageSeconds).toBe(90.5);
    jest.setSystemTime(1_700_000_000_000);
    expect(keys.ageSeconds).toBe(0);
  });

  it('is unknown for a configured key', () => {
    expect(createKeys(manualOptions).ageSeconds).toBeUndefined();
  });
});

describe('A configured key', () => {
  it('is used at once, and no key is ever fetched', async () => {
    keys = createKeys(manualOptions);
    expect(keys.current?.equals(createPublicKey(otherPem))).toBe(true);
    await keys.onModuleInit();
    await keys.refetchFor(Date.now() / 1000);
    expect(fetches).toBe(0);
  });
});

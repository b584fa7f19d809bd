import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { registerCleanup } from '../../../test/support/clean-up.js';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import type { BackendClient } from '../../backend/backend-client.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { unavailable } from '../../refusals/refusal.js';
import { VerificationKeys } from './verification-keys.js';

const [pem, otherPem] = [generateRsaKeyPair().publicKeyPem, generateRsaKeyPair().publicKeyPem];
const log = new RecordingLogger();
const options = new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY });
let answer: string | undefined;
let keys: VerificationKeys;

beforeEach(async () => {
  Logger.overrideLogger(log);
  log.lines.length = 0;
  // Also before the first fetch: how often the key may be fetched goes by this clock from the start.
  jest.spyOn(performance, 'now').mockReturnValue(0);
  answer = pem;
  const fetchVerifierKey = async () => {
    if (answer === undefined) throw unavailable('PropelAuth cannot be reached');
    return answer;
  };
  keys = new VerificationKeys(options, { fetchVerifierKey } as BackendClient);
  registerCleanup(() => keys.onModuleDestroy());
  await fetchAt(0, pem, () => keys.onModuleInit());
});

/** Has the key fetched, as a token does that it does not verify. */
async function fetchAt(
  second: number,
  answered: string | undefined,
  fetch = () => keys.refetchFor(Date.now() / 1000),
): Promise<void> {
  jest.spyOn(performance, 'now').mockReturnValue(second * 1_000);
  answer = answered;
  await fetch();
}

describe('A verification key that cannot be fetched', () => {
  it('is one warning, and one line when it can', async () => {
    for (const second of [1, 100, 3_600]) await fetchAt(second, undefined);
    expect(log.of('warn')).toEqual([expect.stringContaining('that is held stays in use')]);
    await fetchAt(3_700, pem);
    expect(log.of('log')).toEqual([
      expect.stringContaining('hands out the verification key again'),
    ]);
  });

  it('within a minute of another such time is logged when that minute is over', async () => {
    await fetchAt(1, undefined);
    await fetchAt(20, pem);
    await fetchAt(40, undefined);
    expect(log.of('warn')).toHaveLength(1);
    for (const second of [61, 100, 3_600]) await fetchAt(second, undefined);
    expect(log.of('warn')).toHaveLength(2);
    await fetchAt(3_700, pem);
    expect(log.of('log')).toHaveLength(2);
  });

  it('for less than a minute, unlogged, has no line for its end', async () => {
    await fetchAt(1, undefined);
    await fetchAt(20, pem);
    await fetchAt(40, undefined);
    await fetchAt(50, pem);
    expect([log.of('warn').length, log.of('log').length]).toEqual([1, 1]);
  });

  it('and has changed meanwhile is two lines', async () => {
    await fetchAt(1, undefined);
    await fetchAt(20, otherPem);
    expect(log.of('log')).toEqual([
      expect.stringContaining('hands out the verification key again'),
      expect.stringContaining('has changed'),
    ]);
  });
});

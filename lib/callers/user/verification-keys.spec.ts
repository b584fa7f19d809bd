import { Logger } from '@nestjs/common';
import { registerCleanup } from '../../../test/support/clean-up.js';
import { stopClock } from '../../../test/support/fake-timers.js';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import type { BackendClient } from '../../propelauth/backend/backend-client.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { unavailable } from '../../rejections/rejection.js';
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
  keys = createKeys();
  await fetchAt(0, pem, () => keys.onModuleInit());
});

async function fetchVerifierKey(): Promise<string> {
  if (answer === undefined) throw unavailable('PropelAuth cannot be reached');
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

/** Has the key fetched, as a token does that it does not verify. */
async function fetchAt(
  second: number,
  answered: string | undefined,
  fetch = () => keys.refetchFor(Date.now() / 1000).catch(() => undefined),
): Promise<void> {
  jest.spyOn(performance, 'now').mockReturnValue(second * 1_000);
  answer = answered;
  await fetch();
}

describe('A verification key that cannot be fetched', () => {
  it('logs one warning, and one line when it is available again', async () => {
    for (const second of [1, 100, 3_600]) await fetchAt(second, undefined);
    expect(log.of('warn')).toEqual([expect.stringContaining('verification key stays in use')]);
    await fetchAt(3_700, pem);
    expect(log.of('log')).toEqual([expect.stringContaining('returns the verification key again')]);
  });

  it('within a minute of an earlier failure is logged when that minute is over', async () => {
    await fetchAt(1, undefined);
    await fetchAt(20, pem);
    await fetchAt(40, undefined);
    expect(log.of('warn')).toHaveLength(1);
    for (const second of [61, 100, 3_600]) await fetchAt(second, undefined);
    expect(log.of('warn')).toHaveLength(2);
    await fetchAt(3_700, pem);
    expect(log.of('log')).toHaveLength(2);
  });

  it('for less than a minute, without a warning, logs no end either', async () => {
    await fetchAt(1, undefined);
    await fetchAt(20, pem);
    await fetchAt(40, undefined);
    await fetchAt(50, pem);
    expect([log.of('warn').length, log.of('log').length]).toEqual([1, 1]);
  });

  it('and has changed in the meantime logs two lines', async () => {
    await fetchAt(1, undefined);
    await fetchAt(20, otherPem);
    expect(log.of('log')).toEqual([
      expect.stringContaining('returns the verification key again'),
      'The verification key has changed. PropelAuth',
    ]);
  });
});

describe('A problem with the verification key', () => {
  it('is reported from the first failure until the next success, with its start', async () => {
    expect(keys.failure()).toBeUndefined();
    stopClock(1_000_000);
    await fetchAt(1, undefined);
    jest.setSystemTime(2_000_000);
    await fetchAt(100, undefined);
    const message = 'PropelAuth cannot be reached';
    expect(keys.failure()).toEqual({ message, since: new Date(1_000_000) });
    await fetchAt(200, pem);
    expect(keys.failure()).toBeUndefined();
  });

  it.each([
    [AUTH_URL, 'Retrying.'],
    ['http://localhost:4000', 'Start the emulator: npx propelauth-emulator.'],
  ])(
    'of %s logs one warning at startup, with what requests get until there is a key',
    async (authUrl, advice) => {
      keys = createKeys(undefined, new ResolvedOptions({ authUrl, apiKey: API_KEY }));
      await fetchAt(0, undefined, () => keys.onModuleInit());
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
    await fetchAt(0, unusable, () => keys.onModuleInit());
    expect(keys.failure()?.message).toBe(
      `PropelAuth returned an unusable verification key: ${why}`,
    );
    expect(keys.current).toBeUndefined();
  });

  it('is not reported for other errors', async () => {
    keys = createKeys({ fetchVerifierKey: () => Promise.reject('a secret') });
    await keys.onModuleInit();
    expect(keys.failure()?.message).toBe('The verification key cannot be fetched from PropelAuth');
  });

  it('fails startup for a configured key, and names the option and the fix', () => {
    const verifierKey = '-----BEGIN CERTIFICATE-----';
    const manual = new ResolvedOptions({
      authUrl: AUTH_URL,
      apiKey: API_KEY,
      manualTokenVerificationMetadata: { issuer: AUTH_URL, verifierKey },
    });
    expect(() => new VerificationKeys(manual, {} as BackendClient)).toThrow(
      new PropelAuthConfigurationError(
        'manualTokenVerificationMetadata.verifierKey is not usable: it does not start with -----BEGIN PUBLIC KEY-----. ' +
          'Copy the public key from the Backend Integration page of your PropelAuth dashboard.',
      ),
    );
  });
});

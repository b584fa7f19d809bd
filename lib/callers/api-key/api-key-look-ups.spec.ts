import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { OrgMemberInfo } from '@propelauth/node-apis';
import { Keyv } from 'keyv';
import {
  API_KEY_OF_ALICE,
  orgKeyOfMember,
  personalKey,
  rateLimitedKey,
  unknownKey,
} from '../../../test/callers/api-key/api-keys.js';
import { fake } from '../../../test/support/fake.js';
import { onlyFakeTimeouts, stopClock, until } from '../../../test/support/fake-timers.js';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { PropelAuthServer } from '../../../test/support/propelauth-server.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import { BackendClient } from '../../propelauth/backend/backend-client.js';
import type { CurrentAccess } from '../../plugins/current-access.js';
import type { ApiKeysOptions } from '../../options/api-keys-options.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { ApiKeyLookUps } from './api-key-look-ups.js';
import { DerivedSecret } from '../../values/derived-secret.js';
import { apiKeySecrets } from './api-key-secrets.js';
import { Rejection } from '../../rejections/rejection.js';

const NOW = Date.UTC(2026, 0, 1);
const OTHER_KEY = 'f'.repeat(64);

const log = new RecordingLogger();
let propelAuth: PropelAuthServer;

beforeAll(async () => {
  Logger.overrideLogger(log);
  propelAuth = await PropelAuthServer.start();
});

beforeEach(() => {
  log.lines.length = 0;
  propelAuth.requests.length = 0;
  propelAuth.answers({ status: 200, body: personalKey });
});

/** As one process of a service has it. */
function apiKeyLookUpsWith(
  apiKeys: ApiKeysOptions = {},
  { authUrl = AUTH_URL, apiKey = API_KEY } = {},
  access?: CurrentAccess,
): ApiKeyLookUps {
  const options = new ResolvedOptions({ authUrl, apiKey, apiKeys });
  return new ApiKeyLookUps(options, new BackendClient(options), { access });
}

const lookUpsWith = (...options: Parameters<typeof apiKeyLookUpsWith>) =>
  apiKeyLookUpsWith(...options).lookUps;

function failureOf(call: Promise<unknown>): Promise<Error> {
  return call.then(
    (result) => new Error(`There was no failure, but ${inspect(result)}`),
    (error: unknown) => error as Error,
  );
}

function broken(): never {
  throw Object.assign(new Error(`SECRET redis://:password@localhost ${API_KEY_OF_ALICE}`), {
    code: 'EBROKEN',
  });
}

describe('ApiKeyLookUps', () => {
  it.each<[string, unknown]>([
    ['nothing', ''],
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an array', [API_KEY_OF_ALICE]],
    ['an object', { toString: () => API_KEY_OF_ALICE }],
    ['a space within', `${API_KEY_OF_ALICE} x`],
    ['a scheme in front', `Bearer ${API_KEY_OF_ALICE}`],
    ['a trailing line break', `${API_KEY_OF_ALICE}\n`],
    ['a null byte', `${API_KEY_OF_ALICE}\0`],
    ['a letter that is not ASCII', `${API_KEY_OF_ALICE}é`],
    ['a string that is too long', 'a'.repeat(1_025)],
    ['a value with the three parts of an access token', 'a.b.c'],
  ])('rejects %s without a request', async (_what, key) => {
    const failure = await failureOf(lookUpsWith().find(key as string));
    expect(failure).toMatchObject({ reason: 'api_key_unknown' });
    expect(propelAuth.requests).toHaveLength(0);
  });

  it('sends a request for a key of the maximum length', async () => {
    await lookUpsWith().find('~'.repeat(1_024));
    expect(propelAuth.requests).toHaveLength(1);
  });

  it.each([
    [undefined, 0],
    [60, 60_000],
  ])('caches a valid key, with cacheSeconds %s, for %d ms', async (cacheSeconds, milliseconds) => {
    stopClock(NOW);
    const lookUps = lookUpsWith({ cacheSeconds });
    await lookUps.find(API_KEY_OF_ALICE);
    jest.setSystemTime(NOW + milliseconds - 1);
    expect(lookUps.recall(API_KEY_OF_ALICE) !== undefined).toBe(milliseconds > 0);
    jest.setSystemTime(NOW + milliseconds);
    expect(lookUps.recall(API_KEY_OF_ALICE)).toBeUndefined();
  });

  it('never confuses two keys', async () => {
    const lookUps = lookUpsWith({ cacheSeconds: 60 });
    await lookUps.find(API_KEY_OF_ALICE);
    propelAuth.answers(unknownKey);
    for (const other of [OTHER_KEY, API_KEY_OF_ALICE.slice(1), API_KEY_OF_ALICE.toUpperCase()]) {
      expect(await failureOf(lookUps.find(other))).toMatchObject({ reason: 'api_key_unknown' });
    }
  });

  it('accepts a key with metadata nested too deeply to serialize, and does not cache it', async () => {
    const depth = 100_000;
    const body = `{"metadata":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    propelAuth.answers({ status: 200, body });
    const lookUps = lookUpsWith({ cacheSeconds: 60, store: new Map() });
    for (let times = 0; times < 2; times++) {
      expect(Object.keys(await lookUps.find(API_KEY_OF_ALICE))).toEqual(['metadata', 'kind']);
    }
    expect(propelAuth.requests).toHaveLength(2);
  });

  it('rejects a key temporarily while the access of its owner keeps changing', async () => {
    propelAuth.answers({ status: 200, body: orgKeyOfMember });
    const { user, org } = await lookUpsWith().find(API_KEY_OF_ALICE);
    const hasChangedSince = jest.fn(() => true);
    const access = fake<CurrentAccess>({ now: 42, hasChangedSince });
    await expect(lookUpsWith({}, {}, access).find(API_KEY_OF_ALICE)).rejects.toThrow(
      "The access of an API key's owner changes faster than PropelAuth responds",
    );
    expect(hasChangedSince).toHaveBeenCalledWith(42, { userId: user?.userId, orgId: org?.orgId });
  });

  it('logs one warning if clients send more keys than PropelAuth validates in time', async () => {
    onlyFakeTimeouts();
    const never = { validateApiKey: () => new Promise<never>(() => {}) };
    const options = new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY });
    const { lookUps } = new ApiKeyLookUps(options, never as unknown as BackendClient, {});
    const calls = Array.from({ length: 53 }, (_, index) => failureOf(lookUps.find(`key-${index}`)));
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await calls[52]).toMatchObject({ reason: 'propelauth_unavailable' });
    expect(log.of('warn')).toEqual([
      expect.stringMatching(
        /^Clients send more API keys .* return 503\. Limit the request rate .* or raise apiKeys\.cacheSeconds/,
      ),
    ]);
    expect(log.text).not.toContain('key-');
  });

  it('prints neither the integration key nor API keys', async () => {
    const { lookUps } = apiKeyLookUpsWith({ cacheSeconds: 60 });
    await lookUps.find(API_KEY_OF_ALICE);
    await lookUps.find(API_KEY_OF_ALICE, undefined, {});
    propelAuth.answers(unknownKey);
    await failureOf(lookUps.find(OTHER_KEY));
    const printed = inspect(lookUps, { depth: null, showHidden: true });
    for (const secret of [API_KEY, API_KEY_OF_ALICE, OTHER_KEY]) {
      expect(printed).not.toContain(secret);
      expect(printed).not.toContain(createHash('sha256').update(secret).digest('base64url'));
    }
  });
});

describe('An entry in the API key store', () => {
  let store: Map<string, string>;

  beforeEach(() => {
    store = new Map();
    stopClock(NOW);
    propelAuth.answers({ status: 200, body: orgKeyOfMember });
  });

  /** The only entry of the store. */
  function entry(): [string, string] {
    expect(store.size).toBe(1);
    return [...store][0] as [string, string];
  }

  /** Authenticates in another process, and tells whether that asked PropelAuth. */
  async function isAskedBy(
    apiKeys: ApiKeysOptions = { cacheSeconds: 60, store },
    project: { authUrl?: string; apiKey?: string } = {},
    key = API_KEY_OF_ALICE,
  ): Promise<boolean> {
    const before = propelAuth.requests.length;
    await lookUpsWith(apiKeys, project).find(key);
    return propelAuth.requests.length > before;
  }

  it.each<[string, () => ApiKeysOptions['store']]>([
    ['a Map', () => store],
    ['a Keyv', () => new Keyv({ store })],
    ['a Keyv with a namespace', () => new Keyv({ store, namespace: 'api' })],
  ])('is shared by all processes: %s', async (_what, open) => {
    const first = await lookUpsWith({ cacheSeconds: 60, store: open() }).find(API_KEY_OF_ALICE);
    const second = await lookUpsWith({ cacheSeconds: 60, store: open() }).find(API_KEY_OF_ALICE);
    expect(propelAuth.requests).toHaveLength(1);
    expect(second).toStrictEqual(first);
    expect(second.userInOrg).toBeInstanceOf(OrgMemberInfo);
    expect(second.userInOrg?.isAtLeastRole('Member')).toBe(true);
    expect(Object.isFrozen(second.userInOrg?.userPermissions)).toBe(true);
  });

  it('contains neither the key nor a secret', async () => {
    await isAskedBy();
    const [place, stored] = entry();
    for (const secret of [API_KEY, API_KEY_OF_ALICE]) {
      for (const text of [secret, createHash('sha256').update(secret).digest('base64url')]) {
        expect(place).not.toContain(text);
        expect(stored).not.toContain(text);
      }
    }
  });

  it('has a name that starts with the package and the kind of credential', async () => {
    await isAskedBy();
    const secrets = apiKeySecrets(new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY }));
    expect(entry()[0]).toBe(
      `nestjs-propelauth:api-key:${secrets.cacheKey.macOf(API_KEY_OF_ALICE)}`,
    );
  });

  it('is read once per process, which then caches it', async () => {
    await isAskedBy();
    const get = jest.spyOn(store, 'get');
    const lookUps = lookUpsWith({ cacheSeconds: 60, store });
    await lookUps.find(API_KEY_OF_ALICE);
    await lookUps.find(API_KEY_OF_ALICE);
    expect(get).toHaveBeenCalledTimes(1);
  });

  it('is written with an expiry of cacheSeconds', async () => {
    const set = jest.spyOn(store, 'set') as jest.SpiedFunction<(...parts: unknown[]) => unknown>;
    await isAskedBy();
    expect(set.mock.calls[0]?.[2]).toBe(60_000);
  });

  it.each([
    [60, 60, 59_999, false],
    // The store has kept it for too long.
    [60, 60, 60_000, true],
    [300, 60, 59_999, false],
    [300, 60, 250_000, true],
    [300, 300, 250_000, false],
    // Its time is in the future.
    [60, 60, -1, true],
  ])(
    'of a process with cacheSeconds %i is ignored by one with %i after %i ms: %s',
    async (writer, reader, milliseconds, isAsked) => {
      await isAskedBy({ cacheSeconds: writer, store });
      jest.setSystemTime(NOW + milliseconds);
      expect(await isAskedBy({ cacheSeconds: reader, store })).toBe(isAsked);
    },
  );

  it.each([
    [60, 59_999],
    [300, 50_000],
  ])(
    'of a process with cacheSeconds %i, found after %i ms, is cached until 60 s are over',
    async (writer, milliseconds) => {
      await isAskedBy({ cacheSeconds: writer, store });
      const lookUps = lookUpsWith({ cacheSeconds: 60, store });
      for (const [time, requests] of [
        [milliseconds, 1],
        [60_000, 2],
      ] as const) {
        jest.setSystemTime(NOW + time);
        await lookUps.find(API_KEY_OF_ALICE);
        expect(propelAuth.requests).toHaveLength(requests);
      }
    },
  );

  it.each([
    ['auth URL', { authUrl: 'https://auth.staging.example.com' }],
    ['integration key', { apiKey: `${API_KEY}-staging` }],
  ])('is ignored by a process with another %s', async (_what, project) => {
    await isAskedBy();
    const [place, stored] = entry();
    expect(await isAskedBy(undefined, project)).toBe(true);
    expect(store.size).toBe(2);
    // Nor when somebody puts it where that process looks.
    const otherPlace = [...store.keys()].find((name) => name !== place) as string;
    store.set(otherPlace, stored);
    expect(await isAskedBy(undefined, project)).toBe(true);
  });

  it('of more than a megabyte is ignored', async () => {
    await isAskedBy();
    const [place, stored] = entry();
    store.set(place, stored.padEnd(1_048_577));
    const isSealed = jest.spyOn(DerivedSecret.prototype, 'isMacOf');
    expect(await isAskedBy()).toBe(true);
    expect(isSealed.mock.calls.length).toBe(0);
    store.set(place, stored.padEnd(1_048_576));
    expect(await isAskedBy()).toBe(true);
    expect(isSealed.mock.calls.length).toBe(1);
  });

  it('for one key is not used for another', async () => {
    await isAskedBy();
    const [place, stored] = entry();
    await isAskedBy(undefined, undefined, OTHER_KEY);
    const otherPlace = [...store.keys()].find((name) => name !== place) as string;
    store.set(otherPlace, stored);
    expect(await isAskedBy(undefined, undefined, OTHER_KEY)).toBe(true);
  });

  it.each<[string, (stored: string) => unknown]>([
    ['with another role', (stored) => stored.replace('"Admin"', '"Owner"')],
    ['with a later time', (stored) => stored.replace(/^\d+/, `${NOW + 1}`)],
    ['with the same time written differently', (stored) => `0${stored}`],
    [
      'with a changed seal',
      (stored) => stored.replace(/\.(.)/, (_, first) => (first === 'A' ? '.B' : '.A')),
    ],
    ['without a seal', (stored) => stored.replace(/\.[\w-]+\./, '.')],
    ['with an empty seal', (stored) => stored.replace(/\.[\w-]+\./, '..')],
    ['with something before it', (stored) => ` ${stored}`],
    ['with something after it', (stored) => `${stored} `],
    ['cut off', (stored) => stored.slice(0, -1)],
    ['that is only JSON', (stored) => stored.slice(stored.indexOf('{'))],
    ['that is empty', () => ''],
    ['that is null', () => null],
    ['that is a number', () => 7],
    ['that is an object', () => orgKeyOfMember],
    ['that is an array', (stored) => [stored]],
  ])('is ignored: %s', async (_what, change) => {
    await isAskedBy();
    const [place, stored] = entry();
    expect(await isAskedBy()).toBe(false);
    store.set(place, change(stored) as string);
    expect(await isAskedBy()).toBe(true);
  });

  it('is not written if the response took longer than cacheSeconds', async () => {
    propelAuth.answers((_request, response) => {
      jest.setSystemTime(NOW + 60_000);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(personalKey));
    });
    expect(await isAskedBy()).toBe(true);
    expect(store.size).toBe(0);
  });

  it('exists only for valid keys', async () => {
    const lookUps = lookUpsWith({ cacheSeconds: 60, store });
    for (const answer of [unknownKey, rateLimitedKey, { status: 500 }]) {
      propelAuth.answers(answer);
      await failureOf(lookUps.find(`key-${answer.status}`));
    }
    expect(store.size).toBe(0);
  });
});

describe('An API key store', () => {
  it.each<[string, ApiKeysOptions['store']]>([
    ['that throws', { get: broken, set: broken }],
    ['that rejects', { get: async () => broken(), set: async () => broken() }],
    ['that fails on read', { get: broken, set: () => true }],
    ['that fails on write', { get: () => undefined, set: async () => broken() }],
  ])('%s logs one warning, and PropelAuth validates the keys', async (_what, store) => {
    const lookUps = lookUpsWith({ cacheSeconds: 60, store });
    for (const key of ['key-1', 'key-2', 'key-3']) {
      await expect(lookUps.find(key)).resolves.toHaveProperty('user');
    }
    await until(() => log.of('warn').length > 0);
    expect(propelAuth.requests).toHaveLength(3);
    expect(log.of('warn')).toEqual([
      expect.stringMatching(
        /apiKeys\.store fails \(EBROKEN\)\. .* PropelAuth validates every API key/,
      ),
    ]);
    expect(log.text).not.toMatch(/SECRET|password/);
    expect(log.text).not.toContain(API_KEY_OF_ALICE);
  });

  it('that fails does not affect keys cached in the process', async () => {
    const lookUps = lookUpsWith({
      cacheSeconds: 60,
      store: { get: broken, set: broken },
    });
    await lookUps.find(API_KEY_OF_ALICE);
    await lookUps.find(API_KEY_OF_ALICE);
    expect(propelAuth.requests).toHaveLength(1);
  });

  it('that hangs delays a call by 500 ms, and is then skipped for a while', async () => {
    onlyFakeTimeouts();
    const hang = jest.fn(() => new Promise<never>(() => {}));
    const lookUps = lookUpsWith({ cacheSeconds: 60, store: { get: hang, set: hang } });
    const asked = lookUps.find(API_KEY_OF_ALICE);
    await jest.advanceTimersByTimeAsync(499);
    expect(propelAuth.requests).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    await expect(asked).resolves.toHaveProperty('user');
    // The validation is not written to it either.
    expect(hang).toHaveBeenCalledTimes(1);
    expect(log.of('warn')).toEqual([expect.stringContaining('(no response in time)')]);
  });

  it.each<[string, [second: number, isBroken: boolean][], number]>([
    ['on and off', [0, 1, 2, 3, 4, 5].map((second) => [second, second % 2 === 0]), 1],
    ['for hours', [60, 120, 3_600, 36_000].map((second) => [second, true]), 1],
    [
      'in the next minute, after it has worked',
      [
        [0, true],
        [61, false],
        [62, true],
      ],
      2,
    ],
  ])('that fails %s is logged as often as the minutes allow', async (_when, course, lines) => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const state = { isBroken: true };
    const attempt = () => (state.isBroken ? broken() : undefined);
    const lookUps = lookUpsWith({ cacheSeconds: 60, store: { get: attempt, set: attempt } });
    for (const [second, isBroken] of course) {
      clock.mockReturnValue(second * 1_000);
      state.isBroken = isBroken;
      await lookUps.find(`key-${second}`);
    }
    expect(log.of('warn')).toHaveLength(lines);
  });

  it('that fails with an invalid error code is logged without the code', async () => {
    const lost = Object.assign(new Error('lost'), { code: 'x\n\u001b[31mFAKE' });
    const store = { get: () => Promise.reject(lost), set: () => true };
    const lookUps = lookUpsWith({ cacheSeconds: 60, store });
    await lookUps.find(API_KEY_OF_ALICE);
    expect(log.of('warn')).toEqual([expect.stringMatching(/^apiKeys\.store fails\. /)]);
    expect(log.text).not.toContain('FAKE');
  });

  it('that emits an error event does not end the process, and is logged once', async () => {
    const store = new Keyv({ store: { get: broken, set: broken, delete: broken, clear: broken } });
    const lookUps = lookUpsWith({ cacheSeconds: 60, store });
    await lookUps.find('key-1');
    store.emit('error', new Error('lost'));
    await lookUps.find('key-2');
    expect(propelAuth.requests).toHaveLength(2);
    expect(log.of('warn')).toHaveLength(1);
  });
});

const paths = () => propelAuth.requests.map(({ path }) => path.split('/').at(-1));

/** PropelAuth, which knows one imported key. */
function answerAboutImported(answer: { status: number; body?: unknown }): void {
  propelAuth.answers((incoming, response) => {
    const { status, body = {} } = incoming.url?.endsWith('/validate_imported')
      ? answer
      : unknownKey;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
}

describe('The key of a caller without an owner', () => {
  it('is the same in all processes of a project, differs between API keys, and does not show them', () => {
    const [one, other] = [apiKeyLookUpsWith(), apiKeyLookUpsWith()];
    const key = one.callerKeyOf(OTHER_KEY);
    expect(other.callerKeyOf(OTHER_KEY)).toBe(key);
    expect(one.callerKeyOf(API_KEY_OF_ALICE)).not.toBe(key);
    expect(key).toMatch(/^[\w-]{43}$/);
  });
});

describe('With imported: true,', () => {
  const imported = true;

  /** What PropelAuth knows of a key at this minute, what comes of it, and what PropelAuth is asked. */
  type Step = [knows: keyof typeof KNOWS, minute: number, outcome: string, ...asked: string[]];

  const KNOWS = {
    imported: () => answerAboutImported({ status: 200, body: personalKey }),
    own: () => propelAuth.answers({ status: 200, body: { ...personalKey, kind: 'imported' } }),
    unknown: () => propelAuth.answers(unknownKey),
    'nothing of imported ones': () => answerAboutImported({ status: 500 }),
    'too many questions': () => answerAboutImported(rateLimitedKey),
    nothing: () => propelAuth.answers({ status: 503 }),
  };
  const UNAVAILABLE = 'propelauth_unavailable';
  const BOTH = ['validate', 'validate_imported'];

  it.each<[string, Step[]]>([
    ['of PropelAuth is asked about once', [['own', 0, 'personal', 'validate']]],
    [
      'that was imported is asked about twice, and for an hour as such first',
      [
        ['imported', 0, 'imported', ...BOTH],
        ['imported', 0, 'imported', 'validate_imported'],
        ['imported', 59, 'imported', 'validate_imported'],
        ['imported', 120, 'imported', ...BOTH],
      ],
    ],
    [
      'that was imported and deleted is rejected',
      [
        ['imported', 0, 'imported', ...BOTH],
        ['unknown', 0, 'api_key_unknown', ...BOTH.toReversed()],
      ],
    ],
    [
      'is rejected no longer than the second question fails',
      [
        ['nothing of imported ones', 0, UNAVAILABLE, ...BOTH],
        ['imported', 0, 'imported', ...BOTH],
      ],
    ],
    [
      'is rejected no longer than the second question is limited',
      [
        ['too many questions', 0, 'api_key_rate_limited', ...BOTH],
        ['imported', 0, 'imported', ...BOTH],
      ],
    ],
    [
      'is not asked about again if the first question fails',
      [['nothing', 0, UNAVAILABLE, 'validate']],
    ],
  ])('a key %s', async (_what, course) => {
    const lookUps = lookUpsWith({ imported });
    for (const [knows, minute, ...expected] of course) {
      stopClock(NOW + minute * 60_000);
      KNOWS[knows]();
      propelAuth.requests.length = 0;
      const outcome = await lookUps.find(OTHER_KEY).then(
        ({ kind }): string => kind,
        (error: Rejection) => error.reason,
      );
      expect([outcome, ...paths()]).toEqual(expected);
    }
  });

  it('an unknown key costs both questions once in 10 s, however many calls bring it', async () => {
    propelAuth.answers(unknownKey);
    const lookUps = lookUpsWith({ imported });
    const ask = () => failureOf(lookUps.find(OTHER_KEY));
    const failures = [...(await Promise.all(Array.from({ length: 20 }, ask))), await ask()];
    for (const failure of failures) expect(failure).toMatchObject({ reason: 'api_key_unknown' });
    expect(paths()).toEqual(['validate', 'validate_imported']);
  });

  it('a second question waits for its turn, behind the first questions of other addresses', async () => {
    const requests: { key: string; answer: () => void }[] = [];
    const ask = (key: string) =>
      new Promise<never>((_resolve, reject) => {
        requests.push({ key, answer: () => reject(new Rejection('api_key_unknown')) });
      });
    const { lookUps } = new ApiKeyLookUps(
      new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY, apiKeys: { imported } }),
      { validateApiKey: ask } as unknown as BackendClient,
      {},
    );
    const calls = Array.from({ length: 50 }, (_, index) =>
      failureOf(lookUps.find(`junk-${index}`, '192.0.2.1')),
    );
    calls.push(failureOf(lookUps.find('waiting', '198.51.100.1')));
    await until(() => requests.length === 50);
    requests.splice(0).forEach(({ answer }) => answer());
    await until(() => requests.length === 50);
    expect(requests.map(({ key }) => key)).toContain('waiting');
    while (requests.length > 0) {
      requests.splice(0).forEach(({ answer }) => answer());
      await new Promise(setImmediate);
    }
    await Promise.all(calls);
  });

  it('a stored key is imported for services that accept such keys, and unknown to others', async () => {
    const store = new Map();
    answerAboutImported({ status: 200, body: personalKey });
    const options = { cacheSeconds: 60, store };
    await lookUpsWith({ ...options, imported }).find(OTHER_KEY);
    const other = lookUpsWith({ ...options, imported });
    expect(await other.find(OTHER_KEY)).toHaveProperty('kind', 'imported');
    expect(propelAuth.requests).toHaveLength(2);
    const strict = lookUpsWith(options);
    const failure = await failureOf(strict.find(OTHER_KEY));
    expect(failure).toMatchObject({ reason: 'api_key_unknown' });
    expect(strict.recall(OTHER_KEY)).toBeUndefined();
  });
});

import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { activeToken, MCP_TOKEN } from '../../../test/support/introspection.js';
import { onlyFakeTimeouts, stopClock, until } from '../../../test/support/fake-timers.js';
import { ACME_ID, API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import { McpServerOptions } from '../mcp-options.js';
import type { IntrospectionClient } from './introspection-client.js';
import { readIntrospection } from './introspection.js';
import { LiveAccess } from '../../live-access/live-access.js';
import { LIMITS } from '../../live-access/limits.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { Rejection } from '../../rejections/rejection.js';
import { DerivedSecret } from '../../values/derived-secret.js';
import { apiKeySecrets } from '../../callers/api-key/api-key-secrets.js';
import { McpTokenAuthenticator } from './mcp-token-authenticator.js';
import { mcp, RESOURCE } from '../../../test/support/mcp-options.js';

const NOW = Date.UTC(2026, 0, 1);
const OTHER_TOKEN = `${MCP_TOKEN}-2`;
const IN_SECONDS = NOW / 1000;

const log = new RecordingLogger();

/** PropelAuth's side: the tokens that it was asked about, and what it answers. */
const asked: string[] = [];
let answer: (token: string) => Promise<unknown>;

const introspection = {
  introspect: async (token: string) => {
    asked.push(token);
    return readIntrospection(await answer(token));
  },
} as unknown as IntrospectionClient;

beforeAll(() => Logger.overrideLogger(log));

beforeEach(() => {
  log.lines.length = 0;
  asked.length = 0;
  answers(activeToken());
});

function answers(body: unknown): void {
  answer = async () => body;
}

/** Keeps PropelAuth from answering; returns what lets it. */
function holdAnswers(body: unknown = activeToken()) {
  const held: (() => void)[] = [];
  answer = () => new Promise((resolve) => held.push(() => resolve(body)));
  return held;
}

function optionsWith(project: object = {}): ResolvedOptions {
  return new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY, ...project });
}

function authenticatorWith(changes: object = {}, project: object = {}, access?: LiveAccess) {
  const options = new McpServerOptions({ ...mcp, ...changes });
  return new McpTokenAuthenticator(optionsWith(project), introspection, options, { access });
}

function failureOf(call: Promise<unknown>): Promise<Error> {
  return call.then(
    (result) => new Error(`There was no failure, but ${inspect(result)}`),
    (error: unknown) => error as Error,
  );
}

/** Why a call is rejected. */
async function reasonOf(call: Promise<unknown>): Promise<string | undefined> {
  return ((await failureOf(call)) as Rejection).reason;
}

describe('McpTokenAuthenticator', () => {
  it('returns what PropelAuth returns about the token, deeply frozen', async () => {
    const introspected = await authenticatorWith().authenticate(MCP_TOKEN);
    expect(introspected).toEqual({
      token: {
        userId: 'user-alice',
        clientId: 'client-of-alice',
        scopes: ['read:reports'],
        orgId: ACME_ID,
        expiresAt: 4_080_000_000,
      },
      issuedAt: 1_750_000_000,
    });
    for (const part of [introspected, introspected.token, introspected.token.scopes]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['an array', [MCP_TOKEN]],
    ['an object', { toString: () => MCP_TOKEN }],
    ['a space within', `${MCP_TOKEN} x`],
    ['a scheme in front', `Bearer ${MCP_TOKEN}`],
    ['a trailing line break', `${MCP_TOKEN}\n`],
    ['a null byte', `${MCP_TOKEN}\0`],
    ['a letter that is not ASCII', `${MCP_TOKEN}é`],
    ['a comma', `${MCP_TOKEN},${MCP_TOKEN}`],
    ['a quotation mark', `"${MCP_TOKEN}"`],
    ['an ampersand', `${MCP_TOKEN}&token=${OTHER_TOKEN}`],
    ['padding within', 'a=b'],
    ['only padding', '=='],
    ['a string that is too long', 'a'.repeat(4_097)],
    ['the three parts of the access token of a user', 'a.b.c'],
  ])('rejects %s without a request', async (_what, token) => {
    const authenticator = authenticatorWith();
    for (const call of [
      authenticator.authenticate(token as string),
      authenticator.authenticate(token as string, undefined, {}),
    ]) {
      expect(await reasonOf(call)).toBe('mcp_token_invalid');
    }
    expect(authenticator.recall(token as string)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it.each([
    ['with every allowed character', 'aZ09-._~+/=='],
    ['with two parts', 'a.b'],
    ['of the maximum length', 'a'.repeat(4_096)],
  ])('sends a request for a token %s', async (_what, token) => {
    await authenticatorWith().authenticate(token);
    expect(asked).toEqual([token]);
  });

  it('never confuses a token with a similar one in the cache', async () => {
    const authenticator = authenticatorWith();
    await authenticator.authenticate(MCP_TOKEN);
    answers({ active: false });
    for (const sibling of [
      OTHER_TOKEN,
      MCP_TOKEN.slice(1),
      MCP_TOKEN.slice(0, -1),
      MCP_TOKEN.toUpperCase(),
      `${MCP_TOKEN}=`,
    ]) {
      expect(authenticator.recall(sibling)).toBeUndefined();
      expect(await reasonOf(authenticator.authenticate(sibling))).toBe('mcp_token_invalid');
    }
    expect(authenticator.recall(MCP_TOKEN)).toHaveProperty('token');
  });

  it('prints neither tokens nor secrets', async () => {
    const authenticator = authenticatorWith();
    await authenticator.authenticate(MCP_TOKEN);
    await authenticator.authenticate(MCP_TOKEN, undefined, {});
    answers({ active: false });
    await failureOf(authenticator.authenticate(OTHER_TOKEN));
    const printed = inspect(authenticator, { depth: null, showHidden: true, getters: true });
    for (const secret of [API_KEY, MCP_TOKEN, OTHER_TOKEN, mcp.introspection.clientSecret]) {
      expect(printed).not.toContain(secret);
      expect(printed).not.toContain(createHash('sha256').update(secret).digest('base64url'));
    }
  });
});

describe('The cache key of an MCP token', () => {
  it('differs between projects, and from that of an API key', async () => {
    const macOf = jest.spyOn(DerivedSecret.prototype, 'macOf');
    for (const project of [
      {},
      { authUrl: 'https://auth.staging.example.com' },
      { apiKey: `${API_KEY}-staging` },
    ]) {
      await authenticatorWith({}, project).authenticate(MCP_TOKEN);
    }
    apiKeySecrets(optionsWith()).cacheKey.macOf(MCP_TOKEN);
    const keys = macOf.mock.results.map(({ value }) => value as string);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(4);
  });
});

describe('A valid MCP token', () => {
  beforeEach(() => stopClock(NOW));

  it.each([
    [undefined, 30],
    [60, 60],
    [1, 1],
    [0, 0],
  ])('is cached, with cacheSeconds %s, for %d s', async (cacheSeconds, seconds) => {
    const authenticator = authenticatorWith({ cacheSeconds });
    await authenticator.authenticate(MCP_TOKEN);
    jest.setSystemTime(NOW + seconds * 1000 - 1);
    expect(authenticator.recall(MCP_TOKEN) !== undefined).toBe(seconds > 0);
    expect(authenticator.counts !== undefined).toBe(seconds > 0);
    jest.setSystemTime(NOW + seconds * 1000);
    expect(authenticator.recall(MCP_TOKEN)).toBeUndefined();
  });

  it('is not used from the cache past its exp', async () => {
    answers(activeToken({ exp: IN_SECONDS + 10 }));
    const authenticator = authenticatorWith();
    await authenticator.authenticate(MCP_TOKEN);
    jest.setSystemTime(NOW + 9_999);
    expect(authenticator.recall(MCP_TOKEN)).toHaveProperty('token');
    jest.setSystemTime(NOW + 10_000);
    expect(authenticator.recall(MCP_TOKEN)).toBeUndefined();
    answers({ active: false });
    expect(await reasonOf(authenticator.authenticate(MCP_TOKEN))).toBe('mcp_token_invalid');
    expect(asked).toHaveLength(2);
  });

  it.each([0, 60])(
    'is accepted for clockToleranceSeconds after its exp, if PropelAuth still calls it active: %d',
    async (clockToleranceSeconds) => {
      const authenticator = authenticatorWith({}, { clockToleranceSeconds });
      answers(activeToken({ exp: IN_SECONDS - clockToleranceSeconds + 0.001 }));
      await expect(authenticator.authenticate(MCP_TOKEN)).resolves.toHaveProperty('token');
      answers(activeToken({ exp: IN_SECONDS - clockToleranceSeconds }));
      expect(await reasonOf(authenticator.authenticate(OTHER_TOKEN))).toBe('mcp_token_invalid');
    },
  );

  it('is rejected if it expires while PropelAuth responds, or during a long request', async () => {
    const project = { clockToleranceSeconds: 0 };
    const authenticator = authenticatorWith({}, project);
    const request = {};
    answers(activeToken({ exp: IN_SECONDS + 10 }));
    await authenticator.authenticate(MCP_TOKEN, undefined, request);
    const held = holdAnswers(activeToken({ exp: IN_SECONDS + 10 }));
    const call = failureOf(authenticator.authenticate(OTHER_TOKEN));
    await until(() => held.length === 1);
    jest.setSystemTime(NOW + 10_000);
    held[0]?.();
    expect(await call).toMatchObject({ reason: 'mcp_token_invalid' });
    expect(await reasonOf(authenticator.authenticate(MCP_TOKEN, undefined, request))).toBe(
      'mcp_token_invalid',
    );
  });
});

describe('The audience of an MCP token', () => {
  const OTHER = 'https://other.example.com/mcp';

  it('is the configured resource, with or without a slash, and nothing is logged', async () => {
    for (const resource of [RESOURCE, `${RESOURCE}/`]) {
      await expect(authenticatorWith({ resource }).authenticate(MCP_TOKEN)).resolves.toBeDefined();
    }
    expect(log.lines).toEqual([]);
  });

  it('is rejected and logged as an error otherwise', async () => {
    answers(activeToken({ aud: OTHER }));
    const failure = await failureOf(authenticatorWith().authenticate(MCP_TOKEN));
    expect(failure).toMatchObject({ reason: 'mcp_audience_mismatch' });
    expect(log.of('error')).toEqual([expect.stringContaining(OTHER)]);
  });

  it('is logged with limited length and escaped control characters', async () => {
    const authenticator = authenticatorWith();
    for (const aud of [
      `${OTHER}\n[Nest] 1 - LOG forged`,
      `${OTHER}\r\nX-Forged: 1`,
      `\u001b[31m${OTHER}\u2028\u202e`,
      Array.from({ length: 5_000 }, () => OTHER),
      'x'.repeat(60_000),
    ]) {
      answers(activeToken({ aud }));
      await failureOf(authenticator.authenticate(`token-${asked.length}`));
    }
    expect(log.of('error')).toHaveLength(5);
    for (const line of log.of('error')) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(line.length).toBeLessThan(1_000);
    }
  });

  it('is logged once a minute for one resource, and at most 100 times for many', async () => {
    const authenticator = authenticatorWith();
    for (let index = 0; index < 300; index++) {
      const aud = index < 100 ? OTHER : `${OTHER}/${index}`;
      answers(activeToken({ aud }));
      await failureOf(authenticator.authenticate(`token-${index}`));
    }
    expect(log.of('error')).toHaveLength(100);
    expect(log.text).not.toContain('token-');
  });
});

describe('More MCP tokens than PropelAuth introspects in time', () => {
  it('log one warning', async () => {
    onlyFakeTimeouts();
    const authenticator = authenticatorWith();
    holdAnswers();
    const calls = Array.from({ length: 53 }, (_, index) =>
      failureOf(authenticator.authenticate(`token-${index}`)),
    );
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await calls[52]).toMatchObject({ reason: 'propelauth_unavailable' });
    expect(log.of('warn')).toEqual([
      expect.stringMatching(
        /^Clients send more MCP tokens .* return 503\. Limit the request rate .* mcpServer\.cacheSeconds/,
      ),
    ]);
    expect(log.text).not.toContain('token-');
  });
});

describe('An MCP token under liveAccess', () => {
  /** The monotonic clock, in seconds. */
  let now: number;

  function start() {
    now = 1_000;
    const clock = { wallSeconds: () => IN_SECONDS, monotonicSeconds: () => now };
    const liveAccess = new LiveAccess({} as never, { ...LIMITS, toleranceSeconds: 60 }, clock);
    now += 10;
    stopClock(NOW);
    return { liveAccess, authenticator: authenticatorWith({}, {}, liveAccess) };
  }

  it.each([
    ['the user', { event_type: 'user.disabled', user_id: 'user-alice' }],
    ['the organization', { event_type: 'org.deleted', org_id: ACME_ID }],
    ['an unknown user', { event_type: 'user.deleted' }],
  ])('is validated again after a change of %s', async (_whose, event) => {
    const { liveAccess, authenticator } = start();
    const request = {};
    await authenticator.authenticate(MCP_TOKEN, undefined, request);
    await authenticator.authenticate(MCP_TOKEN, undefined, request);
    expect(asked).toHaveLength(1);
    now += 1;
    liveAccess.apply('1', event, IN_SECONDS);
    expect(authenticator.recall(MCP_TOKEN)).toBeUndefined();
    answers({ active: false });
    for (const call of [
      authenticator.authenticate(MCP_TOKEN),
      authenticator.authenticate(MCP_TOKEN, undefined, request),
    ]) {
      expect(await reasonOf(call)).toBe('mcp_token_invalid');
    }
    expect(asked).toHaveLength(2);
  });

  it('is validated again if access changes while PropelAuth responds, at most three times', async () => {
    const { liveAccess, authenticator } = start();
    let changes = 0;
    answer = async () => {
      now += 1;
      const event = { event_type: 'user.enabled', user_id: 'user-alice' };
      liveAccess.apply(`${++changes}`, event, IN_SECONDS);
      return activeToken();
    };
    expect(await failureOf(authenticator.authenticate(MCP_TOKEN))).toMatchObject({
      reason: 'propelauth_unavailable',
      message: "The access of an MCP token's user changes faster than PropelAuth responds",
    });
    expect(asked).toHaveLength(3);
    expect(authenticator.counts).toMatchObject({ misses: expect.any(Number) });
  });
});

import { inspect } from 'node:util';
import { getApis } from '@propelauth/node-apis';
import { PropelAuthApi, PropelAuthApiError } from 'nestjs-propelauth';
import { API_CALL_NAMES, call, SENT_SECRET, type ApiCallName } from '../../support/api-calls.js';
import { until, useFakeTimers } from '../../support/fake-timers.js';
import { API_KEY, AUTH_URL } from '../../support/project.js';
import { startApi } from '../../support/propel-auth-api.js';
import { PropelAuthServer, type Answer } from '../../support/propelauth-server.js';

/** POST requests that change nothing. */
const POSTED_QUERIES = /^\/api\/backend\/v1\/(user\/(user_ids|emails|usernames)|org\/query)(\?|$)/;

/** The names of all properties of an object, own and inherited. */
function everyNameOf(object: object | null): string[] {
  if (object === null || object === Object.prototype) return [];
  return [...Object.getOwnPropertyNames(object), ...everyNameOf(Object.getPrototypeOf(object))];
}

const propelAuth = await PropelAuthServer.start();
const api = await startApi();

async function failureOf(name: ApiCallName, answer: Answer): Promise<PropelAuthApiError> {
  propelAuth.answers(answer);
  const failure: unknown = await call(api, name).then(
    () => new Error(`${name} did not fail`),
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(PropelAuthApiError);
  return failure as PropelAuthApiError;
}

describe('PropelAuthApi', () => {
  beforeEach(() => {
    propelAuth.requests.length = 0;
    // The client prints some responses that it does not understand.
    jest.spyOn(console, 'error').mockImplementation(() => {});
  });

  it('has every function of the client', () => {
    const offered = everyNameOf(getApis(new URL(AUTH_URL), API_KEY));
    expect(Object.keys(api).toSorted()).toEqual(offered.toSorted());
    expect(API_CALL_NAMES.toSorted()).toEqual(offered.toSorted());
    expect(Object.values(api).every((value) => typeof value === 'function')).toBe(true);
  });

  it('has the types of the client', () => {
    // A different type is a compiler error here.
    const client: ReturnType<typeof getApis> = api;
    expect(client).toBe(api);
  });

  it('is an instance of the class that injects it', () => {
    expect(api).toBeInstanceOf(PropelAuthApi);
  });

  it('returns the same as the client', async () => {
    propelAuth.answers({ status: 200, body: { org_id: 'id', org_name: 'Acme Inc' } });
    expect(await call(api, 'fetchOrg')).toEqual({ orgId: 'id', orgName: 'Acme Inc' });
    expect(propelAuth.requests).toHaveLength(1);
    expect(propelAuth.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${API_KEY}`,
      'x-propelauth-url': 'auth.example.com',
    });
  });

  it('has functions that work when detached from the object', async () => {
    propelAuth.answers({ status: 404 });
    const { fetchOrg, deleteUser } = api;
    expect(await fetchOrg('11111111-1111-4111-8111-111111111111')).toBeNull();
    expect(await deleteUser('11111111-1111-4111-8111-111111111111')).toBe(false);
  });

  it.each(API_CALL_NAMES)('retries only reads: %s', async (name) => {
    useFakeTimers();
    propelAuth.answers((request) => request.socket.destroy());
    const failing = call(api, name).catch((error: unknown) => error);
    const isRead = name.startsWith('fetch');
    if (isRead) {
      // The deadline, and the wait before the second try.
      await until(() => jest.getTimerCount() === 2);
      jest.advanceTimersByTime(500);
    }
    const failure = await failing;
    expect(failure).toBeInstanceOf(PropelAuthApiError);
    expect(failure).toMatchObject({ code: 'unreachable', call: name, status: 503 });
    expect(failure).toMatchObject({ outcomeUnknown: !isRead });
    expect(propelAuth.requests).toHaveLength(isRead ? 2 : 1);
    for (const { method, path } of propelAuth.requests) {
      expect(method === 'GET' || POSTED_QUERIES.test(path)).toBe(isRead);
    }
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each(API_CALL_NAMES)('rejects with integration_key_invalid after a 401: %s', async (name) => {
    const failure = await failureOf(name, { status: 401, body: { key: API_KEY } });
    expect(failure).toMatchObject({ code: 'integration_key_invalid', call: name, status: 500 });
    expect(failure.outcomeUnknown).toBe(false);
    expect(failure.message).toMatch(/apiKey is not an API key of this PropelAuth project/);
  });

  it.each(API_CALL_NAMES)('rejects with unexpected_response after a 500: %s', async (name) => {
    const failure = await failureOf(name, { status: 500, body: { error: SENT_SECRET } });
    expect(failure).toMatchObject({ code: 'unexpected_response', call: name, status: 502 });
    expect(failure.outcomeUnknown).toBe(!name.startsWith('fetch'));
    expect(failure.cause).toBeInstanceOf(Error);
  });

  // Here the client does not distinguish a 429 from other failures.
  const neverLimited = ['verifyStepUpTotpChallenge'];

  it.each(API_CALL_NAMES.filter((name) => !neverLimited.includes(name)))(
    'rejects with rate_limited after a 429: %s',
    async (name) => {
      const failure = await failureOf(name, { status: 429, body: 'Slow down' });
      expect(failure).toMatchObject({ code: 'rate_limited', call: name, status: 429 });
      expect(failure.outcomeUnknown).toBe(false);
      expect(propelAuth.requests).toHaveLength(1);
    },
  );

  it.each(API_CALL_NAMES)(
    'never includes arguments, keys or responses in its errors: %s',
    async (name) => {
      expect.hasAssertions();
      for (const status of [400, 401, 403, 404, 426, 429, 500]) {
        const body = { [SENT_SECRET]: [API_KEY], field_errors: { [API_KEY]: SENT_SECRET } };
        propelAuth.answers({ status, body });
        const failure = await call(api, name).catch((error: unknown) => error);
        if (!(failure instanceof PropelAuthApiError)) continue;
        const printed = `${failure.message} ${failure.stack} ${inspect(Object.entries(failure))}`;
        expect(printed).not.toContain(SENT_SECRET);
        expect(printed).not.toContain(API_KEY);
      }
    },
  );
});

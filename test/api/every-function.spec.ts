import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import { getApis } from '@propelauth/node-apis';
import {
  PropelAuthApi,
  PropelAuthApiError,
  PropelAuthApiIntegrationKeyError,
  PropelAuthApiResponseError,
  PropelAuthApiUnreachableError,
} from 'nestjs-propelauth';
import { API_CALL_NAMES, call, SENT_SECRET, type ApiCallName } from '../support/api-calls.js';
import { closeApplications } from '../support/application.js';
import { until, useFakeTimers } from '../support/fake-timers.js';
import { API_KEY, AUTH_URL } from '../support/project.js';
import { startApi } from '../support/propel-auth-api.js';
import { PropelAuthServer, type Answer } from '../support/propelauth-server.js';

/** What only looks although it is a POST. */
const POSTED_QUERIES = /^\/api\/backend\/v1\/(user\/(user_ids|emails|usernames)|org\/query)(\?|$)/;

/** Everything that an object offers, of its own or inherited. */
function everyNameOf(object: object | null): string[] {
  if (object === null || object === Object.prototype) return [];
  return [...Object.getOwnPropertyNames(object), ...everyNameOf(Object.getPrototypeOf(object))];
}

describe('PropelAuthApi', () => {
  let propelAuth: PropelAuthServer;
  let api: PropelAuthApi;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
    api = await startApi();
  });

  beforeEach(() => {
    propelAuth.requests.length = 0;
    // The client prints some answers that it does not understand.
    jest.spyOn(console, 'error').mockImplementation(() => {});
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  afterAll(async () => {
    await closeApplications();
    await propelAuth.stop();
  });

  async function failureOf(name: ApiCallName, answer: Answer): Promise<PropelAuthApiError> {
    propelAuth.answers(answer);
    const failure: unknown = await call(api, name).then(
      () => new Error(`${name} did not fail`),
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PropelAuthApiError);
    return failure as PropelAuthApiError;
  }

  it('has every function of the client', () => {
    const offered = everyNameOf(getApis(new URL(AUTH_URL), API_KEY));
    expect(Object.keys(api).toSorted()).toEqual(offered.toSorted());
    expect(API_CALL_NAMES.toSorted()).toEqual(offered.toSorted());
    expect(Object.values(api).every((value) => typeof value === 'function')).toBe(true);
  });

  it('has them with the types of the client', () => {
    // The compiler's promise: a type that differs is an error here.
    const client: ReturnType<typeof getApis> = api;
    expect(client).toBe(api);
  });

  it('is what it is injected by', () => {
    expect(api).toBeInstanceOf(PropelAuthApi);
  });

  it('answers what the client answers', async () => {
    propelAuth.answers({ status: 200, body: { org_id: 'id', org_name: 'Acme Inc' } });
    expect(await call(api, 'fetchOrg')).toEqual({ orgId: 'id', orgName: 'Acme Inc' });
    expect(propelAuth.requests).toHaveLength(1);
    expect(propelAuth.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${API_KEY}`,
      'x-propelauth-url': 'auth.example.com',
    });
  });

  it('keeps its functions when they are taken out of it', async () => {
    propelAuth.answers({ status: 404 });
    const { fetchOrg, deleteUser } = api;
    expect(await fetchOrg('11111111-1111-4111-8111-111111111111')).toBeNull();
    expect(await deleteUser('11111111-1111-4111-8111-111111111111')).toBe(false);
  });

  it.each(API_CALL_NAMES)('tries again exactly where nothing can be changed: %s', async (name) => {
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
    expect(failure).toBeInstanceOf(PropelAuthApiUnreachableError);
    expect(failure).toMatchObject({ call: name, status: 503, outcomeUnknown: !isRead });
    expect(propelAuth.requests).toHaveLength(isRead ? 2 : 1);
    for (const { method, path } of propelAuth.requests) {
      expect(method === 'GET' || POSTED_QUERIES.test(path)).toBe(isRead);
    }
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each(API_CALL_NAMES)('says that the integration key is wrong: %s', async (name) => {
    const failure = await failureOf(name, { status: 401, body: { key: API_KEY } });
    expect(failure).toBeInstanceOf(PropelAuthApiIntegrationKeyError);
    expect(failure).toMatchObject({ call: name, status: 500, outcomeUnknown: false });
    expect(failure.message).toMatch(/apiKey is not an API key of this PropelAuth project/);
  });

  it.each(API_CALL_NAMES)('says that PropelAuth failed: %s', async (name) => {
    const failure = await failureOf(name, { status: 500, body: { error: SENT_SECRET } });
    expect(failure).toBeInstanceOf(PropelAuthApiResponseError);
    const outcomeUnknown = !name.startsWith('fetch');
    expect(failure).toMatchObject({ call: name, status: 502, outcomeUnknown });
    expect(failure.cause).toBeInstanceOf(Error);
  });

  // The client takes a limit here for any other failure.
  const neverLimited = ['verifyStepUpTotpChallenge'];

  it.each(API_CALL_NAMES.filter((name) => !neverLimited.includes(name)))(
    'says that calls are limited: %s',
    async (name) => {
      const failure = await failureOf(name, { status: 429, body: 'Slow down' });
      expect(failure).toMatchObject({ call: name, status: 429, outcomeUnknown: false });
      expect(propelAuth.requests).toHaveLength(1);
    },
  );

  it.each(API_CALL_NAMES)('repeats nothing that was sent or answered: %s', async (name) => {
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
  });
});

import type { Socket } from 'node:net';
import { PropelAuthApiError, type PropelAuthApi } from 'nestjs-propelauth';
import { call, type ApiCallName } from '../../support/api-calls.js';
import { closedPort } from '../../support/closed-port.js';
import { until, useFakeTimers } from '../../support/fake-timers.js';
import { startApi } from '../../support/propel-auth-api.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';

const org = { org_id: 'id' };

/** Starts a call and records its result or error. */
function start(api: PropelAuthApi, name: ApiCallName) {
  const started: { outcome?: unknown; ended: Promise<void> } = {
    ended: call(api, name).then(
      (answer) => void (started.outcome = answer),
      (error: unknown) => void (started.outcome = error),
    ),
  };
  return started;
}

/** Waits until only the deadline and the pause before the retry are pending. */
function untilPause(): Promise<void> {
  return until(() => jest.getTimerCount() === 2);
}

describe('The deadline of a call of PropelAuthApi', () => {
  let propelAuth: PropelAuthServer;
  /** The connections of requests without a response. */
  let open: Socket[];

  beforeEach(async () => {
    propelAuth = await PropelAuthServer.start();
    open = [];
    useFakeTimers();
  });

  function hang(): void {
    propelAuth.answers((request) => open.push(request.socket));
  }

  function loseConnections(): void {
    propelAuth.answers((request) => request.socket.destroy());
  }

  it.each([
    [undefined, 10_000],
    [1, 1],
    [2_500, 2_500],
    [300_000, 300_000],
  ])('with apiTimeoutMs %p is %d ms', async (apiTimeoutMs, milliseconds) => {
    const api = await startApi({ apiTimeoutMs });
    hang();
    const started = start(api, 'fetchOrg');
    await until(() => open.length === 1);
    await jest.advanceTimersByTimeAsync(milliseconds - 1);
    expect(started.outcome).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    await started.ended;
    expect(started.outcome).toBeInstanceOf(PropelAuthApiError);
    expect(started.outcome).toMatchObject({
      code: 'timeout',
      call: 'fetchOrg',
      status: 503,
      outcomeUnknown: false,
      message: `PropelAuth did not respond to fetchOrg in time (${milliseconds} ms).`,
    });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('leaves the outcome of a write unknown', async () => {
    const api = await startApi();
    hang();
    const started = start(api, 'createUser');
    await until(() => open.length === 1);
    jest.advanceTimersByTime(10_000);
    await started.ended;
    expect(started.outcome).toMatchObject({
      code: 'timeout',
      outcomeUnknown: true,
      message:
        'PropelAuth did not respond to createUser in time (10000 ms). The call may have taken effect: check before retrying.',
    });
  });

  it('ends with the response', async () => {
    const api = await startApi();
    propelAuth.answers({ status: 200, body: org });
    await call(api, 'fetchOrg');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('covers a response that does not end', async () => {
    const api = await startApi();
    propelAuth.answers((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => open.push(request.socket));
    });
    const started = start(api, 'fetchOrg');
    await until(() => open.length === 1);
    jest.advanceTimersByTime(10_000);
    await started.ended;
    expect(started.outcome).toMatchObject({ code: 'timeout' });
  });

  it('covers the retry of a read', async () => {
    const api = await startApi({ apiTimeoutMs: 1_000 });
    loseConnections();
    const started = start(api, 'fetchOrg');
    await untilPause();
    hang();
    jest.advanceTimersByTime(500);
    await until(() => open.length === 1);
    await jest.advanceTimersByTimeAsync(499);
    expect(started.outcome).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    await started.ended;
    expect(started.outcome).toMatchObject({ code: 'timeout' });
    expect(propelAuth.requests).toHaveLength(2);
  });

  it('prevents the retry if it passes during the pause before it', async () => {
    const api = await startApi({ apiTimeoutMs: 100 });
    loseConnections();
    const started = start(api, 'fetchOrg');
    await untilPause();
    jest.advanceTimersByTime(100);
    await started.ended;
    expect(started.outcome).toMatchObject({ code: 'timeout' });
    expect(jest.getTimerCount()).toBe(0);
    expect(propelAuth.requests).toHaveLength(1);
  });

  it('prevents the retry of a call that fails later, without an unhandled rejection', async () => {
    const api = await startApi();
    const client = jest.spyOn(globalThis, 'fetch');
    hang();
    const started = start(api, 'fetchOrg');
    await until(() => open.length === 1);
    jest.advanceTimersByTime(10_000);
    await started.ended;
    open.forEach((socket) => socket.destroy());
    await expect(client.mock.results[0]?.value).rejects.toThrow('fetch failed');
    // An unhandled rejection would end the test process by then.
    await new Promise((resolve) => setImmediate(resolve));
    expect(jest.getTimerCount()).toBe(0);
    expect(propelAuth.requests).toHaveLength(1);
  });

  it('does not keep the process alive', async () => {
    const api = await startApi();
    const timeouts = jest.spyOn(globalThis, 'setTimeout');
    hang();
    const started = start(api, 'fetchOrg');
    await until(() => open.length === 1);
    expect(timeouts.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([
      false,
    ]);
    jest.advanceTimersByTime(10_000);
    await started.ended;
  });

  it('is separate for each call', async () => {
    const api = await startApi();
    hang();
    const first = start(api, 'fetchOrg');
    await until(() => open.length === 1);
    jest.advanceTimersByTime(6_000);
    const second = start(api, 'deleteOrg');
    await until(() => open.length === 2);
    await jest.advanceTimersByTimeAsync(4_000);
    await first.ended;
    expect(second.outcome).toBeUndefined();
    jest.advanceTimersByTime(6_000);
    await second.ended;
    expect(second.outcome).toMatchObject({ code: 'timeout' });
  });
});

describe('The retry of a read', () => {
  let propelAuth: PropelAuthServer;
  let api: PropelAuthApi;

  beforeEach(async () => {
    propelAuth = await PropelAuthServer.start();
    api = await startApi();
    useFakeTimers();
  });

  it.each([
    [0, 250],
    [0.5, 375],
    [0.999, 499],
  ])('has jitter: with Math.random() at %d it comes after %d ms', async (random, milliseconds) => {
    jest.spyOn(Math, 'random').mockReturnValue(random);
    propelAuth.answers((request) => request.socket.destroy());
    const answer = call(api, 'fetchOrg');
    await untilPause();
    propelAuth.answers({ status: 200, body: org });
    await jest.advanceTimersByTimeAsync(milliseconds - 1);
    expect(propelAuth.requests).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(2);
    expect(await answer).toEqual({ orgId: 'id' });
    expect(propelAuth.requests).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('comes after an incomplete response', async () => {
    propelAuth.answers((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{', () => response.destroy());
    });
    const answer = call(api, 'fetchOrg');
    await untilPause();
    propelAuth.answers({ status: 200, body: org });
    jest.advanceTimersByTime(500);
    expect(await answer).toEqual({ orgId: 'id' });
  });

  it('fails like any call', async () => {
    propelAuth.answers((request) => request.socket.destroy());
    const answer = call(api, 'fetchOrg').catch((error: unknown) => error);
    await untilPause();
    propelAuth.answers({ status: 401 });
    jest.advanceTimersByTime(500);
    expect(await answer).toMatchObject({ code: 'integration_key_invalid' });
  });
});

describe('A connection that fails', () => {
  it('leaves the outcome of a write known', async () => {
    const api = await startApi();
    const realFetch = globalThis.fetch;
    const port = await closedPort();
    jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation((_input, init) => realFetch(`http://127.0.0.1:${port}`, init));
    const failure = await call(api, 'createUser').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PropelAuthApiError);
    expect(failure).toMatchObject({
      code: 'unreachable',
      call: 'createUser',
      status: 503,
      outcomeUnknown: false,
      message: 'The connection to PropelAuth failed for createUser (ECONNREFUSED).',
    });
  });
});

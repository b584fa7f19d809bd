import {
  PropelAuthApi,
  RequireApiKey,
  RequireStepUpMfa,
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import { telemetry } from 'nestjs-propelauth/telemetry';
import { closedPort } from '../support/closed-port.js';
import { Backend } from '../support/backend.js';
import { request, startGuarded } from '../support/guarded-application.js';
import { McpPropelAuth } from '../support/mcp.js';
import { mcp } from '../support/mcp-options.js';
import { alice } from '../support/project.js';
import { PropelAuthServer, type Answer } from '../support/propelauth-server.js';
import { routeUnder } from '../support/routes.js';
import { RecordedMetrics } from './recorded-metrics.js';

const USER_ID = '31c41c16-c281-44ae-9602-8a047e3bf33d';

const controllers = [
  routeUnder('key', RequireApiKey()),
  routeUnder('withdrawals', RequireStepUpMfa('WITHDRAW')),
];
const start = (options: Partial<PropelAuthModuleOptions> = {}) =>
  startGuarded({ controllers }, { plugins: [telemetry()], ...options });

let recorded: RecordedMetrics;
beforeEach(() => void (recorded = RecordedMetrics.start()));

describe('The histogram of calls to PropelAuth', () => {
  it('is in seconds, with the buckets that the conventions advise for HTTP clients', async () => {
    const backend = await Backend.start();
    backend.apiKeys.set('good', { status: 200, body: { user: { user_id: 'u', email: 'a@b.c' } } });
    const { url } = await start();
    await request(url).get('/key').set('Authorization', 'Bearer good').expect(200);
    const data = (await recorded.read()).get('propelauth.call.duration');
    expect(data?.descriptor).toMatchObject({ unit: 's' });
    const [point] = data?.dataPoints ?? [];
    const { buckets, sum } = point!.value as { buckets: { boundaries: number[] }; sum: number };
    expect(buckets.boundaries).toEqual([
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]);
    // In milliseconds it would be 1,000 times as much.
    expect(sum).toBeLessThan(10);
    expect(point!.attributes).not.toHaveProperty('error.type');
  });

  it.each<[string, Answer, string]>([
    ['an unknown key, which is a response', { status: 400, body: { api_key_token: ['x'] } }, 'ok'],
    ['a rate-limited key', { status: 429, body: { wait_seconds: 3 } }, 'rate_limited'],
    ['a rate-limited project', { status: 429 }, 'rate_limited'],
    ['a wrong integration key', { status: 401 }, 'integration_key_invalid'],
    ['a failure of PropelAuth', { status: 500 }, 'unexpected_response'],
    ['a response that is not JSON', { status: 200, body: 'x' }, 'unexpected_response'],
    ['a broken connection', (message) => void message.socket.destroy(), 'unreachable'],
    ['no response', () => undefined, 'timeout'],
  ])('records the outcome of the call about an API key: %s', async (_what, answer, outcome) => {
    const backend = await Backend.start();
    backend.failure = answer;
    const { url } = await start({ apiTimeoutMs: 300 });
    await request(url).get('/key').set('Authorization', 'Bearer some');
    expect(await recorded.calls()).toEqual({ [`validateApiKey guard ${outcome}`]: 1 });
    const [point] = await recorded.pointsOf('propelauth.call.duration');
    expect(point?.attributes['error.type']).toBe(outcome === 'ok' ? undefined : outcome);
  });

  it('records a call to a closed port as unreachable', async () => {
    const { url } = await start({ apiUrl: `http://127.0.0.1:${await closedPort()}` });
    await request(url).get('/key').set('Authorization', 'Bearer some').expect(503);
    expect(await recorded.calls()).toEqual({ 'validateApiKey guard unreachable': 1 });
  });

  it('covers step-up grants', async () => {
    await Backend.start();
    const { url } = await start();
    await request(url, alice).get('/withdrawals').set('X-Step-Up-Grant', 'grant').expect(403);
    expect(await recorded.calls()).toEqual({ 'verifyStepUpGrant guard ok': 1 });
  });

  it('covers the verification key, even if PropelAuth rejects the options', async () => {
    const server = await PropelAuthServer.start();
    const manual = { manualTokenVerificationMetadata: undefined };
    server.answers({ status: 500 });
    await start(manual);
    server.answers({ status: 401 });
    await expect(start(manual)).rejects.toThrow('apiKey');
    expect(await recorded.calls()).toEqual({
      'fetchTokenVerificationMetadata guard unexpected_response': 1,
      'fetchTokenVerificationMetadata guard misconfigured': 1,
    });
  });

  it('covers the tokens of MCP clients', async () => {
    const propelAuth = await McpPropelAuth.start();
    const options = { ...propelAuth.moduleOptions, plugins: [mcpServer(mcp), telemetry()] };
    const { url } = await startGuarded(
      { controllers: [routeUnder('mcp', RequireMcpToken())] },
      options,
    );
    await request(url).get('/mcp').set('Authorization', 'Bearer some').expect(401);
    expect(await recorded.calls()).toEqual({ 'introspect guard ok': 1 });
  });

  it('covers PropelAuthApi, with the code of its error', async () => {
    const server = await PropelAuthServer.start();
    const { app } = await start();
    const api = app.get(PropelAuthApi);
    server.answers({ status: 404 });
    expect(await api.fetchUserMetadataByUserId(USER_ID)).toBeNull();
    server.answers({ status: 429, body: 'Too many requests' });
    await expect(api.fetchUserMetadataByUserId(USER_ID)).rejects.toThrow('rate limited');
    await expect(api.createUser(undefined as never)).rejects.toThrow('Invalid arguments');
    expect(await recorded.calls()).toEqual({
      'fetchUserMetadataByUserId application ok': 1,
      'fetchUserMetadataByUserId application rate_limited': 1,
      'createUser application invalid_arguments': 1,
    });
  });

  it('counts a retried read of PropelAuthApi once, with the time of both attempts', async () => {
    const server = await PropelAuthServer.start();
    const { app } = await start();
    server.answers(({ socket }) => void socket.destroy());
    await expect(app.get(PropelAuthApi).fetchUserMetadataByUserId(USER_ID)).rejects.toThrow(
      'connection',
    );
    expect(server.requests).toHaveLength(2);
    expect(await recorded.calls()).toEqual({
      'fetchUserMetadataByUserId application unreachable': 1,
    });
  });
});

import type { Emulator } from 'propelauth-emulator';
import { AUTHORIZATION, Browser, FRONT_END, ORIGIN } from './browser.js';

const PATH = `${ORIGIN}/__emulator/faults`;

let emulator: Emulator;

beforeEach(async () => {
  ({ emulator } = await Browser.open());
});

function request(method: string, body?: string | object): Promise<Response> {
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  return emulator.fetch(PATH, { method, headers: AUTHORIZATION, body: text });
}

/** Asks the emulator for its key, as an application does. */
function fetchKey(): Promise<Response> {
  const url = `${ORIGIN}/api/v1/token_verification_metadata`;
  return emulator.fetch(url, { headers: AUTHORIZATION });
}

const FAULT = { name: 'fetchTokenVerificationMetadata', status: 429, retryAfter: 7, times: 1 };

describe('The faults of the emulator', () => {
  it('make calls fail as often as a request says', async () => {
    const response = await request('POST', { ...FAULT, body: { a: 1 } });
    expect(response.status).toBe(204);
    const failed = await fetchKey();
    expect(failed.status).toBe(429);
    expect(failed.headers.get('retry-after')).toBe('7');
    expect(await failed.json()).toEqual({ a: 1 });
    expect((await fetchKey()).status).toBe(200);
  });

  it.each([
    ['browserRefreshToken', 'GET', '/api/v1/refresh_token'],
    ['browserLogout', 'POST', '/api/v1/logout'],
    ['oauthAuthorize', 'GET', '/propelauth/oauth/authorize'],
    ['oauthToken', 'POST', '/propelauth/oauth/token'],
    ['oauthUserinfo', 'GET', '/propelauth/oauth/userinfo'],
    ['ssrAuthorize', 'GET', '/propelauth/ssr/authorize'],
    ['ssrToken', 'POST', '/propelauth/ssr/token'],
    ['mcpMetadata', 'GET', '/.well-known/oauth-authorization-server/oauth/2.1'],
    ['mcpAuthorize', 'GET', '/oauth/2.1/authorize'],
    ['mcpRegister', 'POST', '/oauth/2.1/register'],
    ['mcpToken', 'POST', '/oauth/2.1/token'],
  ])('make %s fail, so that pages see it', async (name, method, path) => {
    const headers = { origin: FRONT_END };
    const ask = () => emulator.fetch(ORIGIN + path, { method, headers });
    const before = await ask();
    await request('POST', { name, status: 429, retryAfter: 7, times: 1 });
    const failed = await ask();
    expect(failed.status).toBe(429);
    expect(failed.headers.get('retry-after')).toBe('7');
    const allowed = 'access-control-allow-origin';
    expect(failed.headers.get(allowed)).toBe(before.headers.get(allowed));
    expect((await ask()).status).toBe(before.status);
  });

  it('are not used up by pages that may not ask', async () => {
    await request('POST', { name: 'browserRefreshToken', times: 1 });
    for (const [origin, status] of [
      ['https://evil.example', 403],
      [FRONT_END, 503],
    ] as const) {
      const headers = { origin };
      const response = await emulator.fetch(`${ORIGIN}/api/v1/refresh_token`, { headers });
      expect(response.status).toBe(status);
    }
  });

  it('replace that of the same call, so that there is one at most', async () => {
    const faults = Array.from({ length: 200 }, (_, count) => ({ ...FAULT, status: 400 + count }));
    await Promise.all(faults.map((fault) => request('POST', fault)));
    const statuses = [await fetchKey(), await fetchKey()].map((each) => each.status);
    expect(statuses).toEqual([599, 200]);
  });

  it('end with a DELETE request', async () => {
    await request('POST', { name: FAULT.name });
    expect((await fetchKey()).status).toBe(503);
    expect((await request('DELETE')).status).toBe(204);
    expect((await fetchKey()).status).toBe(200);
    expect(emulator.calls).toHaveLength(2);
  });

  it.each<[string, string | object, string]>([
    [
      'an unknown call',
      { name: 'nonsense' },
      '"nonsense" is not a call of the emulator. Use one of',
    ],
    ['no call', {}, 'undefined is not a call of the emulator.'],
    ['a list of calls', { ...FAULT, name: [FAULT.name] }, '] is not a call of the emulator.'],
    ['an object as a call', { name: { toString: 1 } }, '} is not a call of the emulator.'],
    ['what every object has', { name: 'constructor' }, '"constructor" is not a call'],
    [
      'a status out of range',
      { ...FAULT, status: 1000 },
      'status is not an integer from 200 to 599.',
    ],
    ['a number as a string', { ...FAULT, times: '1' }, 'times is not an integer'],
    ['negative times', { ...FAULT, times: -1 }, 'times is not an integer from 0'],
    ['an endless delay', { ...FAULT, delayMs: 1e9 }, 'delayMs is not an integer from 0 to 60000.'],
    ['a null', { ...FAULT, retryAfter: null }, 'retryAfter is not an integer'],
    ['an unknown field', { ...FAULT, delay: 1 }, '"delay" is not a field of a fault.'],
    ['a body that is no object', { ...FAULT, body: 'text' }, 'body is not a JSON object.'],
    [
      'a body that is nested too deeply',
      `{"name":"fetchOrg","body":{"a":${'['.repeat(8_000)}${']'.repeat(8_000)}}}`,
      'The body is nested more than 100 levels deep.',
    ],
    ['a list', [FAULT], 'The body is not a JSON object.'],
    ['no JSON', 'name=validateApiKey', 'The body is not a JSON object.'],
    ['nothing', '', 'The body is not a JSON object.'],
  ])('are rejected with a message for %s', async (_case, body, message) => {
    const response = await request('POST', body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: string };
    expect(error).toContain(message);
    expect((await fetchKey()).status).toBe(200);
  });
});

import { createEmulator, createSecrets, type Emulator } from 'propelauth-emulator';

const ORIGIN = 'http://localhost:4000';
const PATH = `${ORIGIN}/__emulator/faults`;
// Making keys takes longer than a test.
const SECRETS = await createSecrets();

function start(): Promise<Emulator> {
  return createEmulator({
    seed: { users: [{ name: 'alice' }] },
    authUrl: ORIGIN,
    secrets: SECRETS,
  });
}

function request(
  emulator: Emulator,
  method: string,
  body?: string | object,
  authorization = `Bearer ${SECRETS.apiKey}`,
): Promise<Response> {
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  return emulator.fetch(PATH, { method, headers: { authorization }, body: text });
}

/** Asks the emulator for its key, as an application does. */
function fetchKey(emulator: Emulator): Promise<Response> {
  const headers = { authorization: `Bearer ${SECRETS.apiKey}` };
  return emulator.fetch(`${ORIGIN}/api/v1/token_verification_metadata`, { headers });
}

const FAULT = { name: 'fetchTokenVerificationMetadata', status: 429, retryAfter: 7, times: 1 };

describe('The faults of the emulator', () => {
  it('make calls fail as often as a request says', async () => {
    const emulator = await start();
    const response = await request(emulator, 'POST', { ...FAULT, body: { a: 1 } });
    expect(response.status).toBe(204);
    const failed = await fetchKey(emulator);
    expect(failed.status).toBe(429);
    expect(failed.headers.get('retry-after')).toBe('7');
    expect(await failed.json()).toEqual({ a: 1 });
    expect((await fetchKey(emulator)).status).toBe(200);
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
    const emulator = await start();
    const headers = { origin: 'http://localhost:5173' };
    const ask = () => emulator.fetch(ORIGIN + path, { method, headers });
    const before = await ask();
    await request(emulator, 'POST', { name, status: 429, retryAfter: 7, times: 1 });
    const failed = await ask();
    expect(failed.status).toBe(429);
    expect(failed.headers.get('retry-after')).toBe('7');
    const allowed = 'access-control-allow-origin';
    expect(failed.headers.get(allowed)).toBe(before.headers.get(allowed));
    expect((await ask()).status).toBe(before.status);
  });

  it('are not used up by pages that may not ask', async () => {
    const emulator = await start();
    await request(emulator, 'POST', { name: 'browserRefreshToken', times: 1 });
    const ask = (origin: string) =>
      emulator.fetch(`${ORIGIN}/api/v1/refresh_token`, { headers: { origin } });
    expect((await ask('https://evil.example')).status).toBe(403);
    expect((await ask('http://localhost:5173')).status).toBe(503);
  });

  it('replace that of the same call, so that there is one at most', async () => {
    const emulator = await start();
    const faults = Array.from({ length: 200 }, (_, count) => ({ ...FAULT, status: 400 + count }));
    await Promise.all(faults.map((fault) => request(emulator, 'POST', fault)));
    const statuses = [await fetchKey(emulator), await fetchKey(emulator)].map(
      (each) => each.status,
    );
    expect(statuses).toEqual([599, 200]);
  });

  it('end with a DELETE request', async () => {
    const emulator = await start();
    await request(emulator, 'POST', { name: FAULT.name });
    expect((await fetchKey(emulator)).status).toBe(503);
    expect((await request(emulator, 'DELETE')).status).toBe(204);
    expect((await fetchKey(emulator)).status).toBe(200);
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
    const emulator = await start();
    const response = await request(emulator, 'POST', body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: string };
    expect(error).toContain(message);
    expect((await fetchKey(emulator)).status).toBe(200);
  });

  it.each(['', 'Bearer', 'Bearer wrong', SECRETS.apiKey, `Basic ${SECRETS.apiKey}`])(
    'are for those with the API key, and not for %j',
    async (authorization) => {
      const emulator = await start();
      expect((await request(emulator, 'POST', FAULT, authorization)).status).toBe(401);
      await request(emulator, 'POST', FAULT);
      expect((await request(emulator, 'DELETE', undefined, authorization)).status).toBe(401);
      expect((await fetchKey(emulator)).status).toBe(429);
    },
  );
});

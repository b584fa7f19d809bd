import { once } from 'node:events';
import { connect } from 'node:net';
import {
  createEmulator,
  EmulatorError,
  type Emulator,
  type RunningServer,
  type TokenIssuer,
} from 'propelauth-emulator';
import { Leases } from '../../emulator/src/server/leases.js';
import { startLocalhostServer } from '../../emulator/src/server/localhost-server.js';
import {
  LEASE_PATH,
  PROJECT_PATH,
  proofOf,
  withProjectEndpoints,
} from '../../emulator/src/server/project-endpoint.js';
import { registerCleanup } from '../support/clean-up.js';
import { closedPort } from '../support/closed-port.js';
import { until } from '../support/fake-timers.js';
import { alice, ROLES } from '../support/project.js';
import { sendRaw } from '../support/send-raw.js';

const METADATA = '/api/v1/token_verification_metadata';
const BACKEND = '/api/backend/v1';
const VALIDATE = `${BACKEND}/end_user_api_keys/validate`;

let issuer: TokenIssuer;
let emulator: Emulator;
let server: RunningServer;

beforeAll(async () => {
  emulator = await createEmulator({ seed: { roles: ROLES } });
  ({ issuer } = emulator);
  emulator.addUser(alice);
  server = await emulator.listen();
  registerCleanup(() => emulator.close());
});

/** Asks as PropelAuth's libraries do. */
function ask(
  path: string,
  { headers, ...init }: { method?: string; headers?: object; body?: RequestInit['body'] } = {},
): Promise<Response> {
  const sent = {
    authorization: `Bearer ${issuer.apiKey}`,
    'X-Propelauth-url': 'auth.example.com',
    ...headers,
  };
  return fetch(server.url + path, { ...init, headers: sent, duplex: 'half' });
}

const post = (path: string, body: RequestInit['body'], headers: object = {}) =>
  ask(path, { method: 'POST', body, headers });

async function idOf(created: Response): Promise<string> {
  return ((await created.json()) as { user_id: string }).user_id;
}

describe('The server of Emulator.listen()', () => {
  it('listens on a free port of 127.0.0.1, so that no other machine can reach it', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('returns the current verification key as JSON', async () => {
    for (let rotation = 0; rotation < 2; rotation++) {
      const response = await ask(METADATA);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toEqual({ verifier_key_pem: issuer.verifierKey });
      await issuer.rotateKey();
    }
  });

  it('reads bodies, also those that come in chunks, and shares users with Emulator.fetch()', async () => {
    const names = ['erin', 'frank'];
    const [body = '', other = ''] = names.map((name) => `{"email":"${name}@example.com"}`);
    for (const [index, content] of [body, new Blob([other]).stream()].entries()) {
      const userId = await idOf(await post(`${BACKEND}/user/`, content));
      const headers = { authorization: `Bearer ${issuer.apiKey}` };
      const url = `https://propelauth-api.com${BACKEND}/user/${userId}`;
      const found = await emulator.fetch(url, { headers });
      const email = `${names[index]}@example.com`;
      expect(await found.json()).toMatchObject({ user_id: userId, email });
    }
  });

  it('issues access tokens to services in any language', async () => {
    const body = JSON.stringify({ user_id: alice.userId, duration_in_minutes: 30 });
    const response = await post(`${BACKEND}/access_token`, body);
    const { access_token: token } = (await response.json()) as { access_token: string };
    const [, payload = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      iss: issuer.authUrl,
      user_id: alice.userId,
    });
  });

  it.each([
    ['without an API key', { authorization: '' }, 401],
    ['with another API key', { authorization: 'Bearer another' }, 401],
    ['with it in another scheme', { authorization: 'Basic emulator_api_key_for_tests' }, 401],
    ['for another project', { 'X-Propelauth-url': 'other.example.com' }, 404],
    ['for the project with a port', { 'X-Propelauth-url': 'auth.example.com:443' }, 404],
  ])('rejects requests %s', async (_what, headers, status) => {
    for (const path of [METADATA, `${BACKEND}/user/query`]) {
      expect((await ask(path, { headers })).status).toBe(status);
    }
  });

  it('accepts requests of REST clients, which do not send X-Propelauth-url', async () => {
    const headers = { authorization: `Bearer ${issuer.apiKey}` };
    expect((await fetch(server.url + METADATA, { headers })).status).toBe(200);
  });

  it.each([
    ['GET', '/nowhere', 404],
    ['GET', '//', 404],
    ['POST', METADATA, 404],
    ['GET', `${METADATA}/more`, 404],
    // PropelAuth's client takes a 404 of these for an unknown id.
    ['GET', `${BACKEND}/nowhere`, 501],
    ['GET', `${BACKEND}/scim/any/groups`, 501],
    ['PATCH', `${BACKEND}/magic_link`, 501],
  ])('says to %s %s, which it does not support, %i and why', async (method, path, status) => {
    const response = await ask(path, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.any(String) });
  });

  it.each([
    ['CONNECT evil.example:443', 'Host: localhost', 'closed'],
    ['TRACE /', 'Host: localhost', 405],
    ['PROPFIND /', 'Host: localhost', 404],
    ['GET //evil.example', 'Host: localhost', 404],
    ['GET http://evil.example/', 'Host: localhost', 421],
    ['OPTIONS *', 'Host: localhost', 400],
    ['GET /', 'Host: localhost', 200],
    ['GET /', 'Host: evil.example', 421],
    ['GET /', 'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket', 200],
    ['GET /', 'Host: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket', 421],
  ])('answers "%s" with "%s" with %s', async (target, headers, status) => {
    const head = `${target} HTTP/1.1\r\nConnection: close\r\n${headers}\r\n\r\n`;
    const answer = await sendRaw(server.url, head);
    expect(answer.status).toBe(status);
    const isRejected = /^HTTP\/1\.1 421 .*Only requests to localhost/s.test(answer.text);
    expect(isRejected).toBe(status === 421);
  });

  it.each(['__proto__', 'constructor', 'toString', 'nothing', ''])(
    'sorts by time for the unknown order %j',
    async (order) => {
      const users = await ask(`${BACKEND}/user/query?order_by=${order}`);
      expect(await users.json()).toMatchObject({ users: [{ user_id: alice.userId }, {}, {}] });
      const orgs = await post(`${BACKEND}/org/query`, JSON.stringify({ order_by: order }));
      expect(orgs.status).toBe(200);
    },
  );

  it.each(['{', '{"a":1', '[]', 'null', '"text"', '1', '\u0000', '{"a":1}{}'])(
    'returns 400 for the body %j',
    async (body) => {
      expect((await post(VALIDATE, body)).status).toBe(400);
    },
  );

  const LARGE = ' '.repeat(1_048_577) + '{}';
  const LARGE_HEAD = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`;
  const DEEP = `{"properties":{"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`;
  const NO_ID = '{"user_id":{"toString":1,"valueOf":1}}';

  it.each<[string, () => Promise<{ status: number | 'closed' }>, number]>([
    ['a body that is too large', () => post(VALIDATE, LARGE), 413],
    ['one without a length', () => post(VALIDATE, new Blob([LARGE]).stream()), 413],
    ['one with a wrong key', () => post(VALIDATE, LARGE, { authorization: 'Bearer x' }), 413],
    ['an id that is no text', () => post(`${BACKEND}/resend_email_confirmation`, NO_ID), 404],
    ['headers that are too large', () => sendRaw(server.url, LARGE_HEAD), 431],
    ['data that is not HTTP', () => sendRaw(server.url, 'nonsense\r\n\r\n'), 400],
  ])('survives %s', async (_what, send, status) => {
    expect((await send()).status).toBe(status);
    expect((await ask(METADATA)).status).toBe(200);
  });

  it('does not keep what is nested too deeply to be sent again', async () => {
    const userId = await idOf(await post(`${BACKEND}/user/`, '{"email":"deep@example.com"}'));
    const path = `${BACKEND}/user/${userId}`;
    const response = await ask(path, { method: 'PUT', body: DEEP });
    expect(response.status).toBe(400);
    const error = 'The body is nested more than 100 levels deep';
    expect(await response.json()).toEqual({ error });
    expect((await ask(path)).status).toBe(200);
  });

  it('rejects a long email address in no time, and a duration that no token can have', async () => {
    const email = `a@${'.'.repeat(100_000)}@`;
    const start = performance.now();
    expect((await post(`${BACKEND}/user/`, JSON.stringify({ email }))).status).toBe(400);
    expect(performance.now() - start).toBeLessThan(1_000);
    const body = JSON.stringify({ user_id: alice.userId, duration_in_minutes: 1e308 });
    expect((await post(`${BACKEND}/access_token`, body)).status).toBe(400);
  });

  it('survives random values in every field of every endpoint', async () => {
    const junk: unknown[] = ['text', '', -1, 1e308, true, null, [], [null], {}, { constructor: 1 }];
    const fields =
      'user_id email org_id name role additional_roles order_by page_size max_users expires_at_seconds ' +
      'duration_in_minutes api_key_token grant emails username domain';
    const paths =
      'user/ user/user_ids user/emails org/ org/query org/add_user org/change_role invite_user end_user_api_keys ' +
      'end_user_api_keys/import end_user_api_keys/validate magic_link access_token mfa/step-up/verify-totp ' +
      'mfa/step-up/verify-grant';
    for (const path of paths.split(' ')) {
      for (const value of junk) {
        const filled = fields.split(' ').map((field) => [field, value]);
        const body = JSON.stringify(Object.fromEntries(filled));
        const { status } = await post(`${BACKEND}/${path}`, body);
        expect([200, 400, 403, 404]).toContain(status);
      }
    }
  });

  it('survives a client that disconnects in the middle of its body', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST ${VALIDATE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"api_key_token":`,
    );
    // Behind these bytes in the queue of the server, so it has seen them when it answers.
    expect((await ask(METADATA)).status).toBe(200);
    socket.destroy();
    await once(socket, 'close');
    expect((await ask(METADATA)).status).toBe(200);
  });
});

describe('Emulator.listen()', () => {
  it('rejects a port that is in use, and names it', async () => {
    const { port } = new URL(server.url);
    const error = await emulator.listen({ port: Number(port) }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EmulatorError);
    expect((error as Error).message).toContain(`port ${port} of 127.0.0.1 (EADDRINUSE)`);
  });

  it.each([-1, 65_536, 1.5, '4000', NaN, null])('rejects the port %s', async (port) => {
    await expect(emulator.listen({ port: port as number })).rejects.toThrow(
      /^port is not an integer from 0 to 65535/,
    );
  });

  it('leaves the Request and Response of the process alone', async () => {
    const before = [globalThis.Request, globalThis.Response];
    await (await emulator.listen()).close();
    expect([globalThis.Request, globalThis.Response]).toEqual(before);
  });

  it('closes with its open connections, once or twice, and frees its port', async () => {
    const closing = await emulator.listen();
    const port = Number(new URL(closing.url).port);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await Promise.all([closing.close(), closing.close()]);
    await closing.close();
    await closed;
    const again = await emulator.listen({ port });
    expect(again.url).toBe(closing.url);
    await again.close();
  });
});

it.each<[string, () => unknown]>([
  ['createEmulator()', () => createEmulator()],
  ['listen()', () => emulator.listen()],
  ['mcpToken()', async () => issuer.mcpToken(alice)],
])('NODE_ENV=production has no %s', async (_name, start) => {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    await expect(start()).rejects.toThrow(/NODE_ENV=production/);
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
});

describe('startLocalhostServer()', () => {
  it('streams: a client gets what there is before the response ends, which it can end', async () => {
    const port = await closedPort();
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
      cancel: () => void (isCancelled = true),
    });
    const started = await startLocalhostServer(() => Promise.resolve(new Response(body)), port);
    registerCleanup(() => started.close());
    const response = await fetch(`http://127.0.0.1:${port}`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toEqual({ done: false, value: 'first' });
    expect(isCancelled).toBe(false);
    await reader?.cancel();
    await until(() => isCancelled);
  });

  it.each([undefined, '127.0.0.1', '0.0.0.0', '::'])(
    'listens on both addresses of localhost, and frees both, with the host %s',
    async (host) => {
      const port = await closedPort();
      const started = await startLocalhostServer(() => Promise.resolve(new Response('ok')), port, {
        host,
      });
      for (const address of ['127.0.0.1', '[::1]']) {
        expect(await (await fetch(`http://${address}:${port}`)).text()).toBe('ok');
      }
      await started.close();
      for (const address of ['127.0.0.1', '[::1]']) {
        await expect(fetch(`http://${address}:${port}`)).rejects.toThrow('fetch failed');
      }
    },
  );
});

describe('The endpoints of the project', () => {
  const settings = {
    '--seed': null,
    '--webhooks': null,
    '--allow-origin': [],
    '--host': null,
    '--public-url': null,
  };
  const leases = new Leases();
  const answer = withProjectEndpoints(
    () => Promise.resolve(new Response('another')),
    'the-key',
    settings,
    leases,
  );
  const askFor = (path: string, authorization = '') =>
    answer(new Request(`http://localhost${path}`, { headers: { authorization } }));

  it('tell the settings with a proof of the API key, and not the key', async () => {
    const response = await askFor(`${PROJECT_PATH}?challenge=abc`);
    const proof = proofOf('the-key', 'project', 'abc');
    expect(await response.json()).toEqual({ ...settings, proof });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(proof).toMatch(/^[\w-]{43}$/);
    expect(proofOf('the-key', 'project', 'abd')).not.toBe(proof);
    expect(proofOf('the-other', 'project', 'abc')).not.toBe(proof);
  });

  it('give a lease for a proof of the API key, which the emulator itself gives nobody', async () => {
    const path = `${LEASE_PATH}?challenge=abc`;
    for (const wrong of ['', 'the-key', proofOf('the-key', 'project', 'abc')]) {
      expect((await askFor(path, wrong)).status).toBe(401);
    }
    const { status, body } = await askFor(path, proofOf('the-key', 'lease', 'abc'));
    expect(status).toBe(200);
    await body?.cancel();
    await leases.ended;
    expect((await askFor(path, proofOf('the-key', 'lease', 'abc'))).status).toBe(503);
  });

  it('leave other paths alone', async () => {
    expect(await (await askFor('/other')).text()).toBe('another');
  });
});

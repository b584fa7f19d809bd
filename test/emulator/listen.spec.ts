import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  createEmulator,
  EmulatorError,
  type Emulator,
  type RunningServer,
  type TokenIssuer,
} from 'propelauth-emulator';
import { registerCleanup } from '../support/clean-up.js';
import { alice, ROLES } from '../support/project.js';
import { sendRaw } from '../support/send-raw.js';

const METADATA = '/api/v1/token_verification_metadata';
const VALIDATE = '/api/backend/v1/end_user_api_keys/validate';

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

/** Headers as PropelAuth's libraries send them. */
function headers(changes: Record<string, string> = {}): Record<string, string> {
  return {
    Authorization: `Bearer ${issuer.apiKey}`,
    'X-Propelauth-url': 'auth.example.com',
    ...changes,
  };
}

const get = (path: string, changes?: Record<string, string>) =>
  fetch(server.url + path, { headers: headers(changes) });

const post = (path: string, body: string) =>
  fetch(server.url + path, { method: 'POST', headers: headers(), body });

describe('The server of Emulator.listen()', () => {
  it('listens on a free port of 127.0.0.1, so that no other machine can reach it', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('returns the current verification key as JSON', async () => {
    for (let rotation = 0; rotation < 2; rotation++) {
      const response = await get(METADATA);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toEqual({ verifier_key_pem: issuer.verifierKey });
      await issuer.rotateKey();
    }
  });

  it('shares its users with Emulator.fetch()', async () => {
    const created = await post('/api/backend/v1/user/', '{"email":"erin@example.com"}');
    const { user_id: userId } = (await created.json()) as { user_id: string };
    const url = `https://propelauth-api.com/api/backend/v1/user/${userId}`;
    const found = await emulator.fetch(url, { headers: headers() });
    expect(await found.json()).toMatchObject({ user_id: userId, email: 'erin@example.com' });
  });

  it('issues access tokens to services in any language', async () => {
    const body = JSON.stringify({ user_id: alice.userId, duration_in_minutes: 30 });
    const response = await post('/api/backend/v1/access_token', body);
    const { access_token: token } = (await response.json()) as { access_token: string };
    const [, payload = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      iss: issuer.authUrl,
      user_id: alice.userId,
    });
  });

  it.each([
    ['without an API key', { Authorization: '' }, 401],
    ['with another API key', { Authorization: 'Bearer another' }, 401],
    [
      'with the API key in another scheme',
      { Authorization: 'Basic emulator_api_key_for_tests' },
      401,
    ],
    ['for another project', { 'X-Propelauth-url': 'other.example.com' }, 404],
    ['for the project with a port', { 'X-Propelauth-url': 'auth.example.com:443' }, 404],
  ])('rejects requests %s', async (_what, changes, status) => {
    for (const path of [METADATA, '/api/backend/v1/user/query']) {
      expect((await get(path, changes)).status).toBe(status);
    }
  });

  it.each([
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['evil.example:4000', 421],
    ['', 421],
    ['localhost:4000', 200],
    ['LOCALHOST', 200],
    ['127.0.0.1', 200],
  ])(
    'responds to a request for the host %j with %s, which prevents DNS rebinding',
    async (host, status) => {
      const lines = [`GET ${METADATA} HTTP/1.1`, `Host: ${host}`, 'Connection: close'];
      const { Authorization = '' } = headers();
      const text = [...lines, `Authorization: ${Authorization}`, '', ''].join('\r\n');
      expect((await sendRaw(server.url, text)).status).toBe(status);
    },
  );

  it('accepts requests of REST clients, which do not send X-Propelauth-url', async () => {
    const { Authorization = '' } = headers();
    const response = await fetch(server.url + METADATA, { headers: { Authorization } });
    expect(response.status).toBe(200);
  });

  it.each([
    ['GET', '/nowhere', 404],
    ['GET', '//', 404],
    ['POST', METADATA, 404],
    ['GET', `${METADATA}/more`, 404],
    // PropelAuth's client takes a 404 of these for an unknown id.
    ['GET', '/api/backend/v1/nowhere', 501],
    ['GET', '/api/backend/v1/scim/any/groups', 501],
    ['PATCH', '/api/backend/v1/magic_link', 501],
  ])(
    'returns an error with a reason for %s %s, which it does not support',
    async (method, path, status) => {
      const response = await fetch(server.url + path, { method, headers: headers() });
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ error: expect.any(String) as unknown });
    },
  );

  it.each(['__proto__', 'constructor', 'toString', 'nothing', ''])(
    'sorts by time for the unknown order %j',
    async (order) => {
      const users = await get(`/api/backend/v1/user/query?order_by=${order}`);
      expect(await users.json()).toMatchObject({ users: [{ user_id: alice.userId }, {}] });
      const orgs = await post('/api/backend/v1/org/query', JSON.stringify({ order_by: order }));
      expect(orgs.status).toBe(200);
    },
  );

  it.each(['{', '{"a":1', '[]', 'null', '"text"', '1', '\u0000', '{"a":1}{}'])(
    'returns 400 for the body %j',
    async (body) => {
      expect((await post(VALIDATE, body)).status).toBe(400);
    },
  );

  it.each([
    ['a body that is too large', () => post(VALIDATE, ' '.repeat(1_048_577) + '{}'), 413],
    [
      'the same with a wrong API key',
      () =>
        fetch(server.url + VALIDATE, {
          method: 'POST',
          headers: headers({ Authorization: 'Bearer another' }),
          body: ' '.repeat(1_048_577),
        }),
      413,
    ],
    [
      'an id that cannot be a text',
      () =>
        post('/api/backend/v1/resend_email_confirmation', '{"user_id":{"toString":1,"valueOf":1}}'),
      404,
    ],
  ])('survives %s', async (_what, send, status) => {
    expect((await send()).status).toBe(status);
    expect((await get(METADATA)).status).toBe(200);
  });

  it('does not keep what is nested too deeply to be sent again', async () => {
    const email = 'deep@example.com';
    const created = await post('/api/backend/v1/user/', JSON.stringify({ email }));
    const { user_id: userId } = (await created.json()) as { user_id: string };
    const path = `/api/backend/v1/user/${userId}`;
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    const response = await fetch(server.url + path, {
      method: 'PUT',
      headers: headers(),
      body: `{"properties":{"deep":${deep}}}`,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: 'The body is nested more than 100 levels deep',
    });
    expect((await get(path)).status).toBe(200);
  });

  it('rejects a long email address in no time', async () => {
    const email = `a@${'.'.repeat(100_000)}@`;
    const start = performance.now();
    expect((await post('/api/backend/v1/user/', JSON.stringify({ email }))).status).toBe(400);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('rejects a duration that no token can have', async () => {
    const body = JSON.stringify({ user_id: alice.userId, duration_in_minutes: 1e308 });
    expect((await post('/api/backend/v1/access_token', body)).status).toBe(400);
  });

  it('survives random values in every field of every endpoint', async () => {
    const junk: unknown[] = ['text', '', -1, 1e308, true, null, [], [null], {}, { constructor: 1 }];
    const fields = [
      'user_id',
      'email',
      'org_id',
      'name',
      'role',
      'additional_roles',
      'order_by',
      'page_size',
      'max_users',
      'expires_at_seconds',
      'duration_in_minutes',
      'api_key_token',
      'grant',
      'emails',
      'username',
      'domain',
    ];
    const paths = [
      'user/',
      'user/user_ids',
      'user/emails',
      'org/',
      'org/query',
      'org/add_user',
      'org/change_role',
      'invite_user',
      'end_user_api_keys',
      'end_user_api_keys/import',
      'end_user_api_keys/validate',
      'magic_link',
      'access_token',
      'mfa/step-up/verify-totp',
      'mfa/step-up/verify-grant',
    ];
    for (const path of paths) {
      for (const value of junk) {
        const body = JSON.stringify(Object.fromEntries(fields.map((field) => [field, value])));
        const { status } = await post(`/api/backend/v1/${path}`, body);
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
    expect((await get(METADATA)).status).toBe(200);
    socket.destroy();
    await once(socket, 'close');
    expect((await get(METADATA)).status).toBe(200);
  });

  it('survives data that is not HTTP', async () => {
    expect((await sendRaw(server.url, 'nonsense\r\n\r\n')).status).toBe(400);
    expect((await get(METADATA)).status).toBe(200);
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

  it('rejects NODE_ENV=production', async () => {
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    try {
      await expect(emulator.listen()).rejects.toThrow(/NODE_ENV=production/);
    } finally {
      process.env.NODE_ENV = NODE_ENV;
    }
  });

  it('closes with its open connections, once or twice, and frees its port', async () => {
    const closing = await emulator.listen();
    const port = Number(new URL(closing.url).port);
    const socket: Socket = connect(port, '127.0.0.1');
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

import { Hono } from 'hono';
import { createEmulator, createSecrets } from 'propelauth-emulator';
import { startLocalhostServer } from '../../emulator/src/server/localhost-server.js';
import { toKnownHosts, type ServerEnvironment } from '../../emulator/src/server/loopback.js';
import { Leases } from '../../emulator/src/server/leases.js';
import {
  LEASE_PATH,
  PROJECT_PATH,
  withProjectEndpoints,
} from '../../emulator/src/server/project-endpoint.js';
import { registerCleanup } from '../support/clean-up.js';
import { closedPort } from '../support/closed-port.js';
import { sendRaw } from '../support/send-raw.js';

const ORIGIN = 'https://emulator.example.com';
const HOST = 'emulator.example.com';
const SECRET = 'the-secret-of-the-terminal';
// Making keys takes longer than a test.
const SECRETS = await createSecrets();
const API_KEY = `Authorization: Bearer ${SECRETS.apiKey}`;

const NEIGHBOUR = '192.168.1.9';

describe('Requests from other machines, and to other hosts', () => {
  it.each([
    ['localhost:4000', '127.0.0.1', ORIGIN, 'local'],
    ['[::1]:4000', '::ffff:127.0.0.1', ORIGIN, 'local'],
    ['localhost:4000', NEIGHBOUR, ORIGIN, 403],
    ['127.0.0.1:4000', '::ffff:192.168.1.9', ORIGIN, 403],
    [HOST, NEIGHBOUR, ORIGIN, 'public'],
    // The ports of a container or a codespace are forwarded: all requests come from this machine.
    [HOST, '127.0.0.1', ORIGIN, 'public'],
    ['EMULATOR.example.com', NEIGHBOUR, ORIGIN, 'public'],
    [`${HOST}:4000`, NEIGHBOUR, ORIGIN, 421],
    [`${HOST}.evil.example`, NEIGHBOUR, ORIGIN, 421],
    [`evil-${HOST}`, '127.0.0.1', ORIGIN, 421],
    ['evil.example', '127.0.0.1', ORIGIN, 421],
    ['192.168.1.2:4000', NEIGHBOUR, ORIGIN, 421],
    ['', NEIGHBOUR, ORIGIN, 421],
    ['192.168.1.2:4000', NEIGHBOUR, 'http://192.168.1.2:4000', 'public'],
    ['192.168.1.2:4001', NEIGHBOUR, 'http://192.168.1.2:4000', 421],
    ['localhost:4000', '172.17.0.1', 'http://localhost:4000', 'public'],
    ['localhost:4000', '127.0.0.1', 'http://localhost:4000', 'local'],
    ['localhost:4001', '172.17.0.1', 'http://localhost:4000', 403],
    ['localhost:4000', NEIGHBOUR, undefined, 403],
    [HOST, '127.0.0.1', undefined, 421],
    ['127.0.0.1.evil.example', '127.0.0.1', undefined, 421],
    ['evil.example:4000', '127.0.0.1', undefined, 421],
    ['', '127.0.0.1', undefined, 421],
    ['LOCALHOST', '127.0.0.1', undefined, 'local'],
    ['127.0.0.1', '127.0.0.1', undefined, 'local'],
  ])('for %j from %s, with the public URL %s, are %s', async (host, from, origin, expected) => {
    const app = new Hono<ServerEnvironment>();
    app.use(toKnownHosts(origin === undefined ? undefined : { origin, secret: SECRET }));
    app.all('*', (context) => context.text(context.get('publicOrigin') ? 'public' : 'local'));
    const socket = { remoteAddress: from };
    const incoming = { headers: { host }, socket, method: 'GET', url: '/' };
    const response = await app.fetch(new Request('http://any.example'), { incoming });
    expect([response.status, await response.text()]).toContain(expected);
  });
});

describe('An emulator with a public URL', () => {
  /** Sends what a browser or program elsewhere sends. */
  async function start() {
    const port = await closedPort();
    const emulator = await createEmulator({
      seed: { users: [{ name: 'alice' }] },
      authUrl: ORIGIN,
      secrets: SECRETS,
    });
    const settings = {
      '--seed': null,
      '--webhooks': null,
      '--allow-origin': [],
      '--host': null,
      '--public-url': ORIGIN,
    };
    const { apiKey } = SECRETS;
    const answer = (request: Request) => emulator.handle(request);
    const server = await startLocalhostServer(
      withProjectEndpoints(answer, apiKey, settings, new Leases()),
      port,
      { access: { origin: ORIGIN, secret: SECRET } },
    );
    registerCleanup(async () => {
      await server.close();
      await emulator.close();
    });
    return (target: string, headers: string[] = [], body = '') => {
      const lines = [`${target} HTTP/1.1`, `Host: ${HOST}`, 'Connection: close', ...headers];
      const length = body === '' ? [] : [`Content-Length: ${body.length}`];
      const text = [...lines, ...length, '', body].join('\r\n');
      return sendRaw(`http://127.0.0.1:${port}`, text);
    };
  }

  const FORM = 'Content-Type: application/x-www-form-urlencoded';

  it.each([
    'GET /',
    'GET /login',
    'GET /signup',
    'GET /account',
    'GET /__emulator/users',
    'GET /__emulator/token?user=alice',
    'GET /api/v1/refresh_token',
    'GET /propelauth/oauth/authorize',
    'GET /propelauth/ssr/authorize',
    'GET /oauth/2.1/authorize',
    'HEAD /login',
    'POST /login',
    'POST /__emulator/change',
    'GET /__emulator/state',
    'POST /__emulator/reset',
    `GET ${PROJECT_PATH}?challenge=abc`,
    `GET ${LEASE_PATH}?challenge=abc`,
    'GET /api/backend/v1/../../../login',
    'GET /api/backend/v1/%2e%2e/%2e%2e/%2E%2E/login',
    'GET /.well-known/..%5clogin/../../login',
    'GET //api/backend/v1/user/query',
    'GET /propelauth/oauth/token/../authorize',
  ])('asks for its secret before it answers %s', async (target) => {
    const send = await start();
    const headers = [API_KEY, FORM, `Origin: ${ORIGIN}`, 'X-Forwarded-For: 127.0.0.1'];
    const { status, text } = await send(target, [...headers, 'X-Forwarded-Host: localhost']);
    expect(status).toBe(401);
    expect(text).not.toContain('alice');
    expect(text).not.toContain('Set-Cookie');
  });

  it.each([
    [`secret=${SECRET}`, 'https://evil.example', 401],
    [`secret=${SECRET}`, 'http://emulator.example.com', 401],
    [`secret=${SECRET}`, 'null', 401],
    ['secret=wrong', ORIGIN, 401],
    ['secret=', ORIGIN, 401],
    ['user=alice', ORIGIN, 401],
    [`secret=${SECRET}`, ORIGIN, 303],
  ])('answers the form %s of %s with %s', async (body, origin, status) => {
    const send = await start();
    const answer = await send('POST /login?x=1', [FORM, `Origin: ${origin}`], body);
    expect(answer.status).toBe(status);
    expect(/^set-cookie/im.test(answer.text)).toBe(status === 303);
  });

  it('lets a browser in that knows it, and no other, nor one with the cookie of another secret', async () => {
    const send = await start();
    const entered = await send(
      'POST //evil.example/login',
      [FORM, `Origin: ${ORIGIN}`],
      `secret=${SECRET}`,
    );
    expect(entered.text).toMatch(/^location: https:\/\/emulator\.example\.com\/\/evil/im);
    const [, cookie = ''] = /^set-cookie: (.*)$/im.exec(entered.text) ?? [];
    expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Lax/);
    expect(cookie).not.toContain(SECRET);
    const [pair = ''] = cookie.split(';');
    const page = await send('GET /login', [`Cookie: ${pair}`]);
    expect(page.status).toBe(200);
    expect(page.text).toContain('alice');
    const [name = '', value = ''] = pair.split('=');
    for (const wrong of [
      `${name}=known`,
      `${name}=${value.replace('known', 'other')}`,
      `x=${value}`,
    ]) {
      expect((await send('GET /login', [`Cookie: ${wrong}`])).status).toBe(401);
    }
    // Forms of its pages are those of the public URL, also if a proxy ends HTTPS.
    const headers = [`Cookie: ${pair}`, FORM, `Origin: ${ORIGIN}`];
    expect((await send('POST /login', headers, 'user=alice')).status).toBe(303);
    const foreign = [`Cookie: ${pair}`, FORM, 'Origin: https://evil.example'];
    expect((await send('POST /login', foreign, 'user=alice')).status).toBe(403);
  });

  it.each([
    ['GET /api/backend/v1/user/query', [API_KEY], 200],
    ['GET /api/backend/v1/user/query', [], 401],
    ['GET /api/v1/token_verification_metadata', [API_KEY], 200],
    ['GET /.well-known/oauth-authorization-server/oauth/2.1', [], 200],
    ['POST /oauth/2.1/token', [FORM], 400],
    ['POST /oauth/2.1/introspect', [FORM], 401],
  ])('leaves %s to the credentials of programs', async (target, headers, status) => {
    const send = await start();
    const answer = await send(target, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('<form');
  });
});

import { Agent, request as sendHttp, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Controller, Post } from '@nestjs/common';
import { CurrentMcpToken, mcpServer, RequireMcpToken, type McpToken } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { failuresInsteadOf } from '../propelauth/backend/failures.js';
import { hanging } from '../propelauth/backend/timeouts.js';
import { registerCleanup } from '../support/clean-up.js';
import { stopClock, until } from '../support/fake-timers.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import { ACME_ID, alice, API_KEY } from '../support/project.js';
import { PropelAuthServer, type Answer } from '../support/propelauth-server.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { activeToken, inactiveToken, MCP_TOKEN } from '../support/introspection.js';
import { INTROSPECTION, mcp, RESOURCE } from '../support/mcp-options.js';

const NOW = Date.UTC(2026, 0, 1);

@Controller()
class McpController {
  @Post('mcp')
  @RequireMcpToken()
  call(@CurrentMcpToken() token: McpToken) {
    return token;
  }
}

const log = new RecordingLogger();
let propelAuth: PropelAuthServer;

beforeAll(async () => {
  propelAuth = await PropelAuthServer.start();
});

beforeEach(() => {
  log.lines.length = 0;
  propelAuth.requests.length = 0;
  propelAuth.answers({ status: 200, body: activeToken() });
});

/** Starts an MCP server; what it gives back calls it with a token. */
async function startServer(options: Partial<PropelAuthOptions> = {}) {
  const { app, url } = await startGuarded(
    { controllers: [McpController] },
    { authUrl: propelAuth.url, debugMode: true, plugins: [mcpServer(mcp)], ...options },
  );
  app.useLogger(log);
  return (token = MCP_TOKEN, headers: Record<string, string> = {}) =>
    supertest(url).post('/mcp').set('Authorization', `Bearer ${token}`).set(headers);
}

/** Sends a request for each token over kept connections, and counts the statuses. */
async function flood(url: string, tokens: string[]): Promise<Record<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  registerCleanup(() => agent.destroy());
  const statuses: Record<number, number> = {};
  await Promise.all(
    tokens.map(async (token) => {
      const status = await post(agent, url, token);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }),
  );
  return statuses;
}

function post(agent: Agent, url: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}` };
    const sent = sendHttp(`${url}/mcp`, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject).end();
  });
}

describe('An MCP server', () => {
  it('accepts a token that PropelAuth reports as active, and returns its properties', async () => {
    const call = await startServer();
    const { status, body } = await call();
    expect({ status, body: body as unknown }).toEqual({
      status: 201,
      body: {
        userId: 'user-alice',
        clientId: 'client-of-alice',
        scopes: ['read:reports'],
        orgId: ACME_ID,
        expiresAt: 4_080_000_000,
      },
    });
    expect(propelAuth.requests).toMatchObject([{ method: 'POST', path: '/oauth/2.1/introspect' }]);
  });

  it('sends one request for 100 concurrent calls, and another after cacheSeconds', async () => {
    stopClock(NOW);
    const call = await startServer({ plugins: [mcpServer({ ...mcp, cacheSeconds: 10 })] });
    const held: ServerResponse[] = [];
    propelAuth.answers((_request, response) => held.push(response));
    const calls = Promise.all(Array.from({ length: 100 }, async () => (await call()).status));
    await until(() => held.length === 1);
    held[0]?.writeHead(200, { 'content-type': 'application/json' });
    held[0]?.end(JSON.stringify(activeToken()));
    expect(new Set(await calls)).toEqual(new Set([201]));
    expect(propelAuth.requests).toHaveLength(1);
    propelAuth.answers({ status: 200, body: inactiveToken });
    jest.setSystemTime(NOW + 9_999);
    await call().expect(201);
    jest.setSystemTime(NOW + 10_000);
    await call().expect(401);
    expect(propelAuth.requests).toHaveLength(2);
  });

  it('uses no cached response past the exp of the token', async () => {
    stopClock(NOW);
    const call = await startServer({ plugins: [mcpServer({ ...mcp, cacheSeconds: 60 })] });
    propelAuth.answers({ status: 200, body: activeToken({ exp: NOW / 1000 + 5 }) });
    expect((await call()).status).toBe(201);
    propelAuth.answers({ status: 200, body: inactiveToken });
    jest.setSystemTime(NOW + 4_999);
    expect((await call()).status).toBe(201);
    jest.setSystemTime(NOW + 5_000);
    expect((await call()).status).toBe(401);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['that is not active', inactiveToken, 'mcp_token_invalid'],
    ['without a sub', activeToken({ sub: undefined }), 'mcp_token_invalid'],
    ['without an exp', activeToken({ exp: undefined }), 'mcp_token_invalid'],
    ['that has expired', activeToken({ exp: 1_750_000_000 }), 'mcp_token_invalid'],
    ['that is a refresh token', activeToken({ token_type: 'refresh_token' }), 'mcp_token_invalid'],
    ['for no resource', activeToken({ aud: undefined }), 'mcp_audience_mismatch'],
    [
      'for another resource',
      activeToken({ aud: 'https://evil.example.com/mcp' }),
      'mcp_audience_mismatch',
    ],
    [
      'for this resource and another one in contradiction',
      activeToken({ resource: 'https://evil.example.com/mcp' }),
      'mcp_audience_mismatch',
    ],
  ])('returns 401 for a token %s', async (_what, body, reason) => {
    propelAuth.answers({ status: 200, body });
    const call = await startServer();
    const response = await call();
    expect(response.status).toBe(401);
    expect(response.body).toMatchObject({ reason });
    expect(response.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/);
  });

  it('does not use the Host header as its resource', async () => {
    propelAuth.answers({ status: 200, body: activeToken({ aud: 'https://evil.example.com/mcp' }) });
    const call = await startServer();
    const { status } = await call(MCP_TOKEN, {
      Host: 'evil.example.com',
      'X-Forwarded-Host': 'evil.example.com',
      'X-Forwarded-Proto': 'https',
    });
    expect(status).toBe(401);
  });

  it.each([
    ['a token with other characters', `${MCP_TOKEN}"`],
    ['a token that is too long', 'a'.repeat(4_097)],
    ['two tokens', `${MCP_TOKEN},${MCP_TOKEN}`],
  ])('returns 401 for %s without a request to PropelAuth', async (_what, token) => {
    const call = await startServer();
    const { status } = await call(token);
    expect(status).toBe(401);
    expect(propelAuth.requests).toEqual([]);
  });

  it('returns 401 for the access token of a user, without sending it anywhere', async () => {
    const call = await startServer();
    const { status, body } = await call(await issuer.accessToken(alice));
    expect({ status, body: body as unknown }).toMatchObject({
      status: 401,
      body: { reason: 'mcp_token_invalid' },
    });
    expect(propelAuth.requests).toEqual([]);
  });

  it.each([
    ...failuresInsteadOf(activeToken()),
    ['JSON without active', { status: 200, body: {} }],
    ['active as a string', { status: 200, body: activeToken({ active: 'true' }) }],
    ['an exp that is a string', { status: 200, body: activeToken({ exp: '4080000000' }) }],
    ['a scope that is an array', { status: 200, body: activeToken({ scope: ['read:reports'] }) }],
  ] as [string, Answer][])('returns 503 after %s', async (_what, answer) => {
    propelAuth.answers(answer);
    const call = await startServer();
    const { status, body } = await call();
    expect({ status, body: body as unknown }).toMatchObject({
      status: 503,
      body: { reason: 'propelauth_unavailable' },
    });
    expect(propelAuth.requests).toHaveLength(1);
  });

  it('returns 503 after apiTimeoutMs', async () => {
    const { answer, deadlines } = hanging(false);
    propelAuth.answers(answer);
    const call = await startServer({ apiTimeoutMs: 1234 });
    await call().expect(503);
    expect(deadlines).toEqual([1234]);
  });

  it('returns Retry-After if PropelAuth limits the rate', async () => {
    propelAuth.answers({ status: 429, headers: { 'retry-after': '7' } });
    const call = await startServer();
    const { status, headers } = await call();
    expect({ status, retryAfter: headers['retry-after'] }).toEqual({
      status: 503,
      retryAfter: '7',
    });
  });
});

describe('A flood of invalid tokens', () => {
  it('causes one request for each well-formed token, 50 at a time, and is rejected', async () => {
    const { url } = await startGuarded(
      { controllers: [McpController] },
      { authUrl: propelAuth.url, plugins: [mcpServer(mcp)] },
    );
    const questions: string[] = [];
    let inFlight = 0;
    let mostInFlight = 0;
    propelAuth.answers((request, response) => {
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      void text(request).then((body) => {
        questions.push(body);
        inFlight--;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(inactiveToken));
      });
    });
    const tokens = Array.from({ length: 600 }, (_, index) =>
      index % 2 === 0 ? `junk-${index}` : `a.user's.${index}`,
    );
    const { 401: rejected = 0, 503: unanswered = 0 } = await flood(url, tokens);
    expect(rejected + unanswered).toBe(600);
    expect(rejected).toBeGreaterThanOrEqual(300);
    expect(questions.length).toBeLessThanOrEqual(300);
    expect(new Set(questions).size).toBe(questions.length);
    expect(questions.join()).not.toContain('user');
    expect(mostInFlight).toBeLessThanOrEqual(50);
  }, 60_000);
});

describe('An MCP token and the client secret', () => {
  it.each<[string, Answer]>([
    ['accepted', { status: 200, body: activeToken() }],
    ['rejected', { status: 200, body: inactiveToken }],
    ['for another resource', { status: 200, body: activeToken({ aud: 'https://x.example.com' }) }],
    ['without an exp', { status: 200, body: activeToken({ exp: undefined }) }],
    ['echoed', { status: 200, body: `${MCP_TOKEN} ${INTROSPECTION.clientSecret}` }],
    [
      'echoed with a wrong secret',
      { status: 401, body: { error: `${MCP_TOKEN} ${INTROSPECTION.clientSecret}` } },
    ],
    ['redirected', { status: 302, headers: { location: `/?token=${MCP_TOKEN}` } }],
    ['lost', (request) => request.socket.destroy()],
  ])('appear in no log and no response: %s', async (_what, answer) => {
    propelAuth.answers(answer);
    const call = await startServer();
    for (const { text: body, headers } of [await call(), await call(`${MCP_TOKEN}\t`)]) {
      const everything = `${body} ${JSON.stringify(headers)} ${log.text}`;
      for (const secret of [MCP_TOKEN, INTROSPECTION.clientSecret, API_KEY]) {
        expect(everything).not.toContain(secret);
      }
      expect(everything).not.toContain(
        Buffer.from(`:${INTROSPECTION.clientSecret}`).toString('base64'),
      );
    }
  });

  it('cannot inject headers or log lines through the audience or the scope', async () => {
    const injected = `${RESOURCE}"\r\nX-Injected: 1\r\n\r\n<script>`;
    propelAuth.answers({ status: 200, body: activeToken({ aud: injected }) });
    const call = await startServer();
    const rejected = await call();
    expect(rejected.status).toBe(401);
    expect(rejected.headers).not.toHaveProperty('x-injected');
    expect(JSON.stringify(rejected.headers)).not.toContain('script');
    expect(log.of('error').join()).not.toMatch(/[\r\n]/);
    propelAuth.answers({ status: 200, body: activeToken({ scope: `a\r\nX-Injected:1 b"c d` }) });
    const accepted = await call(`${MCP_TOKEN}-2`);
    expect(accepted.body).toMatchObject({ scopes: ['d'] });
    expect(accepted.headers).not.toHaveProperty('x-injected');
  });
});

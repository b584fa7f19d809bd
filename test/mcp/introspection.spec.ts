import { Controller, Post } from '@nestjs/common';
import { CurrentMcpToken, mcpServer, RequireMcpToken, type McpToken } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { endless } from '../propelauth/backend/failures.js';
import { hanging } from '../propelauth/backend/timeouts.js';
import { loseConnection } from '../support/backend-failures.js';
import { closedPort } from '../support/closed-port.js';
import { stopLogClock } from '../support/fake-timers.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { activeToken, inactiveToken, MCP_TOKEN } from '../support/introspection.js';
import { INTROSPECTION, mcp, RESOURCE } from '../support/mcp-options.js';
import { ACME_ID, alice, API_KEY } from '../support/project.js';
import { PropelAuthServer, type Answer } from '../support/propelauth-server.js';
import { RecordingLogger } from '../support/recording-logger.js';

@Controller()
class McpController {
  @Post('mcp')
  @RequireMcpToken()
  call(@CurrentMcpToken() token: McpToken) {
    return token;
  }
}

const log = new RecordingLogger();
const propelAuth = await PropelAuthServer.start();

/** Starts an MCP server; what it gives back calls it with a token. */
async function startServer(authUrl = propelAuth.url) {
  const { app, url } = await startGuarded(
    { controllers: [McpController] },
    { authUrl, debugMode: true, apiTimeoutMs: 1234, plugins: [mcpServer(mcp)] },
  );
  app.useLogger(log);
  return (token = MCP_TOKEN, headers: Record<string, string> = {}) =>
    supertest(url).post('/mcp').set('Authorization', `Bearer ${token}`).set(headers);
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const active = (changes: Record<string, unknown>) => ok(activeToken(changes));
const OTHER = 'https://evil.example.com/mcp';
const ECHO = `${MCP_TOKEN} ${INTROSPECTION.clientSecret}`;

const INVALID = '401 mcp_token_invalid';
const MISMATCH = '401 mcp_audience_mismatch';
const UNAVAILABLE = '503 propelauth_unavailable';

/** Checks that neither the client nor the log learns a secret. */
function expectRejection(response: supertest.Response, expected: string, logged: string): void {
  const { status, body, headers, text } = response;
  expect(`${status} ${(body as { reason: string }).reason}`).toBe(expected);
  const challenge = status === 401 ? /^Bearer error="invalid_token"/ : /^$/;
  expect(headers['www-authenticate'] ?? '').toMatch(challenge);
  expect(log.text).toContain(logged);
  const everything = `${text} ${JSON.stringify(headers)} ${log.text}`;
  const basic = Buffer.from(`:${INTROSPECTION.clientSecret}`).toString('base64');
  for (const secret of [MCP_TOKEN, INTROSPECTION.clientSecret, basic, API_KEY]) {
    expect(everything).not.toContain(secret);
  }
}

beforeEach(() => {
  stopLogClock();
  log.lines.length = 0;
  propelAuth.requests.length = 0;
  propelAuth.answers(active({}));
});

describe('A call with an MCP token', () => {
  it('is allowed if PropelAuth says that it is active', async () => {
    const call = await startServer();
    const { body } = await call().expect(201);
    expect(body).toEqual({
      userId: 'user-alice',
      clientId: 'client-of-alice',
      scopes: ['read:reports'],
      orgId: ACME_ID,
      expiresAt: 4_080_000_000,
    });
    expect(propelAuth.requests).toMatchObject([{ method: 'POST', path: '/oauth/2.1/introspect' }]);
  });

  it.each<[string, Answer, string, string]>([
    ['a token that is not active', ok(inactiveToken), INVALID, ''],
    ['a token without a sub', active({ sub: undefined }), INVALID, 'without sub'],
    ['a token without an exp', active({ exp: undefined }), INVALID, 'without exp'],
    ['an exp in the past', active({ exp: 1_750_000_000 }), INVALID, ''],
    ['a refresh token', active({ token_type: 'refresh_token' }), INVALID, ''],
    ['no resource', active({ aud: undefined }), MISMATCH, 'without aud'],
    ['another resource', active({ aud: OTHER }), MISMATCH, OTHER],
    ['a contradictory resource', active({ resource: OTHER }), MISMATCH, OTHER],
    ['JSON without active', ok({}), UNAVAILABLE, 'invalid response'],
    ['active as a string', active({ active: 'true' }), UNAVAILABLE, 'invalid response'],
    ['an exp that is a string', active({ exp: '4080000000' }), UNAVAILABLE, 'invalid response'],
    ['a list of scopes', active({ scope: ['read'] }), UNAVAILABLE, 'invalid response'],
    ['nothing', ok(''), UNAVAILABLE, 'not JSON'],
    ['HTML', ok('<html>'), UNAVAILABLE, 'not JSON'],
    ['what it was sent', ok(ECHO), UNAVAILABLE, 'not JSON'],
    ['too much', endless, UNAVAILABLE, 'too long'],
    ['401', { status: 401, body: ECHO }, UNAVAILABLE, 'rejects the credentials'],
    ['404', { status: 404 }, UNAVAILABLE, 'has no token introspection'],
    ['429', { status: 429, headers: { 'retry-after': '7' } }, UNAVAILABLE, 'status 429'],
    ['500', { status: 500 }, UNAVAILABLE, 'status 500'],
    [
      'a redirect',
      { status: 302, headers: { location: `/?t=${MCP_TOKEN}` } },
      UNAVAILABLE,
      'status 302',
    ],
    ['by hanging up', loseConnection, UNAVAILABLE, 'cannot be reached'],
  ])(
    'is rejected, and no secret told, if PropelAuth answers %s',
    async (_what, answer, expected, logged) => {
      propelAuth.answers(answer);
      const call = await startServer();
      expectRejection(await call(), expected, logged);
      expect(propelAuth.requests).toHaveLength(1);
    },
  );

  it('is rejected if PropelAuth does not answer within apiTimeoutMs', async () => {
    const { answer, deadlines } = hanging(false);
    propelAuth.answers(answer);
    const call = await startServer();
    expectRejection(await call(), UNAVAILABLE, 'did not respond within 1.234 s');
    expect(deadlines).toEqual([1234]);
  });

  it('is rejected if PropelAuth cannot be reached', async () => {
    const call = await startServer(`http://127.0.0.1:${await closedPort()}`);
    expectRejection(await call(), UNAVAILABLE, 'ECONNREFUSED');
  });

  it('is rejected with the Retry-After of PropelAuth', async () => {
    propelAuth.answers({ status: 429, headers: { 'retry-after': '7' } });
    const call = await startServer();
    expect((await call()).headers).toHaveProperty('retry-after', '7');
  });

  it('is for the resource of the options, whatever the Host header says', async () => {
    propelAuth.answers(active({ aud: OTHER }));
    const call = await startServer();
    const host = 'evil.example.com';
    const forwarded = { 'x-forwarded-host': host, 'x-forwarded-proto': 'https' };
    expectRejection(await call(MCP_TOKEN, { host, ...forwarded }), MISMATCH, OTHER);
  });

  it.each<[string, () => string | Promise<string>, string]>([
    ['the access token of a user', () => issuer.accessToken(alice), INVALID],
    ['a token with other characters', () => `${MCP_TOKEN}"`, INVALID],
    ['a token that is too long', () => 'a'.repeat(4_097), INVALID],
    ['two tokens', () => `${MCP_TOKEN},${MCP_TOKEN}`, INVALID],
  ])('is rejected without sending PropelAuth %s', async (_what, token, expected) => {
    const call = await startServer();
    expectRejection(await call(await token()), expected, '');
    expect(propelAuth.requests).toEqual([]);
  });

  it('cannot inject headers or log lines through the audience or the scope', async () => {
    propelAuth.answers(active({ aud: `${RESOURCE}"\r\nX-Injected: 1\r\n\r\n<script>` }));
    const call = await startServer();
    const rejected = await call();
    expectRejection(rejected, MISMATCH, '');
    expect(JSON.stringify(rejected.headers)).not.toMatch(/script|x-injected/i);
    expect(log.of('error').join()).not.toMatch(/[\r\n]/);
    propelAuth.answers(active({ scope: `a\r\nX-Injected:1 b"c d` }));
    const accepted = await call(`${MCP_TOKEN}-2`);
    expect(accepted.body).toMatchObject({ scopes: ['d'] });
    expect(accepted.headers).not.toHaveProperty('x-injected');
  });
});

import { once } from 'node:events';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { endless, failuresInsteadOf } from '../../../test/propelauth/backend/failures.js';
import { recordingBody } from '../../../test/propelauth/backend/recording-body.js';
import { hanging } from '../../../test/propelauth/backend/timeouts.js';
import { activeToken, MCP_TOKEN } from '../../../test/support/introspection.js';
import { closedPort } from '../../../test/support/closed-port.js';
import { API_KEY } from '../../../test/support/project.js';
import { PropelAuthServer, type Answer } from '../../../test/support/propelauth-server.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import type { McpOptions } from '../mcp-options.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { unavailable } from '../../rejections/rejection.js';
import { IntrospectionClient } from './introspection-client.js';
import { INTROSPECTION } from '../../../test/support/mcp-options.js';

const log = new RecordingLogger();
let propelAuth: PropelAuthServer;
let calls: IntrospectionClient;

beforeAll(async () => {
  Logger.overrideLogger(log);
  propelAuth = await PropelAuthServer.start();
});

beforeEach(() => {
  propelAuth.requests.length = 0;
  log.lines.length = 0;
  calls = clientWith();
});

function clientWith(
  { introspection = INTROSPECTION }: Partial<McpOptions> = {},
  authUrl = propelAuth.url,
): IntrospectionClient {
  const options = { authUrl, apiKey: API_KEY, apiTimeoutMs: 1234 };
  // Questions about access tokens of MCP clients never go there.
  const resolved = new ResolvedOptions({ ...options, apiUrl: 'http://127.0.0.1:9' });
  return new IntrospectionClient(resolved, introspection);
}

/** The error that a call ends in. */
function failureOf(call: Promise<unknown>): Promise<Error> {
  return call.then(
    (result) => new Error(`There was no failure, but ${inspect(result)}`),
    (error: unknown) => error as Error,
  );
}

function introspect(token = MCP_TOKEN) {
  return calls.introspect(token);
}

describe('IntrospectionClient.introspect', () => {
  it('sends one request to the authorization server, with Basic credentials and without the API key', async () => {
    const { bodies, answer } = recordingBody({ status: 200, body: activeToken() }, String);
    propelAuth.answers(answer);
    expect(await introspect('a+b/c~d==')).toMatchObject({ token: { userId: 'user-alice' } });
    expect(bodies).toEqual(['token=a%2Bb%2Fc%7Ed%3D%3D&token_type_hint=access_token']);
    const basic = Buffer.from(`${INTROSPECTION.clientId}:${INTROSPECTION.clientSecret}`).toString(
      'base64',
    );
    expect(propelAuth.requests).toEqual([
      {
        method: 'POST',
        path: '/oauth/2.1/introspect',
        headers: expect.objectContaining({
          authorization: `Basic ${basic}`,
          'content-type': 'application/x-www-form-urlencoded',
        }) as unknown,
      },
    ]);
    const [request] = propelAuth.requests;
    expect(request?.headers).not.toHaveProperty('x-propelauth-url');
    expect(JSON.stringify(request)).not.toContain(API_KEY);
  });

  it('sends every allowed character in the credentials unchanged', async () => {
    propelAuth.answers({ status: 200, body: activeToken() });
    const clientId = String.raw`!"#$%&'()*+,-./0;<=>?@[\]^_{|}~`;
    const clientSecret = `${clientId}:%20+`;
    await clientWith({ introspection: { clientId, clientSecret } }).introspect(MCP_TOKEN);
    const { authorization = '' } = propelAuth.requests[0]?.headers ?? {};
    const [scheme, encoded = ''] = authorization.split(' ');
    expect(scheme).toBe('Basic');
    expect(Buffer.from(encoded, 'base64').toString()).toBe(`${clientId}:${clientSecret}`);
  });

  it('rejects an inactive token', async () => {
    propelAuth.answers({ status: 200, body: { active: false } });
    expect(await failureOf(introspect())).toMatchObject({ reason: 'mcp_token_invalid' });
    expect(log.lines).toEqual([]);
  });

  describe.each([
    ...failuresInsteadOf(activeToken()),
    [
      'a response of more than 64 KiB',
      { status: 200, body: activeToken({ a: 'a'.repeat(65_536) }) },
    ],
    ['an object that is not an introspection response', { status: 200, body: { error: 'x' } }],
  ] as [string, Answer][])('after %s', (_what, answer) => {
    it('reports that PropelAuth is unreachable, after one request', async () => {
      propelAuth.answers(answer);
      expect(await failureOf(introspect())).toMatchObject({ reason: 'propelauth_unavailable' });
      expect(propelAuth.requests).toHaveLength(1);
    });
  });

  it('stops reading a response that is too long', async () => {
    let closed: Promise<unknown> | undefined;
    propelAuth.answers((request, response) => {
      closed = once(response, 'close');
      endless(request, response);
    });
    expect(await failureOf(introspect())).toEqual(
      unavailable('PropelAuth returned a response that is too long'),
    );
    await closed;
  });

  it.each([false, true])(
    'times out after apiTimeoutMs, headers sent first: %s',
    async (headersFirst) => {
      const { answer, deadlines } = hanging(headersFirst);
      propelAuth.answers(answer);
      expect(await failureOf(introspect())).toEqual(
        unavailable(`${propelAuth.url} did not respond within 1.234 s`),
      );
      expect(deadlines).toEqual([1234]);
    },
  );

  it('logs once that the authorization server is unreachable, and once when it is back', async () => {
    const unreachable = `http://127.0.0.1:${await closedPort()}`;
    const failure = await failureOf(clientWith({}, unreachable).introspect(MCP_TOKEN));
    expect(failure).toEqual(unavailable(`${unreachable} cannot be reached (ECONNREFUSED)`));
    log.lines.length = 0;

    propelAuth.answers({ status: 500 });
    for (let count = 0; count < 3; count++) await failureOf(introspect());
    expect(log.of('warn')).toEqual([
      expect.stringContaining('returned status 500, so calls with MCP tokens return 503.'),
    ]);
    propelAuth.answers({ status: 200, body: { active: false } });
    await failureOf(introspect());
    expect(log.of('log')).toEqual([
      expect.stringContaining('PropelAuth responds again to requests about MCP tokens.'),
    ]);
  });

  it.each([
    [{}, 1],
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': '86400' }, 3_600],
  ])('after a 429 with %j, asks the client to retry in %d s', async (headers, seconds) => {
    propelAuth.answers({ status: 429, headers });
    expect(await failureOf(introspect())).toMatchObject({
      reason: 'propelauth_unavailable',
      retryAfterSeconds: seconds,
    });
  });

  it.each([
    [
      401,
      /^PropelAuth rejects the credentials in mcpServer\.introspection .*return 503\. Copy clientId and clientSecret of the environment http:/,
    ],
    [
      404,
      /^authUrl http:.* has no token introspection .*return 503\. Turn on MCP for this environment in your PropelAuth dashboard, and check that authUrl is /,
    ],
  ])('logs the meaning of a %d once', async (status, message) => {
    propelAuth.answers({ status, body: `SECRET ${INTROSPECTION.clientSecret}` });
    await failureOf(introspect());
    await failureOf(introspect());
    expect(log.of('error')).toEqual([expect.stringMatching(message)]);
    expect(log.text).not.toMatch(
      new RegExp(`SECRET|${INTROSPECTION.clientSecret}|${API_KEY}|${MCP_TOKEN}`),
    );
  });

  it.each(['sub', 'exp'])('logs once that active tokens have no %s', async (field) => {
    propelAuth.answers({ status: 200, body: activeToken({ [field]: undefined }) });
    for (let count = 0; count < 2; count++) {
      expect(await failureOf(introspect())).toMatchObject({ reason: 'mcp_token_invalid' });
    }
    expect(log.of('error')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^PropelAuth returned an active token without ${field}, so .* returns no ${field}\\.`,
        ),
      ),
    ]);
  });

  it('prints neither the client secret nor the API key', () => {
    const printed = inspect(calls, { depth: null, showHidden: true, getters: true });
    expect(printed).toContain(propelAuth.url);
    const { clientId, clientSecret } = INTROSPECTION;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    for (const secret of [clientSecret, basic, API_KEY]) expect(printed).not.toContain(secret);
    expect(JSON.stringify(calls)).not.toContain(clientSecret);
  });

  it.each<[string, Answer]>([
    ['wrong credentials', { status: 401, body: { error: `SECRET ${INTROSPECTION.clientSecret}` } }],
    ['a redirect', { status: 307, headers: { location: `https://SECRET/?t=${MCP_TOKEN}` } }],
    ['invalid JSON', { status: 200, body: `SECRET ${INTROSPECTION.clientSecret} ${MCP_TOKEN}` }],
    ['nonsense', { status: 200, body: activeToken({ exp: `SECRET ${MCP_TOKEN}` }) }],
    ['an inactive token', { status: 200, body: { active: false, sub: `SECRET ${MCP_TOKEN}` } }],
    ['a broken connection', (request) => request.socket.destroy()],
  ])('does not repeat secrets or the response after %s', async (_what, answer) => {
    propelAuth.answers(answer);
    const printed = inspect(await failureOf(introspect()), { depth: null, showHidden: true });
    expect(printed).toContain('Rejection');
    for (const secret of ['SECRET', INTROSPECTION.clientSecret, API_KEY, MCP_TOKEN]) {
      expect(printed + log.text).not.toContain(secret);
    }
  });
});

import { All, Controller, Post, type INestApplication } from '@nestjs/common';
import {
  CurrentUser,
  OptionalUser,
  RequireUser,
  RequireUserOrApiKey,
  tokenFromCookie,
  tokenFromHeader,
  type User,
} from 'nestjs-propelauth';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { connect, graphqlModule, nextOf } from '../support/graphql.js';
import { ACME_ID, alice, bob } from '../support/project.js';
import { sendRaw } from '../support/send-raw.js';
import { GuardedResolver } from './graphql/guarded.resolver.js';

@Controller()
class DeskController {
  @All('act')
  @RequireUser()
  act(@CurrentUser() user: User) {
    return reached(user);
  }

  @Post('optional')
  @OptionalUser()
  optional(@CurrentUser() user: User | null) {
    return reached(user);
  }

  @Post('script')
  @RequireUserOrApiKey()
  script(@CurrentUser() user: User | null) {
    return reached(user);
  }

  @Post('own')
  @RequireUser({ tokenSource: tokenFromCookie('own') })
  own(@CurrentUser() user: User) {
    return reached(user);
  }

  @Post('header')
  @RequireUser({ tokenSource: tokenFromHeader() })
  header(@CurrentUser() user: User) {
    return reached(user);
  }
}

/** What a handler says when it runs, and for whom. */
function reached(user: User | null): string {
  return `reached by ${user?.userId ?? 'nobody'}`;
}

/** Like the package method-override, which Express applications use before their routes. */
function overrideMethod(app: INestApplication): void {
  if (globalThis.HTTP_ADAPTER === 'fastify') return;
  app.use((request: { method: string; url: string }, _response: unknown, next: () => void) => {
    if (request.url.includes('_method=DELETE')) request.method = 'DELETE';
    next();
  });
}

const APP = 'https://app.example.com';
const application = await startGuarded(
  {
    imports: [graphqlModule({ fullWsTransport: true })],
    controllers: [DeskController],
    providers: [GuardedResolver],
  },
  {
    debugMode: true,
    tokenSource: tokenFromCookie('session', { orHeader: true, allowedOrigins: [APP] }),
  },
  overrideMethod,
);
const { url } = application;
const [aliceToken, bobToken] = await Promise.all(
  [alice, bob].map((one) => issuer.accessToken(one)),
);
const COOKIE = `Cookie: session=${aliceToken}`;
const OWN_COOKIE = `Cookie: own=${aliceToken}`;
const BEARER = `Authorization: Bearer ${aliceToken}`;
const BOBS_BEARER = `Authorization: Bearer ${bobToken}`;
const OWN = 'Origin: https://api.example.com';
const ALLOWED = `Origin: ${APP}`;
const EVIL = 'Origin: https://evil.example';
const CROSS_SITE = 'Sec-Fetch-Site: cross-site';
const TYPE = 'Content-Type';
const SAME_ORIGIN = 'Sec-Fetch-Site: same-origin';
const REACHED = `reached by ${alice.userId}`;

/** Sends a request with exactly these headers besides Host, and returns the status and the text of the answer. */
async function send(line: string, headers: readonly string[], body = '') {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${line} HTTP/1.1`, 'Host: api.example.com', 'Connection: close', ...length];
  return sendRaw(url, `${[...head, ...headers].join('\r\n')}\r\n\r\n${body}`);
}

// Which origins there are is in lib/transports/cross-site.spec.ts.
describe('A request under a cookie', () => {
  it.each<[what: string, line: string, cookie: string, headers: string[]]>([
    ['of another site', 'POST /act', COOKIE, [CROSS_SITE]],
    ['with another Origin', 'POST /act', COOKIE, [EVIL]],
    ['without Sec-Fetch-Site and Origin', 'POST /act', COOKIE, []],
    ['with two Sec-Fetch-Site headers', 'POST /act', COOKIE, [SAME_ORIGIN, CROSS_SITE]],
    ['with two Origins', 'POST /act', COOKIE, [ALLOWED, EVIL]],
    [
      'with a matching X-Forwarded-Host',
      'POST /act',
      COOKIE,
      [EVIL, 'X-Forwarded-Host: evil.example'],
    ],
    ['that names a safe method', 'POST /act', COOKIE, [EVIL, 'X-HTTP-Method-Override: GET']],
    ['of a form', 'POST /act', COOKIE, [EVIL, `${TYPE}: application/x-www-form-urlencoded`]],
    ['of a simple request', 'POST /act', COOKIE, [EVIL, `${TYPE}: text/plain`]],
    ['with PUT', 'PUT /act', COOKIE, [CROSS_SITE]],
    ['with PATCH', 'PATCH /act', COOKIE, [CROSS_SITE]],
    ['with DELETE', 'DELETE /act', COOKIE, [CROSS_SITE]],
    ['of a page whose scripts CORS lets read the response', 'GET /act', COOKIE, [EVIL]],
    // Without Connection: Upgrade it stays a request.
    ['that opens a WebSocket', 'GET /act', COOKIE, ['Upgrade: websocket', EVIL]],
    ['even where a user is optional', 'POST /optional', COOKIE, [CROSS_SITE]],
    ['also for a cookie of the decorator', 'POST /own', OWN_COOKIE, [ALLOWED]],
    ['with the same token in a header', 'POST /act', `${COOKIE}\r\n${BEARER}`, []],
  ])('is rejected with 403 %s', async (_what, line, cookie, headers) => {
    const body = headers.some((header) => header.startsWith(TYPE)) ? 'a=1' : '';
    const { status, text } = await send(line, [cookie, ...headers], body);
    expect(status).toBe(403);
    expect(text).toContain('origin_not_allowed');
    expect(text).toContain('tokenFromCookie.allowedOrigins');
    expect(text).not.toContain(aliceToken);
    // The same cookie counts for a page of the own origin.
    expect((await send(line, [cookie, OWN])).text).toContain(REACHED);
  });

  it('is rejected with 403 if a middleware turns it from GET into DELETE', async () => {
    const { status } = await send('GET /act?_method=DELETE', [COOKIE, CROSS_SITE]);
    expect(status).toBe(globalThis.HTTP_ADAPTER === 'fastify' ? 200 : 403);
  });

  it.each<[line: string, headers: string[], text: string]>([
    ['POST /act', [COOKIE, SAME_ORIGIN], REACHED],
    ['POST /act', [COOKIE, 'Sec-Fetch-Site: same-site', ALLOWED], REACHED],
    ['GET /act', [COOKIE, CROSS_SITE], REACHED],
    ['GET /act', [COOKIE, ALLOWED], REACHED],
    ['OPTIONS /act', [COOKIE, CROSS_SITE], REACHED],
    ['POST /optional', [CROSS_SITE], 'reached by nobody'],
  ])('is let in: %s %#', async (line, headers, text) => {
    expect((await send(line, headers)).text).toContain(text);
  });
});

const cookies = (value: string) => [`Cookie: ${value}`, OWN];

// More cookies are in lib/transports/cookies.spec.ts.
describe('A cookie does not count', () => {
  it.each<[what: string, headers: string[], reason: string]>([
    ['twice', cookies(`session=${aliceToken}; session=${bobToken}`), 'credentials_ambiguous'],
    ['in two headers', [COOKIE, `Cookie: session=${bobToken}`, OWN], 'credentials_ambiguous'],
    ['beside a header with another token', [COOKIE, BOBS_BEARER, OWN], 'credentials_ambiguous'],
    ['beside two headers', [COOKIE, BEARER, BOBS_BEARER, OWN], 'token_malformed'],
    ['under a name with a prefix', cookies(`__Host-session=${aliceToken}`), 'token_missing'],
    ['empty', cookies('session='), 'token_missing'],
    ['in quotation marks', cookies(`session="${aliceToken}"`), 'token_malformed'],
    ['after Bearer', cookies(`session=Bearer ${aliceToken}`), 'token_malformed'],
    ['in a header with its name', [`session: ${aliceToken}`, OWN], 'token_missing'],
  ])('%s', async (_what, headers, reason) => {
    const answer = await send('POST /act', headers);
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.text).toContain(`"reason":"${reason}"`);
    expect(answer.text).not.toContain(aliceToken);
  });

  it('in megabytes of cookies', async () => {
    const many = 'a=1; '.repeat(200_000);
    const { status } = await send('POST /act', cookies(`${many}session=${aliceToken}`));
    expect([431, 'closed']).toContain(status);
  });

  it.each(['X-API-Key: ', 'Authorization: Bearer '])(
    'beside an API key after %s, where both are accepted',
    async (header) => {
      const { text } = await send('POST /script', [COOKIE, OWN, header + 'a'.repeat(64)]);
      expect(text).toContain('credentials_ambiguous');
    },
  );
});

describe('A token', () => {
  it.each([
    ['POST /act', 'There is no access token in the cookie session or the Authorization header'],
    ['POST /own', 'There is no access token in the cookie own'],
  ])('is looked for where debug mode says: %s', async (line, message) => {
    expect((await send(line, [])).text).toContain(message);
  });

  it.each<[what: string, line: string, headers: string[], text: string]>([
    ['in a header is not under the rule', 'POST /act', [BEARER, CROSS_SITE], REACHED],
    ['in a header does not count without orHeader', 'POST /own', [BEARER], '"statusCode":401'],
    [
      'in a header does not count without orHeader, beside the cookie',
      'POST /own',
      [`Cookie: own=${bobToken}`, BEARER, OWN],
      `reached by ${bob.userId}`,
    ],
    [
      'in a cookie does not count with tokenFromHeader()',
      'POST /header',
      [COOKIE, OWN],
      '"statusCode":401',
    ],
    [
      'in a header is the only one that counts with tokenFromHeader()',
      'POST /header',
      [COOKIE, BOBS_BEARER],
      `reached by ${bob.userId}`,
    ],
  ])('%s', async (_what, line, headers, text) => {
    expect((await send(line, headers)).text).toContain(text);
  });
});

function ask(method: 'GET' | 'POST', query: string, headers: string[]) {
  // Otherwise Apollo itself rejects a request with GET, before any resolver.
  const all = [COOKIE, 'Apollo-Require-Preflight: true', ...headers];
  return method === 'GET'
    ? send(`GET /graphql?query=${encodeURIComponent(query)}`, all)
    : send('POST /graphql', ['Content-Type: application/json', ...all], JSON.stringify({ query }));
}

describe('GraphQL under a cookie', () => {
  const ME = '{ me }';
  const RENAME = `mutation { rename(orgId: "${ACME_ID}") }`;

  it.each<['GET' | 'POST', string, string[]]>([
    ['POST', RENAME, [CROSS_SITE]],
    ['POST', RENAME, [EVIL]],
    ['POST', ME, [CROSS_SITE]],
    ['GET', ME, [CROSS_SITE]],
    ['GET', ME, ['Sec-Fetch-Site: same-site']],
    ['GET', ME, []],
  ])('rejects %s %s of another origin: %j', async (method, query, headers) => {
    const { text } = await ask(method, query, headers);
    expect(text).toContain('origin_not_allowed');
    expect(text).not.toContain(alice.userId);
  });

  it.each<['GET' | 'POST', string, string, string]>([
    ['POST', RENAME, OWN, `${alice.userId} renames`],
    ['POST', ME, ALLOWED, alice.userId],
    ['GET', ME, SAME_ORIGIN, alice.userId],
  ])('accepts %s %s of the own or an allowed origin: %s', async (method, query, header, answer) => {
    expect((await ask(method, query, [header])).text).toContain(answer);
  });
});

const open = (origin: string | undefined, connectionParams: Record<string, unknown> = {}) =>
  connect(application, connectionParams, {
    Cookie: `session=${aliceToken}`,
    ...(origin !== undefined && { Origin: origin }),
  });

/** The errors of an operation that was rejected. */
const rejected = (reason: string) => [
  expect.objectContaining({ extensions: expect.objectContaining({ reason }) as unknown }),
];

describe('graphql-ws under a cookie', () => {
  // Mercurius adds connection parameters to the headers, once there is a subscription.
  it.each<[string | undefined, Record<string, unknown>]>([
    ['https://evil.example', {}],
    ['null', {}],
    [undefined, {}],
    [`${APP}.evil.example`, {}],
    ['https://evil.example', { 'sec-fetch-site': 'same-origin' }],
    ['https://evil.example', { 'Sec-Fetch-Site': 'none' }],
    ['https://evil.example', { headers: { 'sec-fetch-site': 'same-origin' } }],
    ['https://evil.example', { origin: APP, headers: { origin: APP } }],
    ['https://evil.example', { host: 'evil.example', headers: { host: 'evil.example' } }],
  ])('rejects a page of %s, with the connection parameters %j', async (origin, parameters) => {
    const client = open(origin, parameters);
    for (const query of ['{ me }', 'subscription { ticks }', '{ me }', 'subscription { ticks }']) {
      const { data, errors } = await nextOf(client, query);
      expect(data?.['me'] ?? data?.['ticks'] ?? null).toBeNull();
      expect(errors).toEqual(rejected('origin_not_allowed'));
    }
  });

  it.each([url, APP])('accepts queries and subscriptions of a page of %s', async (origin) => {
    const client = open(origin);
    expect(await nextOf(client, '{ me }')).toMatchObject({ data: { me: alice.userId } });
    expect(await nextOf(client, 'subscription { ticks }')).toMatchObject({
      data: { ticks: alice.userId },
    });
  });

  it('rejects the cookie beside a connection parameter with the token of another user', async () => {
    const client = open(url, { Authorization: `Bearer ${bobToken}` });
    const { errors } = await nextOf(client, '{ me }');
    expect(errors).toEqual(rejected('credentials_ambiguous'));
  });

  it('accepts a connection parameter alone from everywhere', async () => {
    const parameters = { Authorization: `Bearer ${bobToken}` };
    const client = connect(application, parameters, { Origin: 'https://evil.example' });
    expect(await nextOf(client, '{ me }')).toMatchObject({ data: { me: bob.userId } });
  });
});

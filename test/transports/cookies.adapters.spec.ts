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
const OWN = 'Origin: https://api.example.com';
const REACHED = `reached by ${alice.userId}`;

/** Sends a request with exactly these headers besides Host, and returns the status and the text of the answer. */
async function send(line: string, headers: readonly string[], body = '') {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${line} HTTP/1.1`, 'Host: api.example.com', 'Connection: close', ...length];
  return sendRaw(url, `${[...head, ...headers].join('\r\n')}\r\n\r\n${body}`);
}

describe('A request of another origin under a cookie is rejected with 403', () => {
  it.each<[string, string[]]>([
    ['cross-site', ['Sec-Fetch-Site: cross-site']],
    ['of another subdomain', ['Sec-Fetch-Site: same-site', 'Origin: https://blog.example.com']],
    ['cross-site, with the own Origin', ['Sec-Fetch-Site: cross-site', OWN]],
    [
      'with two Sec-Fetch-Site headers',
      ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'],
    ],
    ['without Sec-Fetch-Site and Origin', []],
    ['with the address of an own page in Referer', ['Referer: https://api.example.com/page']],
    ['with another Origin', ['Origin: https://evil.example']],
    ['with the Origin null, of a sandboxed frame', ['Origin: null']],
    [
      'cross-site with the Origin null, after a redirect',
      ['Sec-Fetch-Site: cross-site', 'Origin: null'],
    ],
    ['with an empty Origin', ['Origin:']],
    ['of another port', ['Origin: https://api.example.com:8443']],
    ['of an allowed host on another port', ['Origin: https://app.example.com:8443']],
    ['of an allowed host without TLS', ['Origin: http://app.example.com']],
    ['of a subdomain of an allowed host', ['Origin: https://x.app.example.com']],
    ['of the parent domain', ['Origin: https://example.com']],
    ['of a host that begins like an allowed one', ['Origin: https://app.example.com.evil.example']],
    ['of a host that ends like an allowed one', ['Origin: https://evilapp.example.com']],
    [
      'of a host after an allowed one and an at sign',
      ['Origin: https://app.example.com@evil.example'],
    ],
    ['with two Origins', [`Origin: ${APP}`, 'Origin: https://evil.example']],
    ['with an Origin and something after it', [`Origin: ${APP}/, https://evil.example`]],
    [
      'with a matching X-Forwarded-Host',
      ['Origin: https://evil.example', 'X-Forwarded-Host: evil.example'],
    ],
    ['with a matching Forwarded', ['Origin: https://evil.example', 'Forwarded: host=evil.example']],
    [
      'of a form',
      ['Origin: https://evil.example', 'Content-Type: application/x-www-form-urlencoded'],
    ],
    ['of a simple request', ['Origin: https://evil.example', 'Content-Type: text/plain']],
    ['that names a safe method', ['Origin: https://evil.example', 'X-HTTP-Method-Override: GET']],
  ])('%s', async (_what, headers) => {
    const body = headers.some((header) => header.startsWith('Content-Type')) ? 'a=1' : '';
    const answer = await send('POST /act', [COOKIE, ...headers], body);
    expect(answer).toMatchObject({ status: 403 });
    expect(answer.text).toContain('origin_not_allowed');
    expect(answer.text).toContain('tokenFromCookie.allowedOrigins');
    expect(answer.text).not.toContain(aliceToken);
    // The same cookie counts for a page of the own origin.
    expect((await send('POST /act', [COOKIE, OWN])).text).toContain(REACHED);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('%s', async (method) => {
    expect(await send(`${method} /act`, [COOKIE, 'Sec-Fetch-Site: cross-site'])).toMatchObject({
      status: 403,
    });
    expect((await send(`${method} /act`, [COOKIE, OWN])).text).toContain(REACHED);
  });

  it('GET of a page whose scripts CORS lets read the response', async () => {
    const foreign = await send('GET /act', [COOKIE, 'Origin: https://evil.example']);
    expect(foreign).toMatchObject({ status: 403 });
    expect((await send('GET /act', [COOKIE, `Origin: ${APP}`])).text).toContain(REACHED);
  });

  it('GET that opens a WebSocket', async () => {
    const upgrade = ['Upgrade: websocket', 'Origin: https://evil.example'];
    // Without Connection: Upgrade it stays a request.
    expect(await send('GET /act', [COOKIE, ...upgrade])).toMatchObject({ status: 403 });
  });

  it('GET that a middleware turns into DELETE', async () => {
    const answer = await send('GET /act?_method=DELETE', [COOKIE, 'Sec-Fetch-Site: cross-site']);
    expect(answer.status).toBe(globalThis.HTTP_ADAPTER === 'fastify' ? 200 : 403);
  });

  it('even where a user is optional', async () => {
    const headers = [COOKIE, 'Sec-Fetch-Site: cross-site'];
    expect(await send('POST /optional', headers)).toMatchObject({ status: 403 });
    const anonymous = await send('POST /optional', ['Sec-Fetch-Site: cross-site']);
    expect(anonymous.text).toContain('reached by nobody');
  });

  it('also for a cookie of the decorator', async () => {
    const own = `Cookie: own=${aliceToken}`;
    expect(await send('POST /own', [own, `Origin: ${APP}`])).toMatchObject({ status: 403 });
    expect((await send('POST /own', [own, OWN])).text).toContain(REACHED);
  });
});

describe('A request under a cookie is let in', () => {
  it.each<[string, string[]]>([
    ['of the own origin', ['Sec-Fetch-Site: same-origin']],
    [
      'of the own origin, behind a proxy that changes Host',
      ['Sec-Fetch-Site: same-origin', 'Origin: https://www.example.com'],
    ],
    ['of the address bar', ['Sec-Fetch-Site: none']],
    ['with the own Origin', [OWN]],
    ['with an allowed Origin', ['Sec-Fetch-Site: same-site', `Origin: ${APP}`]],
  ])('%s', async (_what, headers) => {
    expect((await send('POST /act', [COOKIE, ...headers])).text).toContain(REACHED);
  });

  it.each(['GET', 'OPTIONS'])('with %s from everywhere', async (method) => {
    expect((await send(`${method} /act`, [COOKIE, 'Sec-Fetch-Site: cross-site'])).text).toContain(
      REACHED,
    );
  });
});

describe('The cookie', () => {
  const cookies = (value: string) => [`Cookie: ${value}`, OWN];

  it.each<[string, string[], string]>([
    [
      'twice, with tokens of two users',
      cookies(`session=${aliceToken}; session=${bobToken}`),
      'credentials_ambiguous',
    ],
    [
      'in two headers, with tokens of two users',
      [COOKIE, `Cookie: session=${bobToken}`, OWN],
      'credentials_ambiguous',
    ],
    [
      'twice, once in quotation marks',
      cookies(`session=${aliceToken}; session="${aliceToken}"`),
      'credentials_ambiguous',
    ],
    ['twice, once empty', cookies(`session=; session=${aliceToken}`), 'credentials_ambiguous'],
    [
      'beside a header with the token of another user',
      [COOKIE, `Authorization: Bearer ${bobToken}`, OWN],
      'credentials_ambiguous',
    ],
    [
      'beside two headers',
      [COOKIE, `Authorization: Bearer ${aliceToken}`, `Authorization: Bearer ${bobToken}`, OWN],
      'token_malformed',
    ],
    [
      'under a longer name',
      cookies(`session2=${aliceToken}; xsession=${aliceToken}`),
      'token_missing',
    ],
    ['under the name with a prefix', cookies(`__Host-session=${aliceToken}`), 'token_missing'],
    ['under the name in capitals', cookies(`SESSION=${aliceToken}`), 'token_missing'],
    ['under the name in percent signs', cookies(`%73ession=${aliceToken}`), 'token_missing'],
    ['within another cookie', cookies(`a=session=${aliceToken}`), 'token_missing'],
    ['empty', cookies('session='), 'token_missing'],
    ['in quotation marks', cookies(`session="${aliceToken}"`), 'token_malformed'],
    ['after Bearer', cookies(`session=Bearer ${aliceToken}`), 'token_malformed'],
    ['in a header with its name', [`session: ${aliceToken}`, OWN], 'token_missing'],
  ])('does not count %s', async (_what, headers, reason) => {
    const answer = await send('POST /act', headers);
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.text).toContain(`"reason":"${reason}"`);
    expect(answer.text).not.toContain(aliceToken);
  });

  it('does not count in megabytes of cookies', async () => {
    const many = 'a=1; '.repeat(200_000);
    const { status } = await send('POST /act', cookies(`${many}session=${aliceToken}`));
    expect([431, 'closed']).toContain(status);
  });

  it('beside a header with the same token is under the rule', async () => {
    const both = [COOKIE, `Authorization: Bearer ${aliceToken}`];
    expect(await send('POST /act', both)).toMatchObject({ status: 403 });
    expect((await send('POST /act', [...both, OWN])).text).toContain(REACHED);
  });

  it('beside an API key is ambiguous where both are accepted', async () => {
    const both = await send('POST /script', [COOKIE, OWN, `X-API-Key: ${'a'.repeat(64)}`]);
    expect(both.text).toContain('credentials_ambiguous');
    const bearer = await send('POST /script', [
      COOKIE,
      OWN,
      `Authorization: Bearer ${'a'.repeat(64)}`,
    ]);
    expect(bearer.text).toContain('credentials_ambiguous');
  });

  it('is named in debug mode', async () => {
    const { text } = await send('POST /act', []);
    expect(text).toContain(
      'There is no access token in the cookie session or the Authorization header',
    );
    expect((await send('POST /own', [])).text).toContain(
      'There is no access token in the cookie own',
    );
  });
});

describe('A token in a header', () => {
  const BEARER = `Authorization: Bearer ${aliceToken}`;

  it('is not under the rule', async () => {
    expect((await send('POST /act', [BEARER, 'Sec-Fetch-Site: cross-site'])).text).toContain(
      REACHED,
    );
  });

  it('does not count without orHeader, alone or beside the cookie', async () => {
    expect(await send('POST /own', [BEARER])).toMatchObject({ status: 401 });
    const both = await send('POST /own', [`Cookie: own=${bobToken}`, BEARER, OWN]);
    expect(both.text).toContain(`reached by ${bob.userId}`);
  });

  it('is the only one that counts with tokenFromHeader()', async () => {
    expect(await send('POST /header', [COOKIE, OWN])).toMatchObject({ status: 401 });
    const both = await send('POST /header', [COOKIE, `Authorization: Bearer ${bobToken}`]);
    expect(both.text).toContain(`reached by ${bob.userId}`);
  });
});

describe('GraphQL under a cookie', () => {
  const query = encodeURIComponent('{ me }');
  // Otherwise Apollo itself rejects the request, before any resolver.
  const viaGet = ['Apollo-Require-Preflight: true', COOKIE];
  const json = ['Content-Type: application/json', COOKIE];
  const rename = JSON.stringify({ query: `mutation { rename(orgId: "${ACME_ID}") }` });
  const me = JSON.stringify({ query: '{ me }' });

  it.each<[string, string, string[], string]>([
    [
      'a mutation of another site',
      'POST /graphql',
      [...json, 'Sec-Fetch-Site: cross-site'],
      rename,
    ],
    [
      'a mutation with another Origin',
      'POST /graphql',
      [...json, 'Origin: https://evil.example'],
      rename,
    ],
    ['a query of another site', 'POST /graphql', [...json, 'Sec-Fetch-Site: cross-site'], me],
    [
      'a query with GET of another site',
      `GET /graphql?query=${query}`,
      [...viaGet, 'Sec-Fetch-Site: cross-site'],
      '',
    ],
    [
      'a query with GET of another subdomain',
      `GET /graphql?query=${query}`,
      [...viaGet, 'Sec-Fetch-Site: same-site'],
      '',
    ],
    [
      'a query with GET without Sec-Fetch-Site and Origin',
      `GET /graphql?query=${query}`,
      viaGet,
      '',
    ],
  ])('rejects %s', async (_what, line, headers, body) => {
    const { text } = await send(line, headers, body);
    expect(text).toContain('origin_not_allowed');
    expect(text).not.toContain(alice.userId);
  });

  it('accepts operations of the own and of allowed origins', async () => {
    expect((await send('POST /graphql', [...json, OWN], rename)).text).toContain(
      `${alice.userId} renames`,
    );
    expect((await send('POST /graphql', [...json, `Origin: ${APP}`], me)).text).toContain(
      alice.userId,
    );
    const { text } = await send(`GET /graphql?query=${query}`, [
      ...viaGet,
      'Sec-Fetch-Site: same-origin',
    ]);
    expect(text).toContain(alice.userId);
  });
});

function open(origin: string | undefined, connectionParams: Record<string, unknown> = {}) {
  return connect(application, connectionParams, {
    Cookie: `session=${aliceToken}`,
    ...(origin !== undefined && { Origin: origin }),
  });
}

describe('graphql-ws under a cookie', () => {
  it.each(['https://evil.example', 'null', undefined, `${APP}.evil.example`])(
    'rejects queries and subscriptions of a page of %s',
    async (origin) => {
      const client = open(origin);
      for (const query of ['{ me }', 'subscription { ticks }']) {
        const answer = await nextOf(client, query);
        expect(answer.errors).toEqual([
          expect.objectContaining({
            extensions: expect.objectContaining({ reason: 'origin_not_allowed' }) as unknown,
          }),
        ]);
      }
    },
  );

  // Mercurius adds connection parameters to the headers, once there is a subscription.
  it.each<[string, Record<string, unknown>]>([
    ['Sec-Fetch-Site', { 'sec-fetch-site': 'same-origin' }],
    ['Sec-Fetch-Site in capitals', { 'Sec-Fetch-Site': 'none' }],
    ['Sec-Fetch-Site among headers', { headers: { 'sec-fetch-site': 'same-origin' } }],
    ['an allowed Origin', { origin: APP, headers: { origin: APP } }],
    ['its own Host', { host: 'evil.example', headers: { host: 'evil.example' } }],
  ])('rejects another page whose connection parameters have %s', async (_what, parameters) => {
    const client = open('https://evil.example', parameters);
    for (const query of ['subscription { ticks }', '{ me }', 'subscription { ticks }']) {
      const { data, errors } = await nextOf(client, query);
      expect(data?.['me'] ?? data?.['ticks'] ?? null).toBeNull();
      expect(errors).toEqual([
        expect.objectContaining({
          extensions: expect.objectContaining({ reason: 'origin_not_allowed' }) as unknown,
        }),
      ]);
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
    expect(errors).toEqual([
      expect.objectContaining({
        extensions: expect.objectContaining({ reason: 'credentials_ambiguous' }) as unknown,
      }),
    ]);
  });

  it('accepts a connection parameter alone from everywhere', async () => {
    const client = connect(
      application,
      { Authorization: `Bearer ${bobToken}` },
      { Origin: 'https://evil.example' },
    );
    expect(await nextOf(client, '{ me }')).toMatchObject({ data: { me: bob.userId } });
  });
});

import { createHash } from 'node:crypto';
import type { Emulator } from 'propelauth-emulator';
import { createApp } from '../../emulator/src/app.js';
import { registerCleanup } from '../support/clean-up.js';
import { sendRaw } from '../support/send-raw.js';
import { AUTHORIZATION, Browser, encode, FRONT_END, ORIGIN } from './browser.js';

const ALLOWED = 'https://app.example.com';

/** What the browser gives a page that asks. */
type Answer = 'rejection' | 'nothing' | 'response' | 'response with cookies';

/** Who uses a route, and what pages of each origin get: the emulator's own, trusted ones, others, and requests without an origin. */
const USERS = {
  'own pages': {
    answers: ['nothing', 'rejection', 'rejection', 'nothing'],
    routes: [
      'GET /',
      'GET /__emulator/outbox',
      'GET /__emulator/requests',
      'GET /account',
      'GET /account/api_keys',
      'GET /account/security',
      'GET /account/settings',
      'GET /create_org',
      'GET /forgot_password',
      'GET /login',
      'GET /oauth/2.1/authorize',
      'GET /org',
      'GET /org/api_keys/:id?',
      'GET /org/members/:id?',
      'GET /org/settings/:id?',
      'GET /propelauth/login',
      'GET /propelauth/magic_link',
      'GET /propelauth/passwordless',
      'GET /saml',
      'GET /signup',
    ],
  },
  'forms of own pages': {
    answers: ['nothing', 'rejection', 'rejection', 'rejection'],
    routes: [
      'POST /__emulator/change',
      'POST /account',
      'POST /account/security',
      'POST /account/settings',
      'POST /create_org',
      'POST /forgot_password',
      'POST /login',
      'POST /propelauth/login',
      'POST /propelauth/logout',
      'POST /propelauth/mcp/authorize/:id',
      'POST /propelauth/oauth/authorize',
      'POST /propelauth/passwordless',
      'POST /propelauth/ssr/authorize',
      'POST /signup',
    ],
  },
  'front ends': {
    answers: ['response with cookies', 'response with cookies', 'rejection', 'nothing'],
    routes: ['GET /api/v1/refresh_token', 'POST /api/v1/logout'],
  },
  'trusted clients': {
    answers: ['response', 'response', 'nothing', 'nothing'],
    routes: [
      'GET /propelauth/oauth/userinfo',
      'POST /propelauth/oauth/token',
      'POST /propelauth/oauth/userinfo',
    ],
  },
  'all clients': {
    answers: ['response', 'response', 'response', 'response'],
    routes: [
      'GET /.well-known/oauth-authorization-server/oauth/2.1',
      'POST /oauth/2.1/register',
      'POST /oauth/2.1/token',
    ],
  },
  scripts: {
    answers: ['rejection', 'rejection', 'rejection', 'nothing'],
    routes: [
      'DELETE /__emulator/faults',
      'GET /__emulator/calls',
      'GET /__emulator/events',
      'GET /__emulator/health',
      'GET /__emulator/state',
      'GET /__emulator/token',
      'POST /__emulator/faults',
      'POST /__emulator/reset',
    ],
  },
  'programs and browsers': {
    answers: ['nothing', 'nothing', 'nothing', 'nothing'],
    routes: [
      'GET /api/v1/token_verification_metadata',
      'GET /favicon.ico',
      // Only the browser that has begun the request has its cookie.
      'GET /propelauth/mcp/authorize/:id',
      'GET /propelauth/oauth/authorize',
      'GET /propelauth/ssr/authorize',
      'POST /oauth/2.1/introspect',
      'POST /propelauth/ssr/token',
    ],
  },
} satisfies Record<string, { answers: Answer[]; routes: string[] }>;

const ROUTES = Object.entries(USERS).flatMap(([users, { answers, routes }]) =>
  routes.map((route): [string, string, Answer[]] => [route, users, answers]),
);

const TRUSTED = [FRONT_END, ALLOWED, 'http://127.0.0.1:4000', 'https://localhost:4000'];
const FOREIGN = [
  'https://evil.example',
  'http://localhost.evil.example',
  'http://localhost:4000.evil.example',
  'http://app.example.com',
  'https://app.example.com:5173',
  'null',
];

const EVIL_ADDRESSES = [
  'https://evil.example/',
  'http://app.example.com/',
  'http://localhost.evil.example/',
  'http://localhost:5173.evil.example/',
  'http://localhost:5173@evil.example/',
  '//evil.example/',
  '/\\evil.example',
  'javascript:alert(1)//http://localhost:5173',
  `blob:${FRONT_END}/1`,
  `view-source:${FRONT_END}`,
  `data:text/html,${FRONT_END}`,
  'ftp://localhost/',
  '/account',
  '%',
  'not a URL',
];

/** Pages and forms that lead nowhere else, or to clients. */
const WITHOUT_RETURN = /__emulator|mcp|oauth|ssr|^GET \/$/;

/** A browser in which alice is signed in. */
async function start(): Promise<Browser> {
  const browser = await Browser.open({ allowedOrigins: [ALLOWED] });
  await browser.signIn('alice');
  return browser;
}

/** Asks for a route, with what could be enough to change something. */
function ask(
  browser: Browser,
  route: string,
  origin?: string,
  form: Record<string, string> = {},
): Promise<Response> {
  const [method, path = ''] = route.replace(/:id\??/, 'x').split(' ');
  const headers = new Headers({ cookie: browser.cookie });
  if (origin !== undefined) headers.set('origin', origin);
  // Forms of pages have no such header.
  if (path.startsWith('/__emulator/') && path !== '/__emulator/change') {
    headers.set('authorization', AUTHORIZATION.authorization);
  }
  if (method === 'GET') {
    const query = new URLSearchParams({ user: 'alice', ...form });
    return browser.emulator.fetch(`${ORIGIN}${path}?${query.toString()}`, { headers });
  }
  const filled = {
    change: 'createOrg',
    name: 'Evil Inc',
    user: 'alice',
    email: 'alice@example.com',
    new_password: 'a-password',
    ...form,
  };
  const body = new URLSearchParams(filled);
  return browser.emulator.fetch(ORIGIN + path, { method, headers, body });
}

function answerOf({ status, headers }: Response, origin = 'none'): Answer {
  const readers = headers.get('access-control-allow-origin');
  const isClosed = readers === null && !headers.has('set-cookie');
  if (status === 403 && isClosed) return 'rejection';
  if (readers === null) return 'nothing';
  if (status === 403 || !['*', origin].includes(readers)) throw new Error(`Open to ${readers}`);
  return headers.has('access-control-allow-credentials') ? 'response with cookies' : 'response';
}

function isReadable(answer?: Answer): boolean {
  return answer?.startsWith('response') === true;
}

/** Everything that a request could have changed. */
function stateOf({ core: { project, webhooks, oauth } }: Emulator): string {
  const tables = Object.values({ ...project.tables, ...oauth.tables });
  return JSON.stringify([tables, project.outbox.messages, webhooks.events]);
}

describe('Each route of the emulator', () => {
  it('is one that this suite knows', async () => {
    const { emulator } = await start();
    const routes = createApp(emulator.core).routes.map(({ method, path }) => `${method} ${path}`);
    const others = routes.filter((route) => !/^ALL | \/api\/backend\/v1\//.test(route));
    expect([...new Set(others)].toSorted()).toEqual(ROUTES.map(([route]) => route).toSorted());
  });

  it.each(ROUTES)('%s is for %s, and others get no answer', async (route, _users, answers) => {
    const browser = await start();
    const [own, trusted, foreign, none] = answers;
    const origins: [string | undefined, Answer | undefined][] = [
      ...TRUSTED.map((origin): [string, Answer | undefined] => [origin, trusted]),
      ...FOREIGN.map((origin): [string, Answer | undefined] => [origin, foreign]),
      [undefined, none],
      [ORIGIN, own],
    ];
    for (const [origin, expected] of origins) {
      const before = stateOf(browser.emulator);
      const answer = answerOf(await ask(browser, route, origin), origin);
      const isHarmless = answer !== 'rejection' || stateOf(browser.emulator) === before;
      expect([origin, answer, isHarmless]).toEqual([origin, expected, true]);
    }
  });

  it.each(ROUTES)('%s tells browsers before: it is for %s', async (route, _users, answers) => {
    const { emulator } = await start();
    const [method = '', path = ''] = route.replace(/:id\??/, 'x').split(' ');
    const [, trusted, foreign] = answers;
    for (const origin of [...TRUSTED, ...FOREIGN]) {
      const isOpen = isReadable(TRUSTED.includes(origin) ? trusted : foreign);
      const asked = {
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type',
      };
      const headers = { origin, ...asked };
      const answer = await emulator.fetch(ORIGIN + path, { method: 'OPTIONS', headers });
      expect([origin, isReadable(answerOf(answer, origin))]).toEqual([origin, isOpen]);
      if (!isOpen) continue;
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-methods')).toContain(method);
      expect(answer.headers.get('access-control-allow-headers')).toBe('content-type');
    }
  });

  it('is closed to pages whose hostname becomes that of this machine', async () => {
    const browser = await start();
    registerCleanup(() => browser.emulator.close());
    const { url } = await browser.emulator.listen();
    const before = stateOf(browser.emulator);
    for (const [route] of ROUTES) {
      for (const host of ['evil.example', `localhost.evil.example:${new URL(url).port}`]) {
        const head = [
          `${route} HTTP/1.1`,
          `Host: ${host}`,
          `Origin: http://${host}`,
          `Cookie: ${browser.cookie}`,
          'Connection: close',
        ];
        const { status } = await sendRaw(url, `${head.join('\r\n')}\r\n\r\n`);
        expect([route, host, status]).toEqual([route, host, 421]);
      }
    }
    expect(stateOf(browser.emulator)).toBe(before);
  });
});

describe('Each page', () => {
  const pages = [
    ...USERS['own pages'].routes,
    'GET /propelauth/mcp/authorize/:id',
    'GET /propelauth/oauth/authorize',
    'GET /propelauth/ssr/authorize',
  ];

  it.each(pages)('%s is not cached, not framed, and runs only its own script', async (page) => {
    const response = await ask(await start(), page);
    const { headers } = response;
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=UTF-8',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^' ]+'; (script-src 'sha256-[^' ]+'; connect-src 'self'; )?form-action 'self'( http:\/\/localhost:4000)?; frame-ancestors 'none'; base-uri 'none'$/,
    );
    const text = await response.text();
    for (const [, element, content = ''] of text.matchAll(/<(style|script)>(.*?)<\/\1>/gs)) {
      const hash = createHash('sha256').update(content).digest('base64');
      expect(headers.get('content-security-policy')).toContain(`${element}-src 'sha256-${hash}'`);
    }
    expect(text).toContain('<style>');
    expect(text).not.toMatch(/<link|<img|@import|url\(|\bsrc=|\bstyle=|\bon\w+=/i);
  });
});

describe('Each form', () => {
  const routes = [
    ...USERS['forms of own pages'].routes,
    'POST /__emulator/faults',
    'POST /oauth/2.1/introspect',
    'POST /oauth/2.1/register',
    'POST /oauth/2.1/token',
  ];

  it.each(routes)('%s is rejected if it is larger than 16 KiB', async (route) => {
    const browser = await start();
    const before = stateOf(browser.emulator);
    const origin = route.includes('faults') ? undefined : ORIGIN;
    const response = await ask(browser, route, origin, { x: 'x'.repeat(17_000) });
    expect(response.status).toBe(413);
    expect(stateOf(browser.emulator)).toBe(before);
  });
});

describe('Each page and form that leads back to the front end', () => {
  const routes = [...USERS['own pages'].routes, ...USERS['forms of own pages'].routes].filter(
    (route) => !WITHOUT_RETURN.test(route),
  );

  it.each(EVIL_ADDRESSES)('never leads to %s, and does nothing', async (address) => {
    const browser = await start();
    const before = stateOf(browser.emulator);
    const rt = encode(address);
    for (const route of routes) {
      const { status, headers } = await ask(browser, route, ORIGIN, { rt });
      expect([route, status]).toEqual([route, 400]);
      expect([headers.get('location'), headers.get('set-cookie')]).toEqual([null, null]);
      expect(headers.get('content-security-policy')).toContain("form-action 'self';");
    }
    expect(stateOf(browser.emulator)).toBe(before);
  });
});

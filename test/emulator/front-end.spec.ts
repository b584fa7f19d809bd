import { decodeJwt } from 'jose';
import {
  createEmulator,
  createSecrets,
  type Emulator,
  type EmulatorOptions,
  type Seed,
} from 'propelauth-emulator';
import { stopClock } from '../support/fake-timers.js';
import { Browser, ORIGIN } from './browser.js';

const FRONT_END = 'http://localhost:5173';
const ALLOWED = 'https://app.example.com';
const ACME = 'acce0000-0000-4000-8000-000000000000';
const OTHER = '0e1f0000-0000-4000-8000-000000000000';
const ALICE = 'a11ce000-0000-4000-8000-000000000001';
// Making keys takes longer than a test.
const SECRETS = await createSecrets();
const DAY_MS = 24 * 60 * 60 * 1000;

const SEED: Seed = {
  orgs: [
    { name: 'Acme <Inc>', orgId: ACME, metadata: { tier: 2 } },
    { name: 'Other', orgId: OTHER },
  ],
  users: [
    {
      name: 'alice',
      userId: ALICE,
      firstName: 'Alice',
      properties: { plan: 'pro' },
      mfaEnabled: true,
      orgs: [{ org: 'Acme <Inc>', role: 'Admin', permissions: ['can_view'] }],
    },
    { name: 'bob' },
  ],
};

const SIGN_IN_PATHS = ['/login', '/propelauth/login'];
const HOSTED_PATHS = ['/account', '/org', '/create_org', '/saml'];

/** What PropelAuth's library for the browser sends. */
const FROM_FRONT_END = { origin: FRONT_END, 'content-type': 'application/json' };

function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const defaults = { authUrl: ORIGIN, allowedOrigins: [ALLOWED], secrets: SECRETS };
  return createEmulator({ seed: SEED, ...defaults, ...options });
}

let browser: Browser;

async function startBrowser(options?: EmulatorOptions): Promise<Browser> {
  return new Browser(await start(options));
}

async function signedIn(user = 'alice', options?: EmulatorOptions): Promise<Browser> {
  browser = await startBrowser(options);
  expect((await browser.signIn(user)).status).toBe(303);
  return browser;
}

function encode(url: string): string {
  return Buffer.from(url, 'latin1').toString('base64');
}

function refreshToken(
  query = '',
  headers: Record<string, string> = FROM_FRONT_END,
  asking = browser,
): Promise<Response> {
  return asking.get(`/api/v1/refresh_token${query}`, headers);
}

interface Info {
  readonly access_token: string;
  readonly org_id_to_org_member_info: object;
  readonly user: { readonly username?: string };
}

async function infoOf(response: Response): Promise<Info> {
  expect(response.status).toBe(200);
  return (await response.json()) as Info;
}

beforeEach(async () => {
  browser = await startBrowser();
});

describe('The refresh token endpoint of the emulator', () => {
  it('returns the data that PropelAuth’s libraries read, and nothing that only back ends see', async () => {
    await signedIn();
    const { project } = browser.emulator.core;
    const alice = project.users.get(ALICE);
    if (alice !== undefined) project.updateUser(alice, { metadata: { score: 1 } });
    const response = await refreshToken();
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe(FRONT_END);
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    const info = await infoOf(response);
    expect(info).toEqual({
      access_token: expect.any(String),
      expires_at_seconds: decodeJwt(info.access_token).exp,
      org_id_to_org_member_info: {
        [ACME]: expect.objectContaining({
          org_id: ACME,
          org_name: 'Acme <Inc>',
          org_metadata: { tier: 2 },
          user_role: 'Admin',
          inherited_user_roles_plus_current_role: ['Admin', 'Member'],
          user_permissions: ['can_view'],
        }),
      },
      user: {
        user_id: ALICE,
        email: 'alice@example.com',
        email_confirmed: true,
        username: 'alice',
        first_name: 'Alice',
        has_password: expect.any(Boolean),
        locked: false,
        enabled: true,
        mfa_enabled: true,
        can_create_orgs: expect.any(Boolean),
        created_at: expect.any(Number),
        last_active_at: expect.any(Number),
        properties: { plan: 'pro' },
      },
    });
  });

  it('scopes the token to the active organization', async () => {
    await signedIn();
    const info = await infoOf(await refreshToken(`?active_org_id=${ACME}`));
    const claims = decodeJwt(info.access_token);
    expect(claims).toMatchObject({ org_member_info: { org_id: ACME, user_role: 'Admin' } });
    expect(claims).not.toHaveProperty('org_id_to_org_member_info');
    expect(Object.keys(info.org_id_to_org_member_info)).toEqual([ACME]);
  });

  it.each([OTHER, 'unknown', '', '__proto__', `${ACME}&active_org_id=${ACME}`])(
    'returns 401 for the active organization %j, as PropelAuth’s library expects',
    async (orgId) => {
      await signedIn();
      const response = await refreshToken(`?active_org_id=${orgId}`);
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain('eyJ');
    },
  );

  it.each<Record<string, string>>([{}, FROM_FRONT_END, { origin: ORIGIN }])(
    'lets nobody name a user, by %j',
    async (headers) => {
      expect((await refreshToken('?user=alice', headers)).status).toBe(401);
      await signedIn('bob');
      const info = await infoOf(await refreshToken('?user=alice', headers));
      expect(info.user.username).toBe('bob');
    },
  );

  it('returns 401 without a session, and says where to sign in', async () => {
    const response = await refreshToken();
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe(FRONT_END);
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    expect(await response.json()).toEqual({
      error: `No user is signed in. Sign in at ${ORIGIN}/login.`,
    });
  });

  it('returns nothing once the user is disabled or signed out everywhere', async () => {
    const changes = [
      ({ core: { project } }: Emulator) => project.endSessions(ALICE),
      ({ core: { project } }: Emulator) => project.removeUser(ALICE),
      ({ core: { project } }: Emulator) => {
        for (const user of project.users.values()) project.updateUser(user, { enabled: false });
      },
    ];
    for (const change of changes) {
      await signedIn();
      change(browser.emulator);
      expect((await refreshToken()).status).toBe(401);
    }
  });

  it('returns nothing to the session of a deleted user, also for a later one with the same id', async () => {
    stopClock(1_790_000_000_000);
    await signedIn();
    jest.setSystemTime(1_790_000_001_000);
    const { project } = browser.emulator.core;
    project.removeUser(ALICE);
    project.addUser({ user_id: ALICE, email: 'alice@example.com' });
    expect((await refreshToken()).status).toBe(401);
  });

  it('returns the token of a user who is deleted and created again in an instant', async () => {
    stopClock(1_790_000_000_000);
    const { project } = browser.emulator.core;
    project.removeUser(ALICE);
    project.addUser({ user_id: ALICE, email: 'alice@example.com', username: 'alice' });
    await browser.signIn('alice');
    expect((await refreshToken()).status).toBe(200);
  });

  it('describes the user as they are now, also one that a test has described', async () => {
    const { emulator } = browser;
    const userId = emulator.addUser({
      username: 'eve',
      orgs: [{ orgId: ACME, orgName: 'Acme <Inc>', role: 'Admin' }],
    });
    emulator.core.project.setRoles(ACME, userId, { role: 'Member' });
    await browser.signIn('eve');
    for (let count = 0; count < 2; count++) {
      const { access_token: token } = await infoOf(await refreshToken());
      expect(decodeJwt(token)).toMatchObject({
        org_id_to_org_member_info: { [ACME]: { user_role: 'Member' } },
      });
    }
  });
});

describe('The sign-in page of the emulator', () => {
  it.each(SIGN_IN_PATHS)(
    'at %s signs in with a cookie that scripts and other sites cannot use, and returns to the front end',
    async (path) => {
      const address = `${FRONT_END}/reports?page=2&q=a%20b#top`;
      const rt = encode(address);
      const query = new URLSearchParams({ rt, user: 'bob', plan: 'pro' });
      const page = await browser.get(`${path}?${query.toString()}`);
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toMatch(
        /; form-action 'self' http:\/\/localhost:5173; /,
      );
      expect(page.headers.has('set-cookie')).toBe(false);
      expect(await page.text()).toContain(`<input type="hidden" name="rt" value="${rt}">`);
      const response = await browser.post(path, { user: 'alice', rt });
      expect(response.status).toBe(303);
      expect(response.headers.get('location')).toBe(address);
      expect(response.headers.get('set-cookie')).toMatch(
        /^propelauth_session_[0-9a-f]{16}=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
      );
      expect((await infoOf(await refreshToken())).user.username).toBe('alice');
    },
  );

  it('shows at most 200 users', async () => {
    const users = Array.from({ length: 210 }, (_, index) => ({ name: `user${index}` }));
    const page = await (await startBrowser({ seed: { users } })).get('/login');
    const text = await page.text();
    expect(text.match(/<button name="user"/g)).toHaveLength(200);
    expect(text).toContain('These are 200 of 210 users.');
  });

  it('returns to the front end that the browser comes from if it does not say where', async () => {
    const page = await browser.get('/login', { referer: `${FRONT_END}/` });
    const rt = encode(`${FRONT_END}/`);
    expect(await page.text()).toContain(`<input type="hidden" name="rt" value="${rt}">`);
  });

  it.each(['https://evil.example/', `${ORIGIN}/`, 'about:blank', 'not a URL'])(
    'returns to the account page if the browser comes from %s',
    async (referer) => {
      const page = await browser.get('/login', { referer });
      expect(await page.text()).not.toContain('name="rt"');
      const response = await browser.post('/login', { user: 'alice' }, { origin: ORIGIN, referer });
      expect(response.headers.get('location')).toBe(`${ORIGIN}/account`);
    },
  );

  it.each([`${ORIGIN}/app`, 'http://127.0.0.1:4200/', 'http://[::1]:1/', FRONT_END, ALLOWED])(
    'returns to %s',
    async (address) => {
      const response = await browser.post('/login', { user: 'alice', rt: encode(address) });
      expect(response.headers.get('location')).toBe(new URL(address).href);
    },
  );

  it('returns to its own pages, also with an auth URL that is not on this machine', async () => {
    const emulator = await createEmulator({ seed: SEED });
    const own = 'https://auth.example.com';
    for (const [address, status] of [
      [`${own}/account`, 303],
      [`${own}.evil.example/`, 400],
      [`${own}@evil.example/`, 400],
    ] as const) {
      const body = new URLSearchParams({ user: 'alice', rt: encode(address) });
      const headers = { origin: own };
      const response = await emulator.fetch(`${own}/login`, { method: 'POST', headers, body });
      expect([address, response.status]).toEqual([address, status]);
    }
  });

  it('shows no more of a return address than fits on a page', async () => {
    const page = await browser.get(`/login?rt=${encodeURIComponent(encode('<i>'.repeat(5_000)))}`);
    const text = await page.text();
    expect(text.match(/&lt;i&gt;/g)?.length).toBeLessThan(100);
    expect(text).not.toContain('<i>');
  });

  it.each<[string, string][]>([
    [['user', 'mallory']],
    [['user', '']],
    [
      ['user', 'alice'],
      ['user', 'bob'],
    ],
    [],
  ])('signs in no user for %j', async (...form) => {
    const response = await browser.post('/login', form);
    expect(response.status).toBe(400);
    expect(browser.cookie).toBe('');
  });

  it('signs in no user for a body that is not a form, or larger than 16 KiB', async () => {
    const { emulator } = await startBrowser();
    const post = (body: string, type: string) =>
      emulator.fetch(`${ORIGIN}/login`, {
        method: 'POST',
        headers: { origin: ORIGIN, 'content-type': type },
        body,
      });
    const form = 'application/x-www-form-urlencoded';
    const statuses = [
      (await post('user=alice', 'text/plain')).status,
      (await post('{"user":"alice"}', 'application/json')).status,
      (await post(`user=alice&x=${'x'.repeat(17_000)}`, form)).status,
      (await post('user=alice', form)).status,
    ];
    expect(statuses).toEqual([400, 400, 413, 303]);
  });
});

function withOtherKey(): EmulatorOptions['secrets'] {
  return { ...SECRETS, cookieKey: 'the-key-of-another-project-of-tests' };
}

async function restartWith(
  secrets: EmulatorOptions['secrets'],
  cookies: ReadonlyMap<string, string>,
): Promise<Response> {
  browser = await startBrowser({ secrets });
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  return refreshToken();
}

describe('A session of the emulator', () => {
  it('stays valid after a restart, but not with another key', async () => {
    const { cookies } = await signedIn();
    expect((await restartWith(SECRETS, cookies)).status).toBe(200);
    expect((await restartWith(withOtherKey(), cookies)).status).toBe(401);
  });

  it('is not that of another project on the same hostname', async () => {
    const first = await signedIn('alice');
    const second = await signedIn('bob', { secrets: withOtherKey() });
    const [[name, value] = ['', '']] = first.cookies;
    const [[otherName, otherValue] = ['', '']] = second.cookies;
    expect(otherName).not.toBe(name);
    second.cookies.set(name, value);
    expect((await infoOf(await refreshToken('', FROM_FRONT_END, second))).user.username).toBe(
      'bob',
    );
    second.cookies.set(otherName, value);
    expect((await refreshToken('', FROM_FRONT_END, second)).status).toBe(401);
    first.cookies.set(name, otherValue);
    expect((await refreshToken('', FROM_FRONT_END, first)).status).toBe(401);
  });

  it('is found among other cookies, also forged ones with its name', async () => {
    const { cookies, cookie, emulator } = await signedIn();
    const [name = ''] = cookies.keys();
    browser = new Browser(emulator);
    const headers = { ...FROM_FRONT_END, cookie: `a=b; ${name}=forged.cookie; ${cookie}; c` };
    expect((await infoOf(await refreshToken('', headers))).user.username).toBe('alice');
  });

  it.each<[string, (value: string) => string]>([
    ['empty', () => ''],
    ['without a signature', (value) => value.replace(/\.[^.]*$/, '')],
    ['with an empty signature', (value) => value.replace(/\.[^.]*$/, '.')],
    ['with a second signature', (value) => value.replace(/\.([^.]*)$/, '.A.$1')],
    ['of another user', (value) => value.replaceAll(ALICE, ALICE.replace('1', '2'))],
    ['without an end', (value) => value.replace(/begunAt/, 'begunat')],
    ['that is not URL encoded', (value) => `%${value}`],
    ['that is no JSON', () => 'x.y'],
  ])('is not one if its cookie is %s', async (_case, tamper) => {
    await signedIn();
    const [[name, value] = ['', '']] = browser.cookies;
    expect(value).toContain(ALICE);
    browser.cookies.set(name, tamper(value));
    expect((await refreshToken()).status).toBe(401);
  });

  it('ends after 30 days', async () => {
    stopClock(1_790_000_000_000);
    await signedIn();
    jest.setSystemTime(1_790_000_000_000 + 30 * DAY_MS - 1);
    expect((await refreshToken()).status).toBe(200);
    jest.setSystemTime(1_790_000_000_000 + 30 * DAY_MS);
    expect((await refreshToken()).status).toBe(401);
  });
});

describe('Signing out of the emulator', () => {
  it('works for a front end as PropelAuth’s library asks, with an empty body, and leads back to it', async () => {
    await signedIn();
    const response = await browser.post('/api/v1/logout', {}, FROM_FRONT_END);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ redirect_to: `${FRONT_END}/` });
    expect(response.headers.get('access-control-allow-origin')).toBe(FRONT_END);
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    expect(response.headers.get('set-cookie')).toMatch(
      /^propelauth_session_[0-9a-f]{16}=; Max-Age=0; Path=\/$/,
    );
    expect((await refreshToken()).status).toBe(401);
  });

  it('works with the button of the pages, and returns to the front end', async () => {
    await signedIn();
    const rt = encode(`${FRONT_END}/bye`);
    const response = await browser.post('/propelauth/logout', { rt });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`${FRONT_END}/bye`);
    expect(browser.cookie).toBe('');
  });

  it('does not happen by a link, or by a form of a front end', async () => {
    await signedIn();
    const { cookie } = browser;
    expect((await browser.get('/api/v1/logout')).status).toBe(404);
    expect((await browser.get('/propelauth/logout')).status).toBe(404);
    const response = await browser.post('/propelauth/logout', {}, { origin: FRONT_END });
    expect(response.status).toBe(403);
    expect(browser.cookie).toBe(cookie);
  });
});

describe('The hosted pages of the emulator', () => {
  it.each(HOSTED_PATHS)('such as %s lead back to the front end', async (path) => {
    await signedIn();
    const rt = encode(`${FRONT_END}/team?"<b>`);
    const query = new URLSearchParams({ rt, id: ACME });
    const page = await browser.get(`${path}?${query.toString()}`);
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
    const text = await page.text();
    expect(text).toContain('You are signed in as <strong>Alice</strong>');
    expect(text).toContain('Admin of Acme &lt;Inc&gt;');
    expect(text).toContain(`<a href="${FRONT_END}/team?%22%3Cb%3E">`);
    expect(text).toContain('<form method="post" action="/propelauth/logout">');
  });

  it('lead back to no page that is not known', async () => {
    const page = await (await signedIn()).get('/account');
    expect(await page.text()).not.toContain('Back to the front end');
  });

  it('reject an organization that the user is not in', async () => {
    const page = await (await signedIn()).get('/org?id=%3Ci%3E');
    expect(await page.text()).toContain('You are not in the organization <code>&lt;i&gt;</code>');
  });

  it('redirect signed-out users to the sign-in page and back', async () => {
    const response = await browser.get('/org?id=1');
    expect(response.status).toBe(303);
    const location = new URL(response.headers.get('location') as string, ORIGIN);
    expect(location.origin + location.pathname).toBe(`${ORIGIN}/login`);
    const rt = location.searchParams.get('rt') as string;
    const signIn = await browser.post('/login', { user: 'alice', rt });
    expect(signIn.headers.get('location')).toBe(`${ORIGIN}/org?id=1`);
  });

  it('stay on this server, whatever path leads to them', async () => {
    for (const path of ['//evil.example/account', '/\\evil.example/account', '/account/..//evil']) {
      expect((await browser.get(path)).headers.get('location') ?? '').not.toContain('evil');
    }
  });
});

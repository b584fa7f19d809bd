import { decodeJwt } from 'jose';
import { createEmulator, type EmulatorOptions, type Seed } from 'propelauth-emulator';
import { stopClock } from '../support/fake-timers.js';
import { ACME, ALICE, BETA, Browser, encode, FRONT_END, ORIGIN, SECRETS } from './browser.js';

const ALLOWED = 'https://app.example.com';
const START = 1_790_000_000_000;
const MONTH = 30 * 24 * 60 * 60 * 1000;

const SEED: Seed = {
  orgs: [
    { name: 'Acme <Inc>', orgId: ACME, metadata: { tier: 2 } },
    { name: 'Beta', orgId: BETA },
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

/** What PropelAuth's library for the browser sends. */
const FROM_FRONT_END = { origin: FRONT_END, 'content-type': 'application/json' };

let browser: Browser;

function open(options: EmulatorOptions = {}): Promise<Browser> {
  return Browser.open({ seed: SEED, allowedOrigins: [ALLOWED], ...options });
}

async function signedIn(user = 'alice', options?: EmulatorOptions): Promise<Browser> {
  browser = await open(options);
  expect((await browser.signIn(user)).status).toBe(303);
  return browser;
}

function refreshToken(query = '', headers: Record<string, string> = FROM_FRONT_END) {
  return browser.get(`/api/v1/refresh_token${query}`, headers);
}

interface Info {
  readonly access_token: string;
  readonly org_id_to_org_member_info: object;
  readonly user: { readonly username?: string };
}

async function infoOf(query?: string, headers?: Record<string, string>): Promise<Info> {
  const response = await refreshToken(query, headers);
  expect(response.status).toBe(200);
  return (await response.json()) as Info;
}

beforeEach(async () => {
  browser = await open();
});

describe('The refresh token endpoint of the emulator', () => {
  it('returns the data that PropelAuth’s libraries read, and nothing that only back ends see', async () => {
    const { project } = await signedIn();
    project.updateUser(project.users.get(ALICE)!, { metadata: { score: 1 } });
    const info = await infoOf();
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
    const info = await infoOf(`?active_org_id=${ACME}`);
    const claims = decodeJwt(info.access_token);
    expect(claims).toMatchObject({ org_member_info: { org_id: ACME, user_role: 'Admin' } });
    expect(claims).not.toHaveProperty('org_id_to_org_member_info');
    expect(Object.keys(info.org_id_to_org_member_info)).toEqual([ACME]);
  });

  it.each([BETA, 'unknown', '', '__proto__', `${ACME}&active_org_id=${ACME}`])(
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
      expect((await infoOf('?user=alice', headers)).user.username).toBe('bob');
    },
  );

  it('returns 401 without a session, and says where to sign in', async () => {
    const response = await refreshToken();
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      error: `No user is signed in. Sign in at ${ORIGIN}/login.`,
    });
  });

  it.each<[string, (project: Browser['project']) => void]>([
    ['signed out everywhere', (project) => project.endSessions(ALICE)],
    ['deleted', (project) => project.removeUser(ALICE)],
    ['disabled', (project) => project.updateUser(project.users.get(ALICE)!, { enabled: false })],
    [
      'deleted, and another has the id',
      (project) => {
        project.removeUser(ALICE);
        project.addUser({ user_id: ALICE, email: 'alice@example.com' });
      },
    ],
  ])('returns nothing once the user is %s', async (_what, change) => {
    stopClock(START);
    await signedIn();
    jest.setSystemTime(START + 1_000);
    change(browser.project);
    expect((await refreshToken()).status).toBe(401);
  });

  it('returns the token of a user who is deleted and created again in an instant', async () => {
    stopClock(START);
    const { project } = browser;
    project.removeUser(ALICE);
    project.addUser({ user_id: ALICE, email: 'alice@example.com', username: 'alice' });
    await browser.signIn('alice');
    expect((await refreshToken()).status).toBe(200);
  });

  it('describes the user as they are now, also one that a test has described', async () => {
    const orgs = [{ orgId: ACME, orgName: 'Acme <Inc>', role: 'Admin' }];
    const userId = browser.emulator.addUser({ username: 'eve', orgs });
    browser.project.setRoles(ACME, userId, { role: 'Member' });
    await browser.signIn('eve');
    for (let count = 0; count < 2; count++) {
      expect(decodeJwt((await infoOf()).access_token)).toMatchObject({
        org_id_to_org_member_info: { [ACME]: { user_role: 'Member' } },
      });
    }
  });
});

describe('The sign-in page of the emulator', () => {
  it.each(['/login', '/propelauth/login'])(
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
      expect((await infoOf()).user.username).toBe('alice');
    },
  );

  it('shows at most 200 users', async () => {
    const users = Array.from({ length: 210 }, (_, index) => ({ name: `user${index}` }));
    const text = await (await open({ seed: { users } })).textOf('/login');
    expect(text.match(/<button name="user"/g)).toHaveLength(200);
    expect(text).toContain('These are 200 of 210 users.');
  });

  it.each([
    [`${FRONT_END}/`, `${FRONT_END}/`],
    ['https://evil.example/', undefined],
    [`${ORIGIN}/`, undefined],
    ['about:blank', undefined],
    ['not a URL', undefined],
  ])('for a browser that comes from %s returns to %s', async (referer, front) => {
    const text = await (await browser.get('/login', { referer })).text();
    const [, rt] = /<input type="hidden" name="rt" value="(.*?)">/.exec(text) ?? [];
    expect(rt).toBe(front && encode(front));
    const headers = { origin: ORIGIN, referer };
    const form: Record<string, string> = rt === undefined ? {} : { rt };
    const response = await browser.post('/login', { user: 'alice', ...form }, headers);
    expect(response.headers.get('location')).toBe(front ?? `${ORIGIN}/account`);
  });

  it.each([`${ORIGIN}/app`, 'http://127.0.0.1:4200/', 'http://[::1]:1/', FRONT_END, ALLOWED])(
    'returns to %s',
    async (address) => {
      const location = await browser.sent('/login', { user: 'alice', rt: encode(address) });
      expect(location).toBe(new URL(address).href);
    },
  );

  it('returns to its own pages, also with an auth URL that is not on this machine', async () => {
    const emulator = await createEmulator({ seed: SEED, secrets: SECRETS });
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
    const rt = encodeURIComponent(encode('<i>'.repeat(5_000)));
    const text = await browser.textOf(`/login?rt=${rt}`, 400);
    expect(text.match(/&lt;i&gt;/g)?.length).toBeLessThan(100);
    expect(text).not.toContain('<i>');
  });

  it.each<[string, string]>([
    ['user=mallory', 'application/x-www-form-urlencoded'],
    ['user=', 'application/x-www-form-urlencoded'],
    ['user=alice&user=bob', 'application/x-www-form-urlencoded'],
    ['', 'application/x-www-form-urlencoded'],
    ['user=alice', 'text/plain'],
    ['{"user":"alice"}', 'application/json'],
  ])('signs in no user for the body %j as %s', async (body, type) => {
    const headers = { origin: ORIGIN, 'content-type': type };
    const init = { method: 'POST', headers, body };
    const response = await browser.emulator.fetch(`${ORIGIN}/login`, init);
    expect(response.status).toBe(400);
    expect(response.headers.has('set-cookie')).toBe(false);
  });
});

const WITH_OTHER_KEY = {
  secrets: { ...SECRETS, cookieKey: 'the-key-of-another-project-of-tests' },
};

describe('A session of the emulator', () => {
  it('stays valid after a restart, but not with another key', async () => {
    const { cookies } = await signedIn();
    for (const [options, status] of [
      [{}, 200],
      [WITH_OTHER_KEY, 401],
    ] as const) {
      browser = await open(options);
      for (const [name, value] of cookies) browser.cookies.set(name, value);
      expect((await refreshToken()).status).toBe(status);
    }
  });

  it('is not that of another project on the same hostname', async () => {
    const first = await signedIn('alice');
    const second = await signedIn('bob', WITH_OTHER_KEY);
    const [[name, value] = ['', '']] = first.cookies;
    const [[otherName, otherValue] = ['', '']] = second.cookies;
    expect(otherName).not.toBe(name);
    second.cookies.set(name, value);
    expect(await second.whoIs()).toBe('bob@example.com');
    second.cookies.set(otherName, value);
    expect(await second.whoIs()).toBeUndefined();
    first.cookies.set(name, otherValue);
    expect(await first.whoIs()).toBeUndefined();
  });

  it('is found among other cookies, also forged ones with its name', async () => {
    const { cookies, cookie } = await signedIn();
    const [name = ''] = cookies.keys();
    browser = browser.another();
    const headers = { ...FROM_FRONT_END, cookie: `a=b; ${name}=forged.cookie; ${cookie}; c` };
    expect((await infoOf('', headers)).user.username).toBe('alice');
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
    stopClock(START);
    await signedIn();
    jest.setSystemTime(START + MONTH - 1);
    expect((await refreshToken()).status).toBe(200);
    jest.setSystemTime(START + MONTH);
    expect((await refreshToken()).status).toBe(401);
  });
});

describe('Signing out of the emulator', () => {
  it('works for a front end as PropelAuth’s library asks, with an empty body, and leads back to it', async () => {
    await signedIn();
    const response = await browser.post('/api/v1/logout', {}, FROM_FRONT_END);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ redirect_to: `${FRONT_END}/` });
    expect(response.headers.get('set-cookie')).toMatch(
      /^propelauth_session_[0-9a-f]{16}=; Max-Age=0; Path=\/$/,
    );
    expect((await refreshToken()).status).toBe(401);
  });

  it('works with the button of the pages, and returns to the front end', async () => {
    await signedIn();
    const rt = encode(`${FRONT_END}/bye`);
    expect(await browser.sent('/propelauth/logout', { rt })).toBe(`${FRONT_END}/bye`);
    expect(browser.cookie).toBe('');
  });
});

describe('The hosted pages of the emulator', () => {
  it.each(['/account', '/org', '/create_org', '/saml'])(
    'such as %s lead back to the front end',
    async (path) => {
      await signedIn();
      const rt = encode(`${FRONT_END}/team?"<b>`);
      const query = new URLSearchParams({ rt, id: ACME });
      const text = await browser.textOf(`${path}?${query.toString()}`);
      expect(text).toContain('You are signed in as <strong>Alice</strong>');
      expect(text).toContain('Admin of Acme &lt;Inc&gt;');
      expect(text).toContain(`<a href="${FRONT_END}/team?%22%3Cb%3E">`);
      expect(text).toContain('<form method="post" action="/propelauth/logout">');
      expect(await browser.textOf(path)).not.toContain('Back to the front end');
    },
  );

  it('redirect signed-out users to the sign-in page and back', async () => {
    const location = new URL(await browser.follow('/org?id=1'), ORIGIN);
    expect(location.origin + location.pathname).toBe(`${ORIGIN}/login`);
    const rt = location.searchParams.get('rt') as string;
    expect(await browser.sent('/login', { user: 'alice', rt })).toBe(`${ORIGIN}/org?id=1`);
  });

  it('stay on this server, whatever path leads to them', async () => {
    for (const path of ['//evil.example/account', '/\\evil.example/account', '/account/..//evil']) {
      expect((await browser.get(path)).headers.get('location') ?? '').not.toContain('evil');
    }
  });
});

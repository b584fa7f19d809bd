import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerCleanup } from '../support/clean-up.js';
import { stopClock } from '../support/fake-timers.js';
import {
  ACME,
  ALICE,
  BETA,
  encode,
  EVE,
  FRONT_END,
  Browser,
  LINK,
  ORIGIN,
  OUTBOX,
  PASSWORD,
  REQUESTS,
} from './browser.js';

const NEW_PASSWORD = 'battery-staple';
const START = 1_800_000_000_000;
const HOUR = 3_600_000;
const EXPIRED = 'This link has expired, was withdrawn, or was used before.';

const PAGES = [
  '/signup',
  '/forgot_password',
  '/propelauth/passwordless',
  '/account',
  '/account/settings',
  '/account/security',
  '/account/api_keys',
  '/create_org',
  '/org',
  '/org/members',
  `/org/members/${ACME}`,
  '/org/settings',
  `/org/settings/${ACME}`,
  '/org/api_keys',
  `/org/api_keys/${ACME}`,
  '/saml',
];

const EVIL_ADDRESSES = [
  'https://evil.example/',
  'http://localhost:5173@evil.example/',
  '//evil.example/',
  'javascript:alert(1)',
  `blob:${FRONT_END}/1`,
  '/account',
];

let browser: Browser;

/** Changes alice. */
function update(changes: object): void {
  browser.project.updateUser(browser.project.users.get(ALICE)!, changes);
}

/** What is on the terminal, in events, calls and the log, and on pages. */
async function everythingShown(lines: string[]): Promise<string[]> {
  const { events, emulator } = browser;
  const pages = [...PAGES, '/', '/login', REQUESTS].map((path) => browser.textOf(path));
  const kept = [lines, events, emulator.calls, emulator.core.log.requests];
  return [...kept.map((each) => JSON.stringify(each)), ...(await Promise.all(pages))];
}

beforeEach(async () => {
  browser = await Browser.open();
});

describe('Signing up', () => {
  it('adds a user who confirms the address by a link, and goes back to the front end', async () => {
    const rt = encode(`${FRONT_END}/welcome`);
    const page = await browser.textOf(`/signup?${new URLSearchParams({ rt }).toString()}`);
    expect(page).toContain(`<input type="hidden" name="rt" value="${rt}">`);
    expect(page).toContain('do not use a real one');
    const form = { email: EVE, new_password: PASSWORD, rt };
    expect(await browser.sent('/signup', form)).toBe(OUTBOX);
    const link = await browser.latestLink();
    expect(await browser.whoIs()).toBeUndefined();
    expect(browser.project.findUserByEmail(EVE)).toMatchObject({
      email_confirmed: false,
      has_password: true,
    });
    expect(await browser.follow(link)).toBe(`${FRONT_END}/welcome`);
    expect(await browser.whoIs()).toBe(EVE);
    expect(browser.types).toEqual(['user.created', 'user.updated', 'user.login']);
    expect(browser.events[0]).toMatchObject({ email: EVE, email_confirmed: false });
    expect(browser.project.findUserByEmail(EVE)?.email_confirmed).toBe(true);
  });

  it('is where the server of a front end sends a browser to sign up, and leads back to it', async () => {
    const redirectUri = `${FRONT_END}/api/auth/callback`;
    const parameters = { redirect_uri: redirectUri, state: 'state', signup: 'true' };
    const address = `/propelauth/ssr/authorize?${new URLSearchParams(parameters).toString()}`;
    const signUp = await browser.follow(address);
    const rt = new URL(signUp, ORIGIN).searchParams.get('rt') ?? '';
    expect(signUp.startsWith('/signup?')).toBe(true);
    await browser.sent('/signup', { email: EVE, new_password: PASSWORD, rt });
    const next = await browser.follow(await browser.latestLink());
    expect(next).toBe(ORIGIN + address);
    expect(await browser.follow(address)).toMatch(`${redirectUri}?code=`);
  });

  it.each<[string, Record<string, string>]>([
    ['email: Is missing.', {}],
    ['email: Must be an email address.', { email: 'eve' }],
    ['email: Is taken by another user.', { email: 'ALICE@example.com' }],
    ['email: Must be an email address.', { email: `${'e'.repeat(254)}@example.com` }],
    ['password: Must not be empty.', { email: EVE, new_password: '' }],
  ])('says %j, and shows what was sent without the password', async (problem, form) => {
    const users = browser.project.users.size;
    const text = await browser.rejected('/signup', { new_password: PASSWORD, ...form });
    expect(text).toContain(`role="alert">Nothing was changed. ${problem}`);
    expect(text).toContain(`name="email" value="${form['email'] ?? ''}"`);
    expect(text).not.toContain(PASSWORD);
    expect([browser.project.users.size, browser.types]).toEqual([users, []]);
  });

  it('adds one user for two forms at once', async () => {
    const send = () => browser.post('/signup', { email: EVE, new_password: PASSWORD });
    const statuses = (await Promise.all([send(), send()])).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([303, 400]));
    expect(browser.types).toEqual(['user.created']);
  });

  it('has a limit for all that pages add, and says so', async () => {
    await browser.signIn('alice');
    await browser.sent('/create_org', { name: 'Gamma' });
    browser.project.counts.set('addedByPages', 999);
    await browser.signUp('last@example.com');
    const users = browser.project.users.size;
    const form = { email: EVE, new_password: PASSWORD };
    const limit = 'The pages were asked to add something 1000 times, which is the limit.';
    expect(await browser.rejected('/signup', form)).toContain(limit);
    expect(await browser.rejected('/create_org', { name: 'Delta' })).toContain(limit);
    await browser.invite('new@example.com');
    expect(await browser.textOf(await browser.latestLink(), 400)).toContain(limit);
    expect(browser.project.users.size).toBe(users);
    browser.emulator.reset();
    await browser.signUp();
  });
});

describe('Signing in with a password', () => {
  it('works for who has confirmed the address', async () => {
    const link = await browser.signUp();
    const rt = encode(`${FRONT_END}/home`);
    const form = { email: EVE.toUpperCase(), password: PASSWORD, rt };
    expect(await browser.rejected('/login', form)).toContain('The email address is not confirmed.');
    await browser.another().follow(link);
    expect(await browser.sent('/login', form)).toBe(`${FRONT_END}/home`);
    expect(await browser.whoIs()).toBe(EVE);
  });

  it.each<[string, Record<string, string>]>([
    ['another password', { email: EVE, password: `${PASSWORD}.` }],
    ['another user', { email: 'alice@example.com', password: PASSWORD }],
    ['an unknown user', { email: 'nobody@example.com', password: PASSWORD }],
    ['no password', { email: EVE }],
    ['an empty password of a user without one', { email: 'alice@example.com', password: '' }],
    ['a user who is also chosen', { email: EVE, password: 'wrong', user: 'alice' }],
  ])('is rejected for %s', async (_case, form) => {
    await browser.another().follow(await browser.signUp());
    await browser.rejected('/login', form);
    expect(await browser.whoIs()).toBeUndefined();
  });

  it('is rejected for a disabled user', async () => {
    await browser.another().follow(await browser.signUp());
    const eve = browser.project.findUserByEmail(EVE)!;
    browser.project.updateUser(eve, { enabled: false });
    const text = await browser.rejected('/login', { email: EVE, password: PASSWORD });
    expect(text).toContain('The email address or the password is wrong');
  });

  it('works with what the application has set, until it sets another one or clears it', async () => {
    const email = 'new@example.com';
    const user = { email, password: PASSWORD, email_confirmed: true };
    const { user_id: userId } = (await browser.call('POST', '/user/', user)).body;
    const path = `/user/${userId}`;
    const signsIn = async (password: string) =>
      (await browser.another().post('/login', { email, password })).status === 303;
    expect(await signsIn(PASSWORD)).toBe(true);
    const changed = await browser.call('PUT', `${path}/password`, { password: NEW_PASSWORD });
    expect(changed.status).toBe(200);
    expect([await signsIn(PASSWORD), await signsIn(NEW_PASSWORD)]).toEqual([false, true]);
    await browser.call('PUT', `${path}/clear_password`);
    expect(await signsIn(NEW_PASSWORD)).toBe(false);
    expect(browser.project.passwords.size).toBe(0);
    await browser.call('PUT', `${path}/password`, { password: PASSWORD });
    const migrated = { user_id: userId, password_hash: '$2b$10$abc' };
    expect((await browser.call('POST', '/migrate_user/password', migrated)).status).toBe(200);
    expect([await signsIn(PASSWORD), await signsIn('$2b$10$abc')]).toEqual([false, false]);
  });

  it.each(['/propelauth/oauth/authorize', '/propelauth/ssr/authorize'])(
    'works at %s, from where other pages lead back',
    async (path) => {
      await browser.another().follow(await browser.signUp());
      const redirectUri = `${FRONT_END}/callback`;
      const request = {
        client_id: 'client',
        redirect_uri: redirectUri,
        response_type: 'code',
        state: 'state',
        code_challenge: 'c'.repeat(43),
        code_challenge_method: 'S256',
      };
      const address = `${path}?${new URLSearchParams(request).toString()}`;
      const page = await browser.textOf(address);
      expect(page).toContain('type="password"');
      expect(page).toContain(`name="rt" value="${encode(ORIGIN + address)}">`);
      const form = { ...request, email: EVE, password: PASSWORD };
      const wrong = await browser.rejected(path, { ...form, password: 'wrong' });
      expect(wrong).toContain('The email address or the password is wrong');
      expect(await browser.sent(path, form)).toContain(`${redirectUri}?code=`);
    },
  );

  it('hashes a limited number of passwords at once, and says so', async () => {
    const emails = Array.from({ length: 60 }, (_, index) => `user${index}@example.com`);
    const responses = await Promise.all(
      emails.map((email) => browser.post('/signup', { email, new_password: PASSWORD })),
    );
    const rejected = responses.filter(({ status }) => status === 503);
    expect(rejected).toHaveLength(40);
    expect(await rejected[0]?.text()).toContain('Too many passwords are sent at once. Try again.');
    expect(responses.filter(({ status }) => status === 303)).toHaveLength(20);
    // Applications wait instead.
    const created = await Promise.all(
      emails
        .slice(0, 30)
        .map((email) => browser.call('POST', '/user/', { email: `a-${email}`, password: email })),
    );
    expect(created.every(({ status }) => status === 200)).toBe(true);
  });
});

describe('Passwords', () => {
  it('are nowhere but in the file, hashed with a salt, and survive a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'emulator-front-door-'));
    registerCleanup(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'state.jsonl');
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    browser = await Browser.open({ say });
    await browser.emulator.keepIn({ path, isFresh: false, say });
    await browser.follow(await browser.signUp());
    const link = await browser.another().signUp('other@example.com');
    await browser.sent('/account/security', { new_password: NEW_PASSWORD });
    await browser.rejected('/login', { email: EVE, password: PASSWORD });
    await browser.another().sent('/login', { email: EVE, password: NEW_PASSWORD });
    const { user_id: userId } = browser.project.findUserByEmail(EVE)!;
    const kept = readFileSync(path, 'utf8');
    const texts = [
      ...(await everythingShown(lines)),
      JSON.stringify((await browser.call('GET', `/user/${userId}`)).body),
      await browser.textOf(OUTBOX),
    ];
    for (const text of [kept, ...texts]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(NEW_PASSWORD);
    }
    const records = [...browser.project.passwords.values()];
    expect(new Set(records.flatMap(({ salt, hash }) => [salt, hash])).size).toBe(4);
    for (const { salt, hash } of records) {
      for (const text of texts) {
        expect(text).not.toContain(hash);
        expect(text).not.toContain(salt);
      }
      expect(kept).toContain(hash);
    }
    for (const each of await browser.links()) {
      expect(kept).not.toContain(new URL(each, ORIGIN).searchParams.get('token'));
    }

    await browser.emulator.close();
    const restarted = await Browser.open({ say });
    registerCleanup(() => restarted.emulator.close());
    await restarted.emulator.keepIn({ path, isFresh: false, say });
    await restarted.sent('/login', { email: EVE, password: NEW_PASSWORD });
    expect(await restarted.whoIs()).toBe(EVE);
    await restarted.follow(link);
    expect(await restarted.whoIs()).toBe('other@example.com');
  });

  it('that are forgotten are replaced by who follows the link, and end all other links', async () => {
    await browser.follow(await browser.signUp());
    const other = browser.another();
    const rt = encode(`${FRONT_END}/home`);
    const earlier = await browser.magicLink({ email: EVE });
    expect(await other.sent('/forgot_password', { email: EVE, rt })).toBe(OUTBOX);
    const page = await other.follow(await browser.latestLink());
    expect(page).toBe(`${ORIGIN}/account/security?${new URLSearchParams({ rt }).toString()}`);
    expect(await other.textOf(page.slice(ORIGIN.length))).toContain('do not use a real one');
    const form = { new_password: NEW_PASSWORD, rt };
    expect(await other.sent('/account/security', form)).toBe(`${FRONT_END}/home`);
    await browser.another().sent('/login', { email: EVE, password: NEW_PASSWORD });
    await browser.another().rejected('/login', { email: EVE, password: PASSWORD });
    expect(await browser.another().textOf(earlier, 400)).toContain(EXPIRED);
  });

  it('are changed for the user who is signed in, whoever the form names', async () => {
    await browser.signIn('bob');
    const form = { new_password: NEW_PASSWORD, user_id: ALICE, user: 'alice', id: ALICE };
    await browser.sent('/account/security', { ...form, email: 'alice@example.com' });
    const bob = browser.project.findUserByEmail('bob@example.com');
    expect([...browser.project.passwords.keys()]).toEqual([bob?.user_id]);
    expect(browser.types).toEqual(['user.login', 'user.updated']);
    expect(await browser.rejected('/account/security', {})).toContain(
      'password: Must not be empty.',
    );
  });
});

describe('A link', () => {
  it('of the backend API signs in once, and goes where the application says', async () => {
    const email = 'alice@example.com';
    const body = { email, redirect_to_url: `${FRONT_END}/reports?a=b c` };
    const link = await browser.magicLink(body);
    expect(link).toMatch(/^\/propelauth\/magic_link\?token=[\w-]{43}&rt=/);
    expect(await browser.follow(link)).toBe(`${FRONT_END}/reports?a=b%20c`);
    expect(await browser.whoIs()).toBe(email);
    const other = browser.another();
    expect(await other.textOf(link, 400)).toContain(EXPIRED);
    expect(await other.whoIs()).toBeUndefined();
    expect(await other.follow(await browser.magicLink({ email }))).toBe(`${ORIGIN}/account`);
  });

  it('signs in who has it, and changes nothing for whoever was signed in', async () => {
    await browser.signIn('bob');
    const bob = browser.project.findUserByEmail('bob@example.com');
    await browser.follow(await browser.magicLink({ email: 'alice@example.com' }));
    expect(await browser.whoIs()).toBe('alice@example.com');
    expect(browser.project.findUserByEmail('bob@example.com')).toEqual(bob);
  });

  it('signs in one of two who use it at once', async () => {
    const link = await browser.magicLink({ email: 'alice@example.com' });
    const responses = await Promise.all([browser.another().get(link), browser.another().get(link)]);
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([303, 400]));
  });

  it.each<[string, number | undefined, number]>([
    ['an hour, if the application says so', 1, HOUR],
    ['a day', undefined, 24 * HOUR],
  ])('works for %s', async (_case, hours, lifetime) => {
    stopClock(START);
    const body = { email: 'alice@example.com', expires_in_hours: hours };
    const [first, second] = [await browser.magicLink(body), await browser.magicLink(body)];
    jest.setSystemTime(START + lifetime - 1);
    await browser.follow(first);
    jest.setSystemTime(START + lifetime);
    expect(await browser.textOf(second, 400)).toContain(EXPIRED);
  });

  it.each<[string, () => unknown]>([
    ['disabled', () => update({ enabled: false })],
    ['deleted', () => browser.project.removeUser(ALICE)],
    [
      'deleted and added again with the same id',
      () => {
        browser.project.removeUser(ALICE);
        browser.project.addUser({ user_id: ALICE, email: 'alice@example.com' });
      },
    ],
    ['known by another address', () => update({ email: EVE })],
    [
      'known by another address, which someone else has now',
      () => {
        update({ email: EVE });
        browser.project.addUser({ email: 'alice@example.com' });
      },
    ],
    ['there again after a reset', () => browser.emulator.reset()],
  ])('does not work once its user is %s', async (_case, change) => {
    const link = await browser.magicLink({ email: 'alice@example.com' });
    change();
    expect(await browser.textOf(link, 400)).toContain(EXPIRED);
    expect(await browser.whoIs()).toBeUndefined();
  });

  it('is for its own user, whoever its other parameters name', async () => {
    await browser.signIn('bob');
    const link = await browser.magicLink({ email: EVE, create_new_user_if_one_doesnt_exist: true });
    const others = { email: 'alice@example.com', user: 'alice', user_id: ALICE, org_id: ACME };
    const query = new URLSearchParams({ ...others, isNewEmail: 'true' }).toString();
    await browser.follow(`${link}&${query}`);
    expect(await browser.whoIs()).toBe(EVE);
    expect(browser.rolesOf(EVE)).toEqual({});
    expect(browser.project.users.get(ALICE)?.email).toBe('alice@example.com');
  });

  it('is in no event, no log, no answer to another page, and no Referer header', async () => {
    const lines: string[] = [];
    browser = await Browser.open({ say: (line) => void lines.push(line) });
    await browser.signUp();
    await browser.invite('new@example.com');
    await browser.sent('/forgot_password', { email: 'alice@example.com' });
    await browser.sent('/propelauth/passwordless', { email: 'bob@example.com' });
    const links = await browser.links();
    const tokens = links.map((link) => new URL(link, ORIGIN).searchParams.get('token') ?? '');
    expect(new Set(tokens).size).toBe(4);
    for (const link of links) {
      const response = await browser.another().get(link);
      expect(response.status).toBe(303);
      expect(response.headers.get('referrer-policy')).toBe('same-origin');
      expect(response.headers.get('location')).not.toContain('token');
      await browser.another().textOf(link, 400);
    }
    await browser.signIn('alice');
    const texts = await everythingShown(lines);
    for (const token of tokens) for (const text of texts) expect(text).not.toContain(token);
  });

  it.each(['', '?token=', '?token=unknown', '?token=a&token=b', '?token=__proto__'])(
    'is none at %j',
    async (query) => {
      expect(await browser.textOf(LINK + query, 400)).toContain(EXPIRED);
    },
  );

  it('is not used up by programs that look whether it is there, nor by other pages', async () => {
    const link = await browser.magicLink({ email: 'alice@example.com' });
    const head = await browser.emulator.fetch(ORIGIN + link, { method: 'HEAD' });
    expect([head.status, head.headers.has('set-cookie')]).toEqual([200, false]);
    expect((await browser.get(link, { origin: 'https://evil.example' })).status).toBe(403);
    await browser.follow(link);
  });

  it.each(EVIL_ADDRESSES)('never leads to %s, and stays unused', async (address) => {
    const link = await browser.magicLink({ email: 'alice@example.com', redirect_to_url: address });
    expect(await browser.textOf(link, 400)).toContain('--allow-origin');
    expect(browser.cookie).toBe('');
    await browser.follow(link.replace(/&rt=[^&]*/, ''));
  });

  it('confirms a new address, unless another user has it by now', async () => {
    const change = (email: string) => {
      const body = { new_email: email, require_email_confirmation: true };
      return browser.call('PUT', `/user/${ALICE}/email`, body);
    };
    expect((await change('new@example.com')).status).toBe(200);
    expect(browser.project.users.get(ALICE)?.email).toBe('alice@example.com');
    await browser.follow(await browser.latestLink());
    expect(await browser.whoIs()).toBe('new@example.com');
    await change(EVE);
    browser.project.addUser({ email: EVE });
    expect(await browser.textOf(await browser.latestLink(), 400)).toContain(EXPIRED);
  });

  it('confirms the address if the application has it sent again', async () => {
    const { body } = await browser.call('POST', '/user/', { email: EVE });
    const path = '/resend_email_confirmation';
    expect((await browser.call('POST', path, body)).status).toBe(200);
    await browser.follow(await browser.latestLink());
    expect(browser.project.findUserByEmail(EVE)?.email_confirmed).toBe(true);
    expect((await browser.call('POST', path, { user_id: 'unknown' })).status).toBe(404);
  });
});

describe('The outbox', () => {
  it('shows the latest 100 messages, and keeps the latest 1,000 links', async () => {
    const email = 'alice@example.com';
    const [oldest, next] = [await browser.magicLink({ email }), await browser.magicLink({ email })];
    const { outbox } = browser.project;
    for (let count = 1; count < 1_000; count++)
      outbox.send(`Message ${count}`, { email, userId: ALICE });
    expect(await browser.links()).toHaveLength(100);
    expect(await browser.textOf(OUTBOX)).toContain('Message 999');
    expect(outbox.links.size).toBe(1_000);
    await browser.another().textOf(oldest, 400);
    await browser.another().follow(next);
  });

  it('gets no message for users who are disabled or unknown', async () => {
    update({ enabled: false });
    for (const path of ['/forgot_password', '/propelauth/passwordless']) {
      for (const email of ['alice@example.com', 'nobody@example.com']) {
        const text = await browser.rejected(path, { email });
        expect(text).toContain('No user with this email address can sign in.');
      }
    }
    expect(await browser.links()).toEqual([]);
  });
});

describe('Who is invited', () => {
  it('becomes a member by the link, which adds them', async () => {
    await browser.invite(EVE);
    await browser.follow(await browser.latestLink());
    expect(await browser.whoIs()).toBe(EVE);
    expect(browser.rolesOf(EVE)).toEqual({ 'Acme Inc': 'Admin' });
    expect(browser.types).toEqual([
      'user.invited_to_org',
      'user.created',
      'user.login',
      'user.added_to_org',
    ]);
    expect(browser.project.findUserByEmail(EVE)?.email_confirmed).toBe(true);
    expect(browser.project.invites.size).toBe(0);
  });

  it('becomes a member by signing up, once the address is confirmed', async () => {
    await browser.invite(EVE);
    await browser.invite(EVE.toUpperCase(), BETA, 'Member');
    const link = await browser.signUp();
    expect(browser.rolesOf(EVE)).toEqual({});
    await browser.follow(link);
    expect(browser.rolesOf(EVE)).toEqual({ 'Acme Inc': 'Admin', Beta: 'Member' });
  });

  it('becomes a member by signing in, also by a click', async () => {
    await browser.invite('bob@example.com');
    await browser.signIn('bob');
    expect(browser.rolesOf('bob@example.com')).toEqual({ 'Acme Inc': 'Admin' });
    expect(await browser.textOf('/org')).toContain('<li>bob, Admin</li>');
  });

  it('is nobody else: the link signs in who was invited', async () => {
    await browser.signIn('bob');
    await browser.invite(EVE);
    await browser.follow(await browser.latestLink());
    expect(browser.rolesOf('bob@example.com')).toEqual({});
    expect(await browser.whoIs()).toBe(EVE);
  });

  it.each<[string, () => unknown]>([
    ['withdrawn', () => browser.project.revokeInvite(EVE, ACME)],
    ['accepted', async () => browser.another().follow(await browser.latestLink())],
    ['two weeks old', () => jest.setSystemTime(START + 14 * 24 * HOUR)],
    ['to a deleted organization', () => browser.project.removeOrg(ACME)],
    ['of a disabled user', () => browser.project.addUser({ email: EVE, enabled: false })],
  ])('gets nowhere with an invitation that is %s', async (_case, change) => {
    stopClock(START);
    await browser.invite(EVE);
    const link = await browser.latestLink();
    await change();
    expect(await browser.textOf(link, 400)).toContain(EXPIRED);
    expect(await browser.whoIs()).toBeUndefined();
  });

  it('joins no full organization, and stays invited', async () => {
    browser.project.updateOrg(browser.project.orgs.get(ACME)!, { max_users: 1 });
    await browser.invite('bob@example.com');
    await browser.signIn('bob');
    expect(browser.rolesOf('bob@example.com')).toEqual({});
    expect(browser.project.invites.size).toBe(1);
  });

  it('keeps the role of a member', async () => {
    await browser.invite('bob@example.com');
    const { user_id: bob } = browser.project.findUserByEmail('bob@example.com')!;
    browser.project.setRoles(ACME, bob, { role: 'Member' });
    await browser.signIn('bob');
    expect(browser.rolesOf('bob@example.com')).toEqual({ 'Acme Inc': 'Member' });
    expect(browser.project.invites.size).toBe(0);
  });
});

describe('Users of a domain', () => {
  it.each<[string, object, boolean]>([
    ['its domain', { domain: 'Example.com', domain_autojoin: true }, true],
    ['another of its domains', { extra_domains: ['example.com'], domain_autojoin: true }, true],
    ['a part of its domain', { domain: 'le.com', domain_autojoin: true }, false],
    ['a domain that does not join', { domain: 'example.com' }, false],
    ['no domain', { domain_autojoin: true }, false],
  ])('join an organization, or do not, for %s', async (_case, settings, joins) => {
    browser.project.updateOrg(browser.project.orgs.get(BETA)!, settings);
    await browser.follow(await browser.signUp());
    expect(browser.rolesOf(EVE)).toEqual(joins ? { Beta: 'Member' } : {});
  });
});

describe('The pages for signed-in users', () => {
  it('create an organization, whose creator has the highest role', async () => {
    await browser.signIn('bob');
    const location = await browser.sent('/create_org', { name: 'Gamma' });
    expect(await browser.textOf(location)).toContain('<li>bob, Owner</li>');
    expect(browser.types).toEqual(['user.login', 'org.created', 'user.added_to_org']);
    const rt = encode(`${FRONT_END}/`);
    expect(await browser.sent('/create_org', { name: 'Delta', rt })).toBe(`${FRONT_END}/`);
    expect(await browser.rejected('/create_org', { name: ' ' })).toContain(
      'name: Must not be empty.',
    );
  });

  it('change the name of who is signed in', async () => {
    await browser.signIn('bob');
    await browser.sent('/account', { first_name: 'Bob', last_name: 'Baker', user_id: ALICE });
    expect(await browser.textOf('/account')).toContain('value="Baker"');
    expect(browser.project.users.get(ALICE)).not.toHaveProperty('first_name', 'Bob');
  });

  it('show members and invitations to members only', async () => {
    await browser.invite(EVE);
    for (const path of [`/org?id=${ACME}`, `/org/members/${ACME}`, `/org/settings/${ACME}`]) {
      await browser.signIn('alice');
      const text = await browser.textOf(path);
      expect(text).toContain('<li>alice, Owner</li>');
      expect(text).toContain(`<li>${EVE}, invited as Admin</li>`);
      await browser.signIn('bob');
      const rejection = await browser.textOf(path);
      expect(rejection).toContain(`You are not in the organization <code>${ACME}</code>.`);
      expect(rejection).not.toContain('alice');
    }
  });

  it.each<[string, Record<string, string>]>([
    ['/account', { first_name: 'Mallory', last_name: 'M' }],
    ['/account/settings', { first_name: 'Mallory', last_name: 'M' }],
    ['/account/security', { new_password: NEW_PASSWORD }],
    ['/create_org', { name: 'Evil Inc' }],
  ])('at %s do nothing for who is not signed in', async (path, form) => {
    expect(await browser.sent(path, form)).toMatch(/^\/login\?rt=/);
    expect(browser.types).toEqual([]);
  });
});

describe('The front door', () => {
  it('keeps little of a flood of forms', async () => {
    const { project } = browser;
    const flood = (path: string, form: Record<string, string>, count: number) =>
      Promise.all(Array.from({ length: count }, () => browser.post(path, form)));
    await flood('/propelauth/passwordless', { email: 'alice@example.com' }, 600);
    await flood('/forgot_password', { email: 'alice@example.com' }, 600);
    expect(project.outbox.links.size).toBe(1_000);
    expect(project.outbox.messages).toHaveLength(100);
    await browser.signIn('bob');
    const orgs = await flood('/create_org', { name: 'x'.repeat(100) }, 1_100);
    expect(orgs.filter(({ status }) => status === 303)).toHaveLength(1_000);
    expect(project.orgs.size).toBe(2 + 1_000);
    expect(browser.emulator.core.log.requests).toHaveLength(200);
  });

  it('shows what users and applications write as text', async () => {
    const hostile = `"><img src=x onerror=alert(1)>'&`;
    const email = `"><img/src=x>'&@example.com`;
    await browser.follow(await browser.signUp(email, { new_password: hostile }));
    await browser.sent('/account', { first_name: hostile, last_name: hostile });
    const location = await browser.sent('/create_org', { name: hostile });
    const { org_id: orgId = '' } = browser.project.findOrgByName(hostile) ?? {};
    expect((await browser.invite(`invited${email}`, orgId, 'Member')).status).toBe(200);
    const names = ['email', 'first_name', 'last_name', 'name', 'id', 'new_password'];
    const sent = Object.fromEntries(names.map((name) => [name, hostile]));
    const query = new URLSearchParams(sent).toString();
    const paths = [
      ...PAGES,
      OUTBOX,
      location,
      '/login',
      '/',
      ...PAGES.map((path) => `${path}?${query}`),
    ];
    const texts = [
      ...(await Promise.all(paths.map((path) => browser.textOf(path)))),
      await browser.rejected('/signup', sent),
      await browser.rejected('/forgot_password', sent),
    ];
    for (const text of texts) expect(text).not.toMatch(/<img/);
    expect(texts.join('')).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });
});

describe('The API for login pages of one’s own', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'answers %s with 501, also to front ends',
    async (method) => {
      for (const path of ['/login', '/update_password', '/invite_user', '/mfa/verify/phone']) {
        const request = { method, headers: { origin: FRONT_END } };
        const response = await browser.emulator.fetch(`${ORIGIN}/api/fe/v3${path}`, request);
        expect(response.status).toBe(501);
        expect(response.headers.get('access-control-allow-origin')).toBe(FRONT_END);
      }
    },
  );
});

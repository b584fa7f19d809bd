import { decodeJwt } from 'jose';
import type { EmulatorOptions, Seed } from 'propelauth-emulator';
import { stopClock } from '../support/fake-timers.js';
import { ACME, ALICE, BETA, Browser, encode, OUTBOX, REQUESTS, SECRETS } from './browser.js';

const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;
const CHANGE_PATH = '/__emulator/change';
const HOSTILE = `<img src=x onerror="alert(1)">'"&`;

const SEED: Seed = {
  orgs: [
    { name: 'Acme Inc', orgId: ACME },
    { name: '<i>Beta</i>', orgId: BETA },
  ],
  users: [
    {
      name: 'alice',
      userId: ALICE,
      firstName: 'Alice <b>',
      mfaEnabled: true,
      orgs: [
        { org: 'Acme Inc', role: 'Admin', permissions: ['can_view'] },
        { org: '<i>Beta</i>', role: 'Member' },
      ],
    },
    { name: `o'brien "&" sons`, email: 'o@example.com' },
  ],
  apiKeys: [
    { key: 'alices-key', user: 'alice', displayName: 'laptop' },
    { key: 'acmes-key', user: 'alice', org: 'Acme Inc' },
    { key: 'only-acmes-key', org: 'Acme Inc' },
  ],
};

let browser: Browser;

async function start(seed: Seed = SEED, options: EmulatorOptions = {}): Promise<void> {
  browser = await Browser.open({ seed, ...options });
}

function pageOf(query: Record<string, string> = {}): Promise<string> {
  return browser.textOf(`/?${new URLSearchParams(query).toString()}`);
}

/** The headings of the cards. */
function cardsIn(text: string): string[] {
  return [...text.matchAll(/id="user:[^"]*" aria-label="(.*?)"/g)].map(
    ([, name]) => name as string,
  );
}

beforeEach(() => start());

describe('The users page of the emulator', () => {
  it('has a card for each user, with name, email address, roles, permissions and ids, all escaped', async () => {
    const text = await pageOf();
    expect(cardsIn(text)).toEqual(['Alice &lt;b&gt;', 'o&#39;brien &quot;&amp;&quot; sons']);
    expect(text).toContain('alice · alice@example.com');
    expect(text).toContain('<span class="badge ">MFA</span>');
    expect(text).toContain('<strong>Admin</strong> of Acme Inc');
    expect(text).toContain('<span class="badge ">can_view</span>');
    expect(text).toContain('<strong>Member</strong> of &lt;i&gt;Beta&lt;/i&gt;');
    expect(text).toContain(`<code>${ACME}</code>`);
    expect(text).toContain(`<code>${ALICE}</code>`);
    expect(text).toContain('In no organization');
    expect(text).not.toMatch(/<b>|<i>/);
  });

  it('escapes whatever a seed or an application names anything', async () => {
    await start({
      roles: [{ name: HOSTILE, permissions: [`p${HOSTILE}`] }],
      orgs: [{ name: `org${HOSTILE}`, orgId: `id${HOSTILE}`, metadata: { [HOSTILE]: HOSTILE } }],
      users: [
        {
          name: `name${HOSTILE}`,
          userId: `user${HOSTILE}`,
          email: `mail${HOSTILE}@example.com`,
          firstName: `first${HOSTILE}`,
          lastName: `last${HOSTILE}`,
          properties: { [HOSTILE]: HOSTILE },
          orgs: [{ org: `org${HOSTILE}`, role: HOSTILE, permissions: [`own${HOSTILE}`] }],
        },
      ],
      apiKeys: [
        { key: `key${HOSTILE}`, org: `org${HOSTILE}`, displayName: `shown${HOSTILE}` },
        { key: `mine${HOSTILE}`, user: `name${HOSTILE}`, metadata: { [HOSTILE]: HOSTILE } },
      ],
    });
    const user = `name${HOSTILE}`;
    await browser.signIn(user);
    const [org_id = ''] = browser.project.orgs.keys();
    const form = { org_id, role: HOSTILE, display_name: `new key${HOSTILE}` };
    for (const [change, fields] of Object.entries<Record<string, string>>({
      createStepUpGrant: { user_id: `user${HOSTILE}`, action_type: HOSTILE },
      createUser: { username: `new${HOSTILE}`, first_name: HOSTILE, last_name: HOSTILE },
      createOrg: { name: `new org${HOSTILE}` },
      inviteUserToOrg: form,
      createApiKey: form,
    })) {
      const email = `${change}${HOSTILE.replaceAll(' ', '')}@example.com`;
      await browser.sent(CHANGE_PATH, { change, email, ...fields });
    }
    const pages = await Promise.all([
      pageOf(),
      pageOf({ search: HOSTILE, changed: HOSTILE, panel: HOSTILE }),
      browser.rejected(CHANGE_PATH, { change: HOSTILE, user_id: HOSTILE }),
      browser.textOf(REQUESTS),
      browser.textOf(OUTBOX),
      browser.textOf(`/login?rt=${encodeURIComponent(encode(HOSTILE))}`, 400),
      browser.textOf('/login'),
      browser.textOf(`/org?id=${encodeURIComponent(HOSTILE)}`),
    ]);
    for (const text of pages) expect(text).not.toContain('<img');
    expect(pages[0]).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&quot;&amp;');
  });

  it('names the project, and links to the other pages', async () => {
    await start(SEED, { name: 'my-api <&>' });
    const text = await pageOf();
    expect(text).toContain('<title>Users · my-api &lt;&amp;&gt;</title>');
    const [, header = ''] = /<header class="top">(.*?)<\/header>/s.exec(text) ?? [];
    expect(header).toContain('<strong>my-api &lt;&amp;&gt;</strong>');
    expect([...header.matchAll(/href="(.*?)" (.*?)>/g)].map(([, ...link]) => link)).toEqual([
      ['/', 'aria-current="page"'],
      [OUTBOX, ''],
      [REQUESTS, ''],
      ['/account', ''],
    ]);
  });

  it('does not repeat the name in the title of a card', async () => {
    expect(await pageOf()).toMatch(/sons<\/h3>\s*<p class="quiet">o@example\.com<\/p>/);
  });

  it('lists the API keys, including those of organizations, and no archived or expired ones', async () => {
    const { project } = browser.emulator.core;
    const { token } = project.addApiKey({ userId: ALICE, expiresAt: project.now() - 1 });
    const archived = project.addApiKey({ userId: ALICE });
    project.archiveApiKey(archived);
    project.addApiKey({ token: 'nobodys-key', isImported: true, expiresAt: 1_988_150_400 });
    const text = await pageOf();
    const keys = text.matchAll(
      /<dt>API key <strong>(.*?)<\/strong>(.*?)<dd>\s*<code>(.*?)<\/code>/gs,
    );
    const found = [...keys].map(([, name, badges = '', key]) => [
      name,
      badges.replaceAll(/(<.*?>|\s)+/gs, ' ').trim(),
      key,
    ]);
    expect(found).toEqual([
      ['laptop', 'personal', 'alices-key'],
      [expect.stringMatching(/^\w{8}$/), 'in Acme Inc', 'acmes-key'],
      [expect.stringMatching(/^\w{8}$/), 'of the organization', 'only-acmes-key'],
      [
        expect.stringMatching(/^\w{8}$/),
        'of no one imported until Sat, 01 Jan 2033 00:00:00 GMT',
        'nobodys-key',
      ],
    ]);
    expect(text).not.toContain(token);
    expect(text).not.toContain(archived.token);
  });

  it('has neither a token nor a secret', async () => {
    await browser.signIn('alice');
    const text = await pageOf();
    expect(text).not.toMatch(JWT);
    const { cookieKey, webhookSecret, apiKey, introspection } = SECRETS;
    for (const secret of [cookieKey, webhookSecret, apiKey, introspection.clientSecret]) {
      expect(text).not.toContain(secret);
    }
  });

  it('shows a message if no users are left', async () => {
    await start({ users: [{ name: 'alice', userId: ALICE }] });
    browser.project.removeUser(ALICE);
    expect(await pageOf()).toContain('The emulator has no users.');
  });

  it('links to each user’s access token, which is not on the page, and shows a command that calls the application', async () => {
    await start(SEED, { call: 'http://localhost:3000/me' });
    const text = await pageOf();
    const links = [...text.matchAll(/href="(\/__emulator\/token\?[^"]+)"/g)];
    expect(links).toHaveLength(2);
    const fromPage = { 'sec-fetch-site': 'same-origin' };
    const tokens = links.map(async ([, path = '']) => (await browser.get(path, fromPage)).text());
    expect((await Promise.all(tokens)).map((token) => decodeJwt(token)['username'])).toEqual([
      'alice',
      `o'brien "&" sons`,
    ]);
    expect(text).toContain(
      '<code>TOKEN=$(npx propelauth-emulator token o@example.com)\ncurl -H &quot;Authorization: Bearer $TOKEN&quot; http://localhost:3000/me</code>',
    );
  });
});

describe('The users page of the emulator with many users', () => {
  const users = Array.from({ length: 250 }, (_, index) => ({
    name: `user${index}`,
    email: `mail${index}@example.com`,
    lastName: index === 7 ? 'Seven' : 'L'.repeat(300),
    orgs: index < 3 ? [{ org: 'Acme Inc', role: 'Member' }] : [],
  }));
  const orgs = [{ name: 'Acme Inc' }];
  const seed = { orgs, users };

  it('shows 200 of them, and the total number', async () => {
    await start(seed);
    const text = await pageOf();
    expect(cardsIn(text)).toHaveLength(200);
    expect(text).toContain('These are 200 of 250 users: search for the others.');
  });

  it('shows 200 organizations', async () => {
    const many = Array.from({ length: 250 }, (_, index) => ({ name: `org${index}` }));
    await start({ orgs: many, users: [{ name: 'alice' }] });
    const text = await pageOf();
    expect(text.match(/value="deleteOrg"/g)).toHaveLength(200);
    expect(text.match(/<option value="org/g)).toHaveLength(200);
    expect(text).toContain('These are 200 of 250.');
  });

  it('shows 200 API keys of a user, an organization and no one', async () => {
    await start({ orgs, users: [{ name: 'alice', userId: ALICE }] });
    const { project } = browser.emulator.core;
    const [orgId] = project.orgs.keys();
    for (const owner of [{ userId: ALICE }, { orgId }, {}]) {
      for (let index = 0; index < 250; index++) project.addApiKey(owner);
    }
    const text = await pageOf();
    expect(text.match(/<dt>API key/g)).toHaveLength(600);
    expect(text.match(/and 50 more/g)).toHaveLength(3);
  });

  it('always shows the user who was added last', async () => {
    await start(seed);
    const form = { change: 'createUser', email: 'erin@example.com' };
    const text = await browser.textOf(await browser.sent(CHANGE_PATH, form));
    expect(cardsIn(text)).toHaveLength(200);
    expect(cardsIn(text).at(-1)).toBe('erin@example.com');
  });

  it.each([
    ['a name', 'user249', 1],
    ['a last name', 'seven', 1],
    ['an email address', 'MAIL17@', 1],
    ['an organization', 'acme', 3],
    ['text that no user has', 'nothing', 0],
  ])('finds users by %s', async (_what, search, count) => {
    await start(seed);
    const text = await pageOf({ search });
    expect(cardsIn(text)).toHaveLength(count);
    expect(text).toContain(`The search found ${count} of 250 users.`);
  });

  it('escapes the search', async () => {
    await start(seed);
    const text = await pageOf({ search: '"><script>' });
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  it('cuts an endless search off, on the page and in its forms', async () => {
    await start({ ...seed, users: [...users, { name: 'x'.repeat(150) }] });
    const search = 'x'.repeat(10_000);
    const text = await pageOf({ search });
    expect(text).toContain('The search found 1 of 251 users.');
    for (const [, value] of text.matchAll(/name="search" value="(x*)"/g)) {
      expect(value).toHaveLength(100);
    }
    const form = { change: 'createOrg', name: 'Beta', search };
    expect(await browser.sent(CHANGE_PATH, form)).toContain(`/?search=${'x'.repeat(100)}&`);
  });

  it('shows all users for a search that is repeated', async () => {
    await start(seed);
    const text = await browser.textOf('/?search=a&search=b');
    expect(text).toContain('These are 200 of 250 users');
  });
});

describe('The step-up grants of the users page', () => {
  const form = { change: 'createStepUpGrant', user_id: ALICE, action_type: 'PAY' };

  it('are for one user and action, once, and on the page until then', async () => {
    await browser.sent(CHANGE_PATH, form);
    const text = await pageOf();
    const [, grant = ''] =
      /Step-up grant <strong>PAY<\/strong>.*?<code>([0-9a-f]{64})<\/code>/s.exec(text) ?? [];
    const other = browser.emulator.issuer.userId({ email: 'o@example.com' });
    for (const [userId, status] of [
      [other, 400],
      [ALICE, 200],
      [ALICE, 400],
    ] as const) {
      const body = { action_type: 'PAY', user_id: userId, grant };
      const verified = await browser.call('POST', '/mfa/step-up/verify-grant', body);
      expect(verified.status).toBe(status);
    }
    expect(await pageOf()).not.toContain(grant);
  });

  it('are neither valid nor on the page after five minutes', async () => {
    stopClock(Date.now());
    await browser.post(CHANGE_PATH, form);
    jest.setSystemTime(Date.now() + 300_000);
    expect(await pageOf()).not.toContain('Step-up grant <strong>');
  });
});

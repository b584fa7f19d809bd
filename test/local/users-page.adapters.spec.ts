import { Controller, Get } from '@nestjs/common';
import { PropelAuthApi, RequireStepUpMfa, RequireUser } from 'nestjs-propelauth';
import { LocalPropelAuthModule, type LocalSeed } from 'nestjs-propelauth/local';
import request from 'supertest';
import { beforeTests, startApplication, type RunningApplication } from '../support/application.js';

const ORIGIN = 'http://localhost:3000';
const SECRET = 'the-secret-of-the-tests';
const WITH_SECRET = `local_secret=${SECRET}`;
const ACME = 'acce0000-0000-4000-8000-000000000000';
const ALICE = 'a11ce000-0000-4000-8000-000000000001';
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;

const SEED: LocalSeed = {
  orgs: [
    { name: 'Acme Inc', orgId: ACME },
    { name: '<i>Beta</i>', orgId: 'be4a0000-0000-4000-8000-000000000000' },
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

@Controller()
class AppController {
  @Get('orgs/:id')
  @RequireUser()
  ofOrg() {
    return {};
  }

  @Get('profile')
  @RequireUser()
  profile() {
    return {};
  }

  @Get('pay')
  @RequireStepUpMfa('PAY')
  pay() {
    return {};
  }
}

function start(seed: LocalSeed): Promise<RunningApplication> {
  const options = { enabled: true, origin: ORIGIN, secret: SECRET, seed };
  const imports = [LocalPropelAuthModule.forRoot(options)];
  return startApplication({ imports, controllers: [AppController] });
}

function getPage({ url }: RunningApplication, query: Record<string, string> = {}): request.Test {
  return request(url).get(`/propelauth/users?${WITH_SECRET}`).query(query);
}

function getTokenPage({ url }: RunningApplication, user: string): request.Test {
  return request(url).get(`/propelauth/users/access-token?${WITH_SECRET}`).query({ user });
}

/** The headings of the cards. */
async function cardsOf(
  application: RunningApplication,
  query?: Record<string, string>,
): Promise<string[]> {
  const { text } = await getPage(application, query).expect(200);
  return [...text.matchAll(/<h2 id="user-\d+">(.*?)<\/h2>/g)].map(([, name]) => name as string);
}

function askForGrant(
  { url }: RunningApplication,
  origin: string | undefined,
  form: Record<string, string>,
): request.Test {
  const asking = request(url)
    .post(`/propelauth/users/step-up-grant?${WITH_SECRET}`)
    .type('form')
    .send(form);
  return origin === undefined ? asking : asking.set('Origin', origin);
}

describe('/propelauth/users', () => {
  const application = beforeTests(() => start(SEED));

  it('has a card for each user, with name, email address, roles, permissions and ids, all escaped', async () => {
    const { text } = await getPage(application).expect(200);
    expect(await cardsOf(application)).toEqual([
      'Alice &lt;b&gt;',
      'o&#39;brien &quot;&amp;&quot; sons',
    ]);
    expect(text).toContain('alice · alice@example.com');
    expect(text).toContain('<span class="badge">MFA</span>');
    expect(text).toContain('<strong>Admin</strong> of Acme Inc');
    expect(text).toContain('<span class="badge">can_view</span>');
    expect(text).toContain('<strong>Member</strong> of &lt;i&gt;Beta&lt;/i&gt;');
    expect(text).toContain(`<code>${ACME}</code>`);
    expect(text).toContain(`<code>${ALICE}</code>`);
    expect(text).toContain('In no organization');
    expect(text).not.toMatch(/<b>|<i>/);
  });

  it('does not repeat the name in the title of a card', async () => {
    const { text } = await getPage(application).expect(200);
    expect(text).toMatch(/sons<\/h2><p class="quiet">o@example\.com<\/p>/);
  });

  it('lists the API keys, including those of organizations', async () => {
    const { text } = await getPage(application).expect(200);
    expect(text).toMatch(/<dt>API key laptop<\/dt>\s*<dd>\s*<code>alices-key<\/code>/);
    expect(text).toMatch(/<dt>API key for Acme Inc<\/dt>\s*<dd>\s*<code>acmes-key<\/code>/);
    const [users, orgs] = text.split('API keys of organizations');
    expect(users).not.toContain('only-acmes-key');
    expect(orgs).toContain('<code>only-acmes-key</code>');
  });

  it('has neither a token nor the secret', async () => {
    const { text } = await getPage(application).expect(200);
    expect(text).not.toMatch(JWT);
    expect(text).not.toContain(SECRET);
  });

  it('is not cached, not framed, and runs nothing but its own style and script', async () => {
    for (const page of [getPage(application), getTokenPage(application, 'alice')]) {
      const { headers } = await page.expect(200);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
      });
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-[^' ]+'; script-src 'sha256-[^' ]+'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
    }
  });

  it('names the actions of the application for step-up grants', async () => {
    const { text } = await getPage(application).expect(200);
    expect(text).toContain('<option value="PAY"></option>');
    expect(text).toMatch(/<input\s+name="action_type"\s+value="PAY"/);
  });

  it('shows a message if no users are left', async () => {
    const empty = await start({ users: [{ name: 'alice', userId: ALICE }] });
    await empty.app.get(PropelAuthApi).deleteUser(ALICE);
    const { text } = await getPage(empty).expect(200);
    expect(text).toContain('It has no users.');
  });

  it('links to each user’s access token, on a separate page with a curl command', async () => {
    const { text } = await getPage(application).expect(200);
    const links = [...text.matchAll(/href="(\/propelauth\/users\/access-token\?[^"]+)"/g)];
    expect(links).toHaveLength(2);
    const [, path] = links[1] as unknown as [string, string];
    const page = await request(application.url)
      .get(`${path.replace('&#39;', "'")}&${WITH_SECRET}`)
      .expect(200);
    expect(page.text).toContain(
      'The access token of o&#39;brien &quot;&amp;&quot; sons is valid for 30 minutes.',
    );
    const [, token] = /<code id="token">(.*?)<\/code>/.exec(page.text) ?? [];
    const [, curl] = /<code id="curl">(.*?)<\/code>/.exec(page.text) ?? [];
    expect(token).toMatch(JWT);
    // The first route without parameters that every user may call.
    expect(curl).toBe(
      `curl -H &quot;Authorization: Bearer ${token}&quot; http://localhost:3000/profile`,
    );
    await request(application.url)
      .get('/profile')
      .auth(token as string, { type: 'bearer' })
      .expect(200);
  });

  it('hides access tokens from unknown users, other sites and callers without the secret', async () => {
    await getTokenPage(application, 'mallory').expect(404);
    await request(application.url).get(`/propelauth/users/access-token?${WITH_SECRET}`).expect(404);
    await getTokenPage(application, 'alice').set('Origin', 'https://evil.example').expect(403);
    await request(application.url).get('/propelauth/users/access-token?user=alice').expect(401);
  });
});

describe('/propelauth/users with many users', () => {
  const users = Array.from({ length: 250 }, (_, index) => ({
    name: `user${index}`,
    email: `mail${index}@example.com`,
    lastName: index === 7 ? 'Seven' : 'L'.repeat(300),
    orgs: index < 3 ? [{ org: 'Acme Inc', role: 'Member' }] : [],
  }));
  const application = beforeTests(() => start({ orgs: [{ name: 'Acme Inc' }], users }));

  it('shows 200 of them, and the total number', async () => {
    const { text } = await getPage(application).expect(200);
    expect(await cardsOf(application)).toHaveLength(200);
    expect(text).toContain('These are 200 of 250 users: search for the others.');
  });

  it.each([
    ['a name', 'user249', 1],
    ['a last name', 'seven', 1],
    ['an email address', 'MAIL17@', 1],
    ['an organization', 'acme', 3],
    ['text that no user has', 'nothing', 0],
  ])('finds users by %s', async (_what, search, count) => {
    const { text } = await getPage(application, { search }).expect(200);
    expect(await cardsOf(application, { search })).toHaveLength(count);
    expect(text).toContain(`The search found ${count} of 250 users.`);
  });

  it('escapes the search', async () => {
    const { text } = await getPage(application, { search: '"><script>' }).expect(200);
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  it('shows all users for a search that is repeated', async () => {
    const { url } = application;
    const path = `/propelauth/users?search=a&search=b&${WITH_SECRET}`;
    const { text } = await request(url).get(path).expect(200);
    expect(text).toContain('These are 200 of 250 users');
  });
});

describe('/propelauth/users/step-up-grant', () => {
  const application = beforeTests(() => start(SEED));

  async function tokenOf(user: string): Promise<string> {
    const { text } = await getTokenPage(application, user).expect(200);
    return /<code id="token">(.*?)<\/code>/.exec(text)?.[1] as string;
  }

  it('creates a step-up grant for one user and action, once', async () => {
    const form = { user: 'alice', action_type: 'PAY' };
    const { text } = await askForGrant(application, ORIGIN, form).expect(200);
    expect(text).toContain(
      'This grant of Alice &lt;b&gt; for the action <code>PAY</code> is valid once',
    );
    const [, grant] = /<code>([0-9a-f]{64})<\/code>/.exec(text) ?? [];
    const alice = await tokenOf('alice');
    const other = await tokenOf(`o'brien "&" sons`);
    const pay = (token: string) =>
      request(application.url)
        .get('/pay')
        .auth(token, { type: 'bearer' })
        .set('X-Step-Up-Grant', grant as string);
    expect((await pay(other)).status).toBe(403);
    expect((await pay(alice)).status).toBe(200);
    expect((await pay(alice)).status).toBe(403);
  });

  it.each([
    ['another site', 'https://evil.example', { user: 'alice', action_type: 'PAY' }, 403],
    ['nowhere', undefined, { user: 'alice', action_type: 'PAY' }, 403],
    ['the page, for an unknown user', ORIGIN, { user: 'mallory', action_type: 'PAY' }, 400],
    ['the page, without an action', ORIGIN, { user: 'alice' }, 400],
    ['the page, with an empty form', ORIGIN, {}, 400],
  ])('creates none for a request from %s', async (_case, origin, form, status) => {
    const response = await askForGrant(application, origin, form);
    expect(response.status).toBe(status);
    expect(response.text).not.toMatch(/[0-9a-f]{64}/);
  });
});

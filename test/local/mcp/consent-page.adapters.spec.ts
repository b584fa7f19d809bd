import { Browser, type Page } from './browser.js';
import { introspect } from './introspection.js';
import {
  ACME,
  BETA,
  mcpApplicationForTests,
  SCOPES,
  SECRET,
  startMcpApplication,
  type McpApplication,
} from './mcp-application.js';
import { allow, CALLBACK, McpClient, STATE, type Tokens } from './mcp-client.js';

const shared = mcpApplicationForTests();

/** A client, and the browser of a user on the page to which it has sent the user. */
async function begin(
  metadata: Record<string, unknown> = {},
  parameters: Record<string, string | undefined> = {},
  application: McpApplication = shared,
) {
  const client = await McpClient.register(application, metadata);
  const browser = await Browser.withSecret(application.origin);
  const page = await browser.open(await client.authorizationUrl(parameters));
  return { application, client, browser, page };
}

function isOnPage({ url }: Page, { origin }: McpApplication): boolean {
  return url.startsWith(`${origin}/propelauth/mcp/authorize/`);
}

async function tokensOf(client: McpClient, page: Page): Promise<Tokens> {
  return client.readTokens(await client.exchange(client.readCallback(page)));
}

/** The content of a page, without its style. */
function contentOf({ text }: Page): string {
  return text.slice(text.indexOf('<main'));
}

/** Policies by their names. */
function policyOf({ headers }: Page): ReadonlyMap<string, string> {
  const policies = (headers.get('content-security-policy') ?? '').split('; ');
  return new Map(policies.map((each) => each.split(/ (.*)/, 2) as [string, string]));
}

describe('the consent page for an MCP client', () => {
  it('asks for the user, and then shows the client, where it continues, its scopes and the organizations', async () => {
    const { application, browser, page } = await begin({}, { scope: SCOPES.join(' ') });
    expect(isOnPage(page, application)).toBe(true);
    expect(contentOf(page)).toMatch(/<button name="user" value="alice">[^]*value="dave">/);
    const consent = await browser.submit(page, { user: 'alice' });
    const content = contentOf(consent);
    expect(content).toContain('<strong>The client</strong> wants to use this application as');
    expect(content).toContain(`It then continues at <code>${CALLBACK}</code>`);
    expect(content).toMatch(/name="scope-0"[^>]* checked> <code>read:reports<\/code>/);
    expect(content).toMatch(/name="scope-1"[^>]* checked> <code>write:reports<\/code>/);
    expect(content).toContain(`<option value="${ACME}">Acme &lt;Inc&gt; (Admin)</option>`);
    expect(content).toContain(`<option value="${BETA}">Beta (Member)</option>`);
    expect(content).toContain('<option value="">none</option>');
  });

  it.each([
    ['https://app.example/callback', "'self' https://app.example"],
    ['cursor://anysphere.cursor-mcp/oauth/callback', "'self' cursor:"],
    ['com.example.app:/callback', "'self' com.example.app:"],
    [CALLBACK, "'self' http://127.0.0.1:9999"],
  ])(
    'is neither framed nor cached, and its forms submit only to itself and %s',
    async (uri, target) => {
      const { browser, page } = await begin({ redirect_uris: [uri] }, { redirect_uri: uri });
      for (const each of [page, await browser.submit(page, { user: 'alice' })]) {
        expect(each.status).toBe(200);
        expect(each.headers.get('x-frame-options')).toBe('DENY');
        expect(each.headers.get('cache-control')).toBe('no-store');
        expect(each.headers.get('referrer-policy')).toBe('same-origin');
        const policy = policyOf(each);
        expect(policy.get('default-src')).toBe("'none'");
        expect(policy.get('frame-ancestors')).toBe("'none'");
        expect(policy.get('form-action')).toBe(target);
        expect(policy.has('script-src')).toBe(false);
      }
    },
  );

  it('escapes what a client says about itself', async () => {
    const name = '<script>alert(1)</script>"\'&\u202E\nsecond line';
    const uri = "https://app.example/callback?x=%3Cb%3E&y='";
    const application = shared;
    const refused = await McpClient.register(application, { redirect_uris: [uri] }).catch(
      () => null,
    );
    expect(refused).toBeNull();
    const client = await McpClient.register(application, {
      client_name: name,
      redirect_uris: [uri.slice(0, -1)],
    });
    const browser = await Browser.withSecret(application.origin);
    const page = await browser.open(
      await client.authorizationUrl({ redirect_uri: uri.slice(0, -1) }),
    );
    const content = contentOf(await browser.submit(page, { user: 'alice' }));
    expect(content).toContain(
      '&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp; second line</strong>',
    );
    expect(content).toContain('https://app.example/callback?x=%3Cb%3E&amp;y=</code>');
    expect(content).toContain('&lt;b&gt;Alice&lt;/b&gt;');
    expect(content).not.toMatch(/<script|<b>|\u202E/);
  });

  it('shows and escapes errors that the client must not get', async () => {
    const { application, client, browser } = await begin();
    for (const parameters of [
      { client_id: '<script>alert(1)</script>' },
      { redirect_uri: 'https://attacker.example/<script>' },
      { client_id: undefined },
      { redirect_uri: undefined },
    ]) {
      const page = await browser.open(await client.authorizationUrl(parameters));
      expect(page.status).toBe(400);
      expect(page.url).toContain(`${application.origin}/oauth/2.1/authorize?`);
      expect(page.headers.get('x-frame-options')).toBe('DENY');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(contentOf(page)).toContain('This client cannot sign you in');
      expect(contentOf(page)).not.toContain('<script');
    }
  });

  it('sends the client an error if the user rejects it', async () => {
    const { application, browser, page } = await begin();
    const consent = await browser.submit(page, { user: 'alice' });
    const { url } = await browser.submit(consent, { user: 'alice', decision: 'deny' });
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe(CALLBACK);
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      state: STATE,
      iss: `${application.origin}/oauth/2.1`,
    });
  });

  it('grants nothing that the client has not requested, or that is not a scope', async () => {
    const { client, browser, page } = await begin();
    const consent = await browser.submit(page, { user: 'alice' });
    const end = await browser.submit(consent, {
      user: 'alice',
      'scope-0': 'on',
      'scope-1': 'on',
      'scope-99': 'on',
      'write:reports': 'on',
      scope: 'write:reports',
      decision: 'allow',
    });
    expect((await tokensOf(client, end)).scope).toBe('read:reports');
  });

  it.each([
    ['an organization that the user is not in', { user: 'dave', org: ACME }],
    ['an organization that does not exist', { user: 'alice', org: 'nowhere' }],
    ['a user who does not exist', { user: 'mallory' }],
    ['no user', {}],
  ])('rejects %s', async (_what, form) => {
    const { application, browser, page } = await begin();
    const end = await browser.submit(page, { decision: 'allow', 'scope-0': 'on', ...form });
    expect(end.status).toBe(400);
    expect(isOnPage(end, application)).toBe(true);
  });

  it('neither offers nor accepts a disabled user', async () => {
    const { application, browser, page } = await begin({}, {}, await startMcpApplication());
    const users: Page = { ...page, url: `${application.origin}/propelauth/users/change` };
    const dave = 'da4e0000-0000-4000-8000-000000000004';
    await browser.submit(users, { change: 'user.disabled', user_id: dave });
    expect(contentOf(await browser.open(page.url))).not.toContain('dave');
    expect((await browser.submit(page, { user: 'dave', decision: 'allow' })).status).toBe(400);
  });

  describe('in a browser without the secret', () => {
    it('explains how to get it, and continues once the browser has it', async () => {
      const application = shared;
      const client = await McpClient.register(application);
      const url = await client.authorizationUrl();
      const browser = new Browser(application.origin);
      const refused = await browser.open(url);
      expect(refused.status).toBe(401);
      expect(contentOf(refused)).toContain('Open one of the links that the application printed');
      expect(refused.headers.get('x-frame-options')).toBe('DENY');
      await browser.open(`${application.origin}/propelauth/users?local_secret=${SECRET}`);
      const { access_token: token } = await tokensOf(
        client,
        await allow(browser, await browser.open(url)),
      );
      expect(await (await introspect(application, token)).json()).toMatchObject({ active: true });
    });

    it('shows neither the pages nor their content', async () => {
      const { application, page } = await begin();
      const id = page.url.split('/').at(-1) as string;
      const stranger = new Browser(application.origin);
      for (const path of [`/propelauth/mcp/authorize/${id}`, `/oauth/2.1/authorize/${id}`]) {
        const refused = await stranger.open(application.origin + path);
        expect(refused.status).toBe(401);
        expect(contentOf(refused)).not.toContain('alice');
      }
      const form = { user: 'alice', decision: 'allow' };
      expect((await stranger.submit(page, form)).status).toBe(401);
    });
  });

  describe('cannot be used by another site or another browser', () => {
    it.each([['https://attacker.example'], ['null'], ['http://127.0.0.1:1'], [null]])(
      'from the origin %s',
      async (from) => {
        const { application, browser, page } = await begin();
        for (const decision of ['', 'allow', 'deny']) {
          const form = { user: 'alice', decision };
          const refused = await browser.submit(page, form, from);
          expect(refused.status).toBe(403);
          expect(isOnPage(refused, application)).toBe(true);
        }
      },
    );

    it('that did not start the request', async () => {
      const { application, page } = await begin();
      const other = await Browser.withSecret(application.origin);
      expect((await other.open(page.url)).status).toBe(400);
      const end = await other.submit(page, { user: 'alice', decision: 'allow' });
      expect(end.status).toBe(400);
      const id = page.url.split('/').at(-1) as string;
      const resumed = await other.open(`${application.origin}/oauth/2.1/authorize/${id}`);
      expect(resumed.status).toBe(400);
      expect(contentOf(resumed)).toContain('This client cannot sign you in');
    });

    it('nor the authorization endpoint, with a request of a page', async () => {
      const application = shared;
      const client = await McpClient.register(application);
      const headers = { origin: 'https://attacker.example' };
      const browser = new Browser(application.origin, headers);
      const page = await browser.open(await client.authorizationUrl());
      expect(page.status).toBe(403);
    });
  });

  it('cannot be submitted twice', async () => {
    const { browser, client, page } = await begin();
    await tokensOf(client, await allow(browser, page));
    expect((await browser.open(page.url)).status).toBe(400);
    expect((await browser.submit(page, { user: 'dave', decision: 'allow' })).status).toBe(400);
  });

  it('asks again each time, whoever signed in before', async () => {
    const { application, browser, client, page } = await begin();
    const first = await tokensOf(client, await allow(browser, page));
    const again = await browser.open(await client.authorizationUrl());
    expect(isOnPage(again, application)).toBe(true);
    const second = await tokensOf(client, await allow(browser, again, { user: 'dave' }));
    const users = [first, second].map(async ({ access_token: token }) => {
      const answer = (await (await introspect(application, token)).json()) as { username: string };
      return answer.username;
    });
    expect(await Promise.all(users)).toEqual(['alice', 'dave']);
  });
});

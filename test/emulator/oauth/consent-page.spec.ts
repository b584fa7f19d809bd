import { Browser, type Page } from './browser.js';
import { allow, CALLBACK, McpClient, STATE, type Tokens } from './mcp-client.js';
import {
  ACME,
  BETA,
  createProject,
  DAVE,
  introspect,
  SCOPES,
  type McpProject,
} from './mcp-project.js';

/** A client, and the browser of a user on the page to which it has sent the user. */
async function begin(
  metadata: Record<string, unknown> = {},
  parameters: Record<string, string | undefined> = {},
) {
  const project = await createProject();
  const client = await McpClient.register(project, metadata);
  const browser = await project.newBrowser();
  const page = await browser.open(await client.authorizationUrl(parameters));
  return { project, client, browser, page };
}

function isOnPage({ url }: Page, { origin }: McpProject): boolean {
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
    const { project, browser, page } = await begin({}, { scope: SCOPES.join(' ') });
    expect(isOnPage(page, project)).toBe(true);
    expect(contentOf(page)).toMatch(/<button name="user" value="alice">[^]*value="dave">/);
    const consent = await browser.submit(page, { user: 'alice' });
    const content = contentOf(consent);
    expect(content).toContain('<strong>The client</strong> wants to use your application as');
    expect(content).toContain(`Then the browser opens <code>${CALLBACK}</code>`);
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
    const project = await createProject();
    const refused = await McpClient.register(project, { redirect_uris: [uri] }).catch(() => null);
    expect(refused).toBeNull();
    const client = await McpClient.register(project, {
      client_name: name,
      redirect_uris: [uri.slice(0, -1)],
    });
    const browser = await project.newBrowser();
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
    const { project, client, browser } = await begin();
    for (const parameters of [
      { client_id: '<script>alert(1)</script>' },
      { redirect_uri: 'https://attacker.example/<script>' },
      { client_id: undefined },
      { redirect_uri: undefined },
    ]) {
      const page = await browser.open(await client.authorizationUrl(parameters));
      expect(page.status).toBe(400);
      expect(page.url).toContain(`${project.origin}/oauth/2.1/authorize?`);
      expect(page.headers.get('x-frame-options')).toBe('DENY');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(contentOf(page)).toContain('This client cannot sign you in');
      expect(contentOf(page)).not.toContain('<script');
    }
  });

  it('sends the client an error if the user rejects it', async () => {
    const { project, browser, page } = await begin();
    const consent = await browser.submit(page, { user: 'alice' });
    const { url } = await browser.submit(consent, { user: 'alice', decision: 'deny' });
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe(CALLBACK);
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      state: STATE,
      iss: `${project.origin}/oauth/2.1`,
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
    const { project, browser, page } = await begin();
    const end = await browser.submit(page, { decision: 'allow', 'scope-0': 'on', ...form });
    expect(end.status).toBe(400);
    expect(isOnPage(end, project)).toBe(true);
  });

  it('shows a disabled user as such, and does not accept them', async () => {
    const { project, browser, page } = await begin();
    const { issuer, fetch } = project.emulator;
    await fetch(`${project.origin}/api/backend/v1/user/${DAVE}/disable`, {
      method: 'POST',
      headers: { authorization: `Bearer ${issuer.apiKey}` },
    });
    expect(contentOf(await browser.open(page.url))).toContain('value="dave" disabled>');
    expect((await browser.submit(page, { user: 'dave', decision: 'allow' })).status).toBe(400);
  });

  describe('cannot be used by another site or another browser', () => {
    it('that did not start the request', async () => {
      const { project, page } = await begin();
      const other = await project.newBrowser();
      expect((await other.open(page.url)).status).toBe(400);
      const end = await other.submit(page, { user: 'alice', decision: 'allow' });
      expect(end.status).toBe(400);
    });

    it.each<Record<string, string>>([
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'iframe' },
    ])('nor the authorization endpoint, with a request of a page: %j', async (headers) => {
      const project = await createProject();
      const client = await McpClient.register(project);
      const browser = new Browser(project.origin, project.fetch, headers);
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
    const { project, browser, client, page } = await begin();
    const first = await tokensOf(client, await allow(browser, page));
    const again = await browser.open(await client.authorizationUrl());
    expect(isOnPage(again, project)).toBe(true);
    const second = await tokensOf(client, await allow(browser, again, { user: 'dave' }));
    const users = [first, second].map(async ({ access_token: token }) => {
      const answer = (await (await introspect(project, token)).json()) as { username: string };
      return answer.username;
    });
    expect(await Promise.all(users)).toEqual(['alice', 'dave']);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  auth as authOfSdk2,
  extractWWWAuthenticateParams,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import {
  auth as authOfSdk1,
  type OAuthClientProvider as ProviderOfSdk1,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { registerCleanup } from '../../support/clean-up.js';
import { allow, CALLBACK, type Choice } from './mcp-client.js';
import { ACME, ALICE, createProject, RESOURCE, SCOPES, type McpProject } from './mcp-project.js';
import { resourceServer } from './mcp-resource.js';

/** Who would sign in if the client asked for it: the page rejects them. */
const NOBODY: Choice = { user: 'nobody' };

/** An assistant with the official client, whose user signs in in a browser. */
class Assistant implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK;
  readonly clientMetadata = {
    client_name: 'Assistant',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  registrations = 0;
  saved: StoredOAuthTokens | undefined;
  private registration: StoredOAuthClientInformation | undefined;
  private verifier = '';
  private discovered: OAuthDiscoveryState | undefined;
  private authorizationUrl: URL | undefined;

  /** @param auth what the client does to authorize, of one of the versions of the SDK */
  constructor(
    public project: McpProject,
    private readonly auth: typeof authOfSdk2 = authOfSdk2,
  ) {}

  state(): string {
    return 'the state of the assistant';
  }
  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.registration;
  }
  saveClientInformation(registration: StoredOAuthClientInformation): void {
    this.registrations++;
    this.registration = registration;
  }
  tokens(): StoredOAuthTokens | undefined {
    return this.saved;
  }
  saveTokens(tokens: StoredOAuthTokens): void {
    this.saved = tokens;
  }
  codeVerifier(): string {
    return this.verifier;
  }
  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.discovered;
  }
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.discovered = state;
  }
  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }

  call(path = ''): Promise<Response> {
    const token = this.saved?.access_token;
    return this.fetch(RESOURCE + path, {
      method: 'POST',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  }

  /** Reaches the MCP server and the emulator. */
  readonly fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    return request.url.startsWith(this.project.origin)
      ? this.project.fetch(request)
      : resourceServer(this.project, request);
  };

  /** Does what a challenge asks for, with the browser of the user where that is needed. */
  async follow(challenge: Response, choice: Choice = {}): Promise<void> {
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(challenge);
    const shared = { serverUrl: RESOURCE, fetchFn: this.fetch };
    // A step-up needs the user, whom a refresh does not ask.
    const forceReauthorization = challenge.status === 403;
    const options = { ...shared, resourceMetadataUrl, scope, forceReauthorization };
    if ((await this.auth(this, options)) === 'AUTHORIZED') return;
    const browser = await this.project.newBrowser();
    const page = await browser.open(this.authorizationUrl as URL);
    const { url } = await allow(browser, page, choice);
    const { searchParams } = new URL(url);
    if (searchParams.get('state') !== this.state()) throw new Error('Another state came back');
    const authorizationCode = searchParams.get('code') as string;
    const iss = searchParams.get('iss') as string;
    await this.auth(this, { ...shared, resourceMetadataUrl, authorizationCode, iss });
  }
}

async function start(): Promise<Assistant> {
  return new Assistant(await createProject());
}

/** The project after a restart of the emulator, or at its first start. */
async function startKeeping(path: string): Promise<McpProject> {
  const project = await createProject();
  await project.emulator.keepIn({ path, isFresh: false, say: expectToGoOn });
  registerCleanup(() => project.emulator.close());
  return project;
}

function expectToGoOn(line: string): void {
  expect(line).toContain('Goes on');
}

const authOf1 = ((
  provider: Assistant & ProviderOfSdk1,
  options: Parameters<typeof authOfSdk1>[1],
) => authOfSdk1(provider, options)) as unknown as typeof authOfSdk2;

function errorIn(response: Response): [number, string | undefined] {
  return [response.status, extractWWWAuthenticateParams(response).error];
}

describe('the official MCP client', () => {
  it('gets from a challenge to a call: metadata, registration, sign-in, PKCE, token', async () => {
    const assistant = await start();
    const challenge = await assistant.call();
    expect(errorIn(challenge)).toEqual([401, undefined]);
    await assistant.follow(challenge, { org: ACME });
    const response = await assistant.call();
    expect(await response.json()).toMatchObject({
      sub: ALICE,
      scope: 'read:reports',
      org_id: ACME,
    });
  });

  it('refreshes its token without the user, and keeps its registration', async () => {
    const assistant = await start();
    await assistant.follow(await assistant.call());
    const before = assistant.saved as StoredOAuthTokens;
    assistant.saved = { ...before, access_token: 'forgotten' };
    const challenge = await assistant.call();
    expect(errorIn(challenge)).toEqual([401, 'invalid_token']);
    await assistant.follow(challenge);
    expect(assistant.saved.refresh_token).not.toBe(before.refresh_token);
    expect(assistant.registrations).toBe(1);
    expect((await assistant.call()).status).toBe(200);
  });

  it.each([
    ['1', authOf1],
    ['2', authOfSdk2],
  ])('of version %s goes on over restarts without a sign-in', async (_version, auth) => {
    const folder = mkdtempSync(join(tmpdir(), 'emulator-restart-'));
    registerCleanup(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'state.jsonl');
    const assistant = new Assistant(await startKeeping(path), auth);
    await assistant.follow(await assistant.call(), { org: ACME });
    for (let restart = 1; restart <= 2; restart++) {
      const refreshToken = assistant.saved?.refresh_token as string;
      // Not closed: it may as well have been killed.
      assistant.project = await startKeeping(path);
      const challenge = await assistant.call();
      expect(errorIn(challenge)).toEqual([401, 'invalid_token']);
      await assistant.follow(challenge, NOBODY);
      const response = await assistant.call();
      expect(await response.json()).toMatchObject({ sub: ALICE, org_id: ACME });
      expect(assistant.saved?.refresh_token).not.toBe(refreshToken);
      expect(readFileSync(path, 'utf8')).not.toContain(assistant.saved?.refresh_token);
    }
    expect(assistant.registrations).toBe(1);
  });

  it('steps up to another scope', async () => {
    const assistant = await start();
    await assistant.follow(await assistant.call());
    const challenge = await assistant.call('/write');
    expect(errorIn(challenge)).toEqual([403, 'insufficient_scope']);
    await assistant.follow(challenge, { scopes: SCOPES.map((_scope, index) => index) });
    expect((await assistant.call('/write')).status).toBe(200);
    expect(assistant.registrations).toBe(1);
  });
});

import {
  auth,
  extractWWWAuthenticateParams,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { Controller, Get, Post } from '@nestjs/common';
import { CurrentOrg, RequireOrgRole, type OrgMemberInfo } from 'nestjs-propelauth';
import {
  CurrentMcpToken,
  RequireMcpToken,
  RequireScope,
  type McpToken,
} from 'nestjs-propelauth/mcp';
import { SCOPES, SECRET, startMcpApplication, type McpApplication } from './mcp-application.js';
import { Browser } from './browser.js';
import { allow, CALLBACK, type Choice } from './mcp-client.js';

@Controller('mcp')
@RequireMcpToken()
class McpController {
  @Post()
  @RequireScope('read:reports')
  read(@CurrentMcpToken() { userId, scopes, orgId }: McpToken) {
    return { userId, scopes, orgId };
  }

  @Post('write')
  @RequireScope('write:reports')
  write() {
    return {};
  }

  @Get('admin')
  @RequireOrgRole('Admin')
  admin(@CurrentOrg() { orgId }: OrgMemberInfo) {
    return { orgId };
  }
}

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

  constructor(private readonly application: McpApplication) {}

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

  call(path = '/mcp', method = 'POST'): Promise<Response> {
    const token = this.saved?.access_token;
    return fetch(this.application.origin + path, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  }

  /** Does what a challenge asks for, with the browser of the user where that is needed. */
  async follow(challenge: Response, choice: Choice = {}): Promise<void> {
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(challenge);
    const serverUrl = this.application.resource;
    // A step-up needs the user, whom a refresh does not ask.
    const forceReauthorization = challenge.status === 403;
    const options = { serverUrl, resourceMetadataUrl, scope, forceReauthorization };
    if ((await auth(this, options)) === 'AUTHORIZED') return;
    const browser = await Browser.withSecret(this.application.origin);
    const page = await browser.open(this.authorizationUrl as URL);
    const { url } = await allow(browser, page, choice);
    const { searchParams } = new URL(url);
    if (searchParams.get('state') !== this.state()) throw new Error('Another state came back');
    const authorizationCode = searchParams.get('code') as string;
    const iss = searchParams.get('iss') as string;
    await auth(this, { serverUrl, resourceMetadataUrl, authorizationCode, iss });
  }
}

async function start(): Promise<{ application: McpApplication; assistant: Assistant }> {
  const application = await startMcpApplication({}, { controllers: [McpController] });
  return { application, assistant: new Assistant(application) };
}

async function errorIn(response: Response): Promise<[number, string | undefined]> {
  await response.arrayBuffer();
  return [response.status, extractWWWAuthenticateParams(response).error];
}

describe('the official MCP client', () => {
  it('gets from a challenge to a call: metadata, registration, sign-in, PKCE, token', async () => {
    const { assistant } = await start();
    const challenge = await assistant.call();
    expect(await errorIn(challenge.clone())).toEqual([401, undefined]);
    await assistant.follow(challenge, { org: 'acce0000-0000-4000-8000-000000000000' });
    const response = await assistant.call();
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      userId: 'a11ce000-0000-4000-8000-000000000001',
      scopes: ['read:reports'],
      orgId: 'acce0000-0000-4000-8000-000000000000',
    });
    expect(await (await assistant.call('/mcp/admin', 'GET')).json()).toEqual({
      orgId: 'acce0000-0000-4000-8000-000000000000',
    });
  });

  it('refreshes its token without the user, and keeps its registration', async () => {
    const { assistant } = await start();
    await assistant.follow(await assistant.call());
    const before = assistant.saved as StoredOAuthTokens;
    assistant.saved = { ...before, access_token: 'forgotten' };
    const challenge = await assistant.call();
    expect(await errorIn(challenge.clone())).toEqual([401, 'invalid_token']);
    await assistant.follow(challenge);
    expect(assistant.saved.refresh_token).not.toBe(before.refresh_token);
    expect(assistant.registrations).toBe(1);
    expect((await assistant.call()).status).toBe(201);
  });

  it('steps up to another scope', async () => {
    const { assistant } = await start();
    await assistant.follow(await assistant.call());
    const challenge = await assistant.call('/mcp/write');
    expect(await errorIn(challenge.clone())).toEqual([403, 'insufficient_scope']);
    await assistant.follow(challenge, { scopes: SCOPES.map((_scope, index) => index) });
    expect((await assistant.call('/mcp/write')).status).toBe(201);
    expect(assistant.registrations).toBe(1);
  });

  it('is rejected once the user is disabled', async () => {
    const { application, assistant } = await start();
    await assistant.follow(await assistant.call());
    await fetch(`${application.origin}/propelauth/users/change?local_secret=${SECRET}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: application.origin },
      body: new URLSearchParams({
        change: 'user.disabled',
        user_id: 'a11ce000-0000-4000-8000-000000000001',
      }),
    });
    const [status] = await errorIn(await assistant.call());
    expect(status).toBe(401);
  });
});

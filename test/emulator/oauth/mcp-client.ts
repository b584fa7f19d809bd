import * as oauth from 'oauth4webapi';
import type { Browser, Page } from './browser.js';
import type { AuthorizationServer } from './mcp-project.js';

export const CALLBACK = 'http://127.0.0.1:9999/callback';
export const STATE = 'the state of the client';

/** Some projects are at an http address of this machine. */
function optionsFor({ fetch }: AuthorizationServer) {
  return { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: fetch };
}

/** What the user chooses on the page. */
export interface Choice {
  readonly user?: string;
  /** The scopes that stay checked, by their place on the page. Default: the first. */
  readonly scopes?: readonly number[];
  readonly org?: string;
}

/** A client that has registered, and knows the authorization server by its metadata. */
export class McpClient {
  private constructor(
    readonly project: AuthorizationServer,
    readonly server: oauth.AuthorizationServer,
    readonly client: oauth.Client,
  ) {}

  static async register(
    project: AuthorizationServer,
    metadata: Record<string, unknown> = {},
  ): Promise<McpClient> {
    const server = await discover(project);
    const response = await oauth.dynamicClientRegistrationRequest(
      server,
      {
        redirect_uris: [CALLBACK],
        client_name: 'The client',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        ...metadata,
      },
      optionsFor(project),
    );
    const client = await oauth.processDynamicClientRegistrationResponse(response);
    return new McpClient(project, server, client);
  }

  /** The same client, with something about it changed. */
  with(changes: Partial<oauth.Client>): McpClient {
    return new McpClient(this.project, this.server, { ...this.client, ...changes });
  }

  /** A whole authorization request. Parameters that are `undefined` are left out. */
  async authorizationUrl(
    parameters: Record<string, string | undefined> = {},
    verifier: string = VERIFIER,
  ): Promise<URL> {
    const url = new URL(this.server.authorization_endpoint as string);
    const all: Record<string, string | undefined> = {
      client_id: this.client.client_id,
      redirect_uri: CALLBACK,
      response_type: 'code',
      state: STATE,
      resource: this.project.resource,
      scope: 'read:reports',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) {
      if (value !== undefined) url.searchParams.append(name, value);
    }
    return url;
  }

  /** Goes through the pages as the user does. */
  async authorize(
    parameters: Record<string, string | undefined> = {},
    choice: Choice = {},
  ): Promise<Page> {
    const browser = await this.project.newBrowser();
    const page = await browser.open(await this.authorizationUrl(parameters));
    return allow(browser, page, choice);
  }

  /** The parameters that the client gets at its redirect URI, checked as a client checks them: `state` and `iss`. */
  readCallback({ url, status, text }: Page): URLSearchParams {
    if (!url.startsWith(CALLBACK)) {
      throw new Error(
        `Not at the client, but at ${url} (${status}): ${text.slice(text.indexOf('<main'))}`,
      );
    }
    return oauth.validateAuthResponse(this.server, this.client, new URL(url), STATE);
  }

  /** Exchanges a code for tokens; the response, so that errors can be looked at. */
  exchange(
    callback: URLSearchParams,
    additionalParameters: Record<string, string> = {},
    verifier: string = VERIFIER,
  ): Promise<Response> {
    return oauth.authorizationCodeGrantRequest(
      this.server,
      this.client,
      this.authentication,
      callback,
      CALLBACK,
      verifier,
      { additionalParameters, ...optionsFor(this.project) },
    );
  }

  refresh(
    refreshToken: string,
    additionalParameters: Record<string, string> = {},
  ): Promise<Response> {
    return oauth.refreshTokenGrantRequest(
      this.server,
      this.client,
      this.authentication,
      refreshToken,
      { additionalParameters, ...optionsFor(this.project) },
    );
  }

  /** From nothing to tokens. */
  async signIn(
    parameters: Record<string, string | undefined> = {},
    choice: Choice = {},
  ): Promise<Tokens> {
    const callback = this.readCallback(await this.authorize(parameters, choice));
    return this.readTokens(await this.exchange(callback));
  }

  async readTokens(response: Response): Promise<Tokens> {
    const { server, client } = this;
    return (await oauth.processAuthorizationCodeResponse(server, client, response)) as Tokens;
  }

  private get authentication(): oauth.ClientAuth {
    const { client_secret: secret, token_endpoint_auth_method: method } = this.client;
    if (typeof secret !== 'string') return oauth.None();
    return method === 'client_secret_post'
      ? oauth.ClientSecretPost(secret)
      : oauth.ClientSecretBasic(secret);
  }
}

export type Tokens = oauth.TokenEndpointResponse & { refresh_token: string };

/** Any will do, since no test is about a verifier that someone guesses. */
export const VERIFIER = 'the-verifier-of-the-tests-which-is-long-enough-for-rfc-7636';

export async function discover(project: AuthorizationServer): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(`${project.origin}/oauth/2.1`);
  const response = await oauth.discoveryRequest(issuer, {
    algorithm: 'oauth2',
    ...optionsFor(project),
  });
  return oauth.processDiscoveryResponse(issuer, response);
}

/** Chooses the user, and then what the client may do. */
export async function allow(
  browser: Browser,
  page: Page,
  { user = 'alice', scopes = [0], org }: Choice = {},
): Promise<Page> {
  const consent = await browser.submit(page, { user });
  return browser.submit(consent, {
    user,
    ...Object.fromEntries(scopes.map((index) => [`scope-${index}`, 'on'])),
    ...(org !== undefined && { org }),
    decision: 'allow',
  });
}

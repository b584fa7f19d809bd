import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client, default as Provider, KoaContextWithOIDC } from 'oidc-provider';
import { LimitedLog } from '../../values/limited-log.js';
import type {
  Authorization,
  AuthorizationRequest,
  AuthorizationServerParts,
} from './authorization-server-parts.js';
import { ClientStore } from './client-store.js';
import { introspect } from './introspect.js';
import type { IntrospectionResponse } from './introspection-response.js';
import { loadOidcProvider } from './load-oidc-provider.js';
import { issuerOf, ISSUER_PATH } from './metadata.js';
import {
  GRANT_SCOPE,
  providerConfiguration,
  type ProviderParts,
} from './provider-configuration.js';
import { shapeResponse } from './provider-responses.js';
import { replay } from './replayed-request.js';

/** The authorization server for MCP clients: `oidc-provider`, with everything in memory. */
export class AuthorizationServer {
  readonly #provider: Provider;
  readonly #parts: ProviderParts;
  readonly #handle: ReturnType<Provider['callback']>;

  private constructor(provider: Provider, parts: ProviderParts) {
    this.#provider = provider;
    this.#parts = parts;
    this.prepare();
    this.#handle = provider.callback();
  }

  /** @throws {PropelAuthConfigurationError} if `oidc-provider` is not installed */
  static async create(given: AuthorizationServerParts): Promise<AuthorizationServer> {
    const oidcProvider = await loadOidcProvider();
    const parts = { ...given, clients: new ClientStore() };
    const provider = new oidcProvider.Provider(
      issuerOf(parts.origin),
      providerConfiguration(parts, oidcProvider),
    );
    return new AuthorizationServer(provider, parts);
  }

  private prepare(): void {
    const provider = this.#provider;
    // The class belongs to this provider alone.
    provider.Client.prototype.redirectUriAllowed = isRegistered;
    provider.use(async (ctx, next) => {
      await next();
      await shapeResponse(ctx as KoaContextWithOIDC, {
        provider,
        introspectingClientId: this.#parts.credentials.clientId,
        introspect: (token) => this.introspect(token),
      });
    });
    const log = new LimitedLog();
    const report = (error: unknown) =>
      log.error(`The authorization server for MCP clients failed: ${nameOf(error)}.`);
    provider.on('server_error', (_ctx, error) => report(error));
    // Koa's own event, which would otherwise be written to the console.
    (provider as EventEmitter).on('error', report);
  }

  /**
   * Lets `oidc-provider` respond to a request.
   *
   * @param url the path below that of the issuer, and the query
   */
  async respond(
    request: IncomingMessage,
    response: ServerResponse,
    url: string,
    body: string,
  ): Promise<void> {
    await this.#handle(replay(request, { mountPath: ISSUER_PATH, url, body }), response);
  }

  /** What is known about a token; the same as the introspection endpoint returns. */
  introspect(token: string): Promise<IntrospectionResponse> {
    return introspect(token, this.#provider, this.#parts.accounts);
  }

  /**
   * The authorization request that a browser has begun.
   *
   * @param id from the address of the page
   * @returns `undefined` if the browser has not begun it, or too long ago
   */
  async findRequest(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
  ): Promise<AuthorizationRequest | undefined> {
    const interaction = await this.interactionOf(request, response, id);
    if (interaction === undefined) return undefined;
    const { client_id, redirect_uri, scope } = interaction.params as Record<string, string>;
    const client = await this.#provider.Client.find(client_id as string);
    if (client === undefined) return undefined;
    return {
      clientId: client.clientId,
      clientName: client.clientName,
      redirectUri: redirect_uri as string,
      scopes: (scope as string).split(' ').filter((each) => each !== GRANT_SCOPE),
    };
  }

  /**
   * Finishes an authorization request.
   *
   * @param authorization what the user allows the client; `undefined` if the user rejects it
   * @returns the path to which the browser has to go, which redirects it to the client
   */
  async finish(
    request: IncomingMessage,
    response: ServerResponse,
    authorization: Authorization | undefined,
  ): Promise<string> {
    const returnTo = await this.#provider.interactionResult(
      request,
      response,
      authorization === undefined
        ? { error: 'access_denied', error_description: 'The user rejected the request' }
        : await this.grant(request, response, authorization),
    );
    return new URL(returnTo).pathname;
  }

  private async grant(
    request: IncomingMessage,
    response: ServerResponse,
    { account, scopes }: Authorization,
  ) {
    const { params } = await this.#provider.interactionDetails(request, response);
    const clientId = params['client_id'] as string;
    const accountId = this.#parts.accounts.idOf(account);
    const grant = new this.#provider.Grant({ accountId, clientId });
    grant.addOIDCScope(GRANT_SCOPE);
    const { resource } = this.#parts.mcp;
    for (const indicator of [params['resource']].flat()) {
      grant.addResourceScope((indicator ?? resource) as string, scopes.join(' '));
    }
    this.#parts.clients.keep(clientId);
    return { login: { accountId, remember: false }, consent: { grantId: await grant.save() } };
  }

  private async interactionOf(request: IncomingMessage, response: ServerResponse, id: string) {
    try {
      const interaction = await this.#provider.interactionDetails(request, response);
      return interaction.uid === id ? interaction : undefined;
    } catch {
      return undefined;
    }
  }
}

/** PropelAuth compares the port, too. */
function isRegistered(this: Client, uri: string): boolean {
  return this.redirectUris?.includes(uri) === true;
}

/** The name of an error: its message may have something that was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

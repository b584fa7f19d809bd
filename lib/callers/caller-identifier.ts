import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { ApiKeyAuthenticator } from './api-key/api-key-authenticator.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { TokenAuthenticator } from './user/token-authenticator.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import { describeTokenSourceRejection } from '../transports/token-places.js';
import { readTokenFrom } from '../transports/one-token.js';
import type { Call } from '../transports/call.js';
import { ApiKeyCaller } from './api-key/api-key-caller.js';
import type { McpCaller } from '../mcp/callers/mcp-caller.js';
import { McpCallerIdentifier } from '../mcp/callers/mcp-caller-identifier.js';
import type { Policy } from '../rules/policy.js';
import { readApiKey } from '../transports/api-key-header.js';
import { isUnauthenticated, Rejection } from '../rejections/rejection.js';

/** A verified caller: a user, a script with an API key, or an MCP client. `null` for an unauthenticated one. */
export type IdentifiedCaller = UserClass | ApiKeyCaller | McpCaller | null;

/** The credential of a call. */
interface Credential {
  readonly kind: 'token' | 'api-key';
  readonly text: string;
}

/** Identifies the caller by the credential that the rules of the handler accept. */
@Injectable()
export class CallerIdentifier {
  constructor(
    private readonly tokens: TokenAuthenticator,
    private readonly apiKeys: ApiKeyAuthenticator,
    private readonly mcpCallers: McpCallerIdentifier,
    private readonly options: ResolvedOptions,
  ) {}

  /**
   * @param policy the policy of a handler that looks for its caller
   * @returns the caller itself when nothing has to be waited for; else a promise. Nothing is asked about the user of an MCP client yet
   * @throws the rejection, when the call does not show who is calling
   */
  identify(call: Call, policy: Policy): IdentifiedCaller | Promise<IdentifiedCaller> {
    switch (policy.mode) {
      case 'optional':
        return this.identifyOptionalUser(call, policy);
      case 'api-key':
      case 'user-or-api-key':
        return this.identifyByCredential(call, policy);
      case 'mcp':
        return this.mcpCallers.identify(call);
      case 'nobody':
        throw new Rejection('rules_contradict');
      default:
        return this.identifyUser(call, policy);
    }
  }

  private identifyUser(call: Call, policy: Policy): UserClass | Promise<UserClass> {
    return this.tokens.authenticate(this.readToken(call, policy), call.tokenScope);
  }

  private readToken(call: Call, policy: Policy): string {
    const sources = this.tokenSourcesOf(policy, call);
    return sources.length > 0 ? readTokenFrom(sources, call.context) : call.readToken();
  }

  /** The functions that say where the token is; none where the transport knows. */
  private tokenSourcesOf(
    { tokenSources }: Policy,
    { needsTokenSource }: Call,
  ): readonly TokenSource[] {
    if (tokenSources.length > 0 || !needsTokenSource) return tokenSources;
    const { tokenSource } = this.options;
    return tokenSource === undefined ? [] : [tokenSource];
  }

  /** The description under `debugMode` of a missing or malformed credential; `undefined` for the description of the reason. */
  describeRejection(reason: RejectionReason, call: Call, policy: Policy): string | undefined {
    return policy.mode !== 'mcp' && this.tokenSourcesOf(policy, call).length > 0
      ? describeTokenSourceRejection(reason)
      : call.describeRejection(reason);
  }

  private identifyOptionalUser(
    call: Call,
    policy: Policy,
  ): UserClass | null | Promise<UserClass | null> {
    try {
      const user = this.identifyUser(call, policy);
      return user instanceof Promise ? user.catch(anonymousIfRejected) : user;
    } catch (error) {
      return anonymousIfRejected(error);
    }
  }

  private identifyByCredential(
    call: Call,
    policy: Policy,
  ): IdentifiedCaller | Promise<IdentifiedCaller> {
    const credential = this.findCredential(call, policy);
    if (credential?.kind === 'api-key') {
      return this.identifyApiKey(call, policy, credential.text);
    }
    if (policy.mode === 'api-key') throw new Rejection('api_key_missing');
    if (credential === undefined) throw new Rejection('credential_missing');
    return this.identifyUser(call, policy);
  }

  private findToken(call: Call, policy: Policy): string | undefined {
    try {
      return this.readToken(call, policy);
    } catch (error) {
      if (error instanceof Rejection && error.reason === 'token_missing') return undefined;
      throw error;
    }
  }

  private async identifyApiKey(
    call: Call,
    { apiKeyKind }: Policy,
    apiKey: string,
  ): Promise<ApiKeyCaller> {
    const caller = await this.validateApiKey(call, apiKey);
    const { kind } = caller;
    if (kind === undefined || (apiKeyKind !== undefined && kind !== apiKeyKind)) {
      throw new Rejection('api_key_kind');
    }
    return caller;
  }

  private async validateApiKey(call: Call, apiKey: string): Promise<ApiKeyCaller> {
    const { address, operationScope } = call;
    const validation =
      operationScope === undefined
        ? this.apiKeys.authenticate(apiKey, address)
        : this.apiKeys.authenticateWithin(operationScope, apiKey, address);
    return new ApiKeyCaller(await validation);
  }

  /**
   * The caller, identified by a credential that the rules accept; rules for any caller accept users and API keys. MCP clients are known
   * only under a rule about MCP tokens: elsewhere their tokens look like any other text.
   *
   * @returns `null` without such a credential, for one that is rejected, and for more than one
   * @throws when the caller cannot be identified at the moment
   */
  async identifyAny(call: Call, policy: Policy): Promise<IdentifiedCaller> {
    try {
      if (policy.mode === 'mcp') return await this.identifyMcpClient(call, policy);
      const credential = this.findAcceptedCredential(call, policy);
      if (credential === undefined) return null;
      return credential.kind === 'api-key'
        ? await this.validateApiKey(call, credential.text)
        : await this.tokens.authenticate(credential.text, call.tokenScope);
    } catch (error) {
      if (isUnauthenticated(error)) return null;
      throw error;
    }
  }

  /** With the user, if the rules of the handler need the user: the token of a disabled user does not count. */
  private async identifyMcpClient(call: Call, policy: Policy): Promise<McpCaller> {
    return this.mcpCallers.withPresentUser(await this.mcpCallers.identify(call), policy);
  }

  /** Like {@link identifyAny}, for credentials that are known or can be verified without asking PropelAuth. */
  async recognize(call: Call, policy: Policy): Promise<IdentifiedCaller> {
    if (policy.mode === 'mcp') return this.mcpCallers.recall(call);
    const credential = this.findAcceptedCredential(call, policy);
    if (credential === undefined) return null;
    if (credential.kind === 'token') {
      return (await this.tokens.recognize(credential.text, call.tokenScope)) ?? null;
    }
    const validation = this.apiKeys.recall(credential.text);
    return validation === undefined ? null : new ApiKeyCaller(validation);
  }

  /** What the rules reject anyway causes no request to PropelAuth. A key beside the token of a user does not hide the user. */
  private findAcceptedCredential(call: Call, policy: Policy): Credential | undefined {
    switch (policy.mode) {
      case 'user':
      case 'optional': {
        const text = this.findToken(call, policy);
        return text === undefined ? undefined : { kind: 'token', text };
      }
      case 'api-key': {
        const credential = this.findCredential(call, policy);
        return credential?.kind === 'api-key' ? credential : undefined;
      }
      case 'user-or-api-key':
      case 'public':
        return this.findCredential(call, policy);
      default:
        return undefined;
    }
  }

  /** @throws a rejection, for more than one credential and for one that is malformed */
  private findCredential(call: Call, policy: Policy): Credential | undefined {
    const { request } = call;
    const apiKey = request && readApiKey(request);
    const token = this.findToken(call, policy);
    if (apiKey !== undefined) {
      // The text after Bearer is found as a token, too.
      if (token !== undefined && token !== apiKey) {
        throw new Rejection('credentials_ambiguous');
      }
      return { kind: 'api-key', text: apiKey };
    }
    return token === undefined ? undefined : { kind: 'token', text: token };
  }
}

/** An invalid token makes an unauthenticated caller. A token that could not be checked does not. */
function anonymousIfRejected(error: unknown): null {
  if (isUnauthenticated(error)) return null;
  throw error;
}

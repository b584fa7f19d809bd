import { Injectable, type ExecutionContext } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { ApiKeyAuthenticator } from '../api-key/api-key-authenticator.js';
import {
  readAuthorizationHeader,
  readBearerToken,
  type RequestHeaders,
} from '../token/bearer-token.js';
import { TokenAuthenticator } from '../token/token-authenticator.js';
import { TokenRefusal } from '../token/token-refusal.js';
import { ApiKeyCaller } from './api-key-caller.js';
import type { CompiledAccess } from './compiled-access.js';
import { CredentialRefusal } from './credential-refusal.js';
import { readCredential } from './credentials.js';

/** A verified caller: a user, or a script with an API key. An anonymous one is `null`. */
export type Caller = UserClass | ApiKeyCaller | null;

/** Answers who is calling, by what the rules of the handler take for proof of it. */
@Injectable()
export class CallerIdentifier {
  constructor(
    private readonly tokens: TokenAuthenticator,
    private readonly apiKeys: ApiKeyAuthenticator,
  ) {}

  /**
   * @param access the rules of a handler that looks for its caller
   * @returns the caller itself when nothing has to be waited for; else a promise
   * @throws the refusal, when the request does not show who is calling
   */
  identify(context: ExecutionContext, access: CompiledAccess): Caller | Promise<Caller> {
    const request = context.getArgByIndex<RequestHeaders>(0);
    switch (access.mode) {
      case 'optional':
        return this.identifyOptionalUser(request);
      case 'api-key':
      case 'user-or-api-key':
        return this.identifyByCredential(request, access);
      default:
        return this.identifyUser(request);
    }
  }

  private identifyUser(request: RequestHeaders): UserClass | Promise<UserClass> {
    return this.tokens.authenticate(readBearerToken(readAuthorizationHeader(request)));
  }

  private identifyOptionalUser(
    request: RequestHeaders,
  ): UserClass | null | Promise<UserClass | null> {
    try {
      const user = this.identifyUser(request);
      return user instanceof Promise ? user.catch(anonymousIfRefused) : user;
    } catch (error) {
      return anonymousIfRefused(error);
    }
  }

  private identifyByCredential(
    request: RequestHeaders,
    access: CompiledAccess,
  ): Caller | Promise<Caller> {
    const takesUsers = access.mode === 'user-or-api-key';
    const credential = readCredential(request);
    if (credential?.kind === 'api-key') return this.identifyApiKey(credential.apiKey, access);
    if (!takesUsers) throw new CredentialRefusal('api_key_missing');
    if (credential === undefined) throw new CredentialRefusal('credential_missing');
    return this.tokens.authenticate(credential.token);
  }

  private async identifyApiKey(
    apiKey: string,
    { apiKeyKind }: CompiledAccess,
  ): Promise<ApiKeyCaller> {
    const caller = new ApiKeyCaller(await this.apiKeys.authenticate(apiKey));
    const { kind } = caller;
    if (kind === undefined || (apiKeyKind !== undefined && kind !== apiKeyKind)) {
      throw new CredentialRefusal('api_key_kind');
    }
    return caller;
  }
}

/** A refused token makes an anonymous caller. That nobody could look at the token (no keys) does not. */
function anonymousIfRefused(error: unknown): null {
  if (error instanceof TokenRefusal) return null;
  throw error;
}

import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../audit/describe-access.js';
import { isForEveryone } from '../../rules/handler-access.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { Policies } from '../../rules/policies.js';
import { builtInTokenSourceOf, mayReadMessages } from '../../transports/built-in-token-sources.js';
import { CannotCall, type CallParts } from './entry-point.js';

/** Knows the handlers whose access token is found only by a `tokenSource` of the application. */
export class TokenPlaces {
  constructor(private readonly app: INestApplicationContext) {}

  /** @throws {CannotCall} for a call with a token, if the application does not say where messages carry it */
  assertKnown(handler: DescribedHandler, { credentials, given }: CallParts): void {
    if (credentials.tokens.length === 0 || Object.keys(given).length > 0) return;
    if (this.isElsewhere(handler)) throw new CannotCall(ADVICE);
  }

  /** Whether only a `tokenSource` of the application finds the token of a call. */
  isElsewhere({ access, description: { transport }, subject }: DescribedHandler): boolean {
    if (isForEveryone(access.access)) return false;
    const { tokenSources } = this.app
      .get(Policies, { strict: false })
      .ofHandler(subject.controller, subject.handler);
    return transport === 'rpc' || tokenSources.some(mayReadMessages);
  }

  /** The cookie in which calls of a handler carry the access token, if it is the only place; `undefined` for other places. */
  cookieOf({ access, description: { transport }, subject }: DescribedHandler): string | undefined {
    // Handlers for MCP clients or API keys alone read no cookie.
    if (transport === 'mcp' || ['mcp', 'api-key'].includes(access.access)) return undefined;
    const { tokenSources } = this.app
      .get(Policies, { strict: false })
      .ofHandler(subject.controller, subject.handler);
    const source = tokenSources[0] ?? this.app.get(ResolvedOptions, { strict: false }).tokenSource;
    const reads = source && builtInTokenSourceOf(source);
    return reads?.readsHeader === false ? reads.cookie : undefined;
  }
}

const ADVICE =
  'Only your tokenSource knows where its access token is. Return the token from argsFor, for example { data: { ' +
  'accessToken: token } }.';

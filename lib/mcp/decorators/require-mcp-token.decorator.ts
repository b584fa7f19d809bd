import { applyDecorators } from '@nestjs/common';
import type { AccessDecorator, RequireScope, UncheckedOrgOption } from '../../index.js';
import {
  assertDefinedArguments,
  checkDecoratorOptions,
  checkScopeRequirements,
  createAccessDecorator,
  MCP_CLIENT,
  scopeRule,
  uncheckedOrgRule,
} from '../../extend.js';

/**
 * The options of {@link RequireMcpToken}.
 *
 * @publicApi
 */
export interface RequireMcpTokenOptions extends UncheckedOrgOption {
  /** The scopes that the token must have, as in {@link RequireScope}. Each is one of `mcpServer.scopes`. Default: none. */
  scopes?: Parameters<typeof RequireScope>[0];
}

/**
 * Requires an MCP access token that PropelAuth issued for `mcpServer.resource`, in `Authorization: Bearer`. Returns 401 for a token that is
 * missing, inactive or for another resource; 403 for a missing scope (`insufficient_scope`) and for a web page whose origin is not allowed;
 * 503 while PropelAuth is unavailable. The `WWW-Authenticate` header tells clients where to get a token, and for which scopes.
 *
 * Organization rules apply to the organization that the user chose for the client, and to the user's current role in it.
 *
 * @param options `scopes`: the scopes that the token must have, as in {@link RequireScope}. Default: none;
 * `uncheckedOrg`: whether calls may name any organization. Default: `false`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an unknown option, an empty list, and a scope that is not one of OAuth 2.0 (RFC 6749, section 3.3)
 * @see MCP specification 2026-07-28, "Authorization"
 * @example
 * ```ts
 * @Controller('mcp')
 * @RequireMcpToken()
 * export class McpEndpoint {}
 * ```
 *
 * @publicApi
 */
export function RequireMcpToken(options: RequireMcpTokenOptions = {}): AccessDecorator {
  const decorator = '@RequireMcpToken()';
  assertDefinedArguments(decorator, arguments);
  checkDecoratorOptions(decorator, options, ['scopes', 'uncheckedOrg']);
  const callerRule = createAccessDecorator({
    callers: MCP_CLIENT,
    decorator,
    ...uncheckedOrgRule(decorator, options),
  });
  if (options.scopes === undefined) return callerRule;
  const scopes = checkScopeRequirements(decorator, options.scopes);
  const ofScopes = createAccessDecorator({ type: scopeRule, argument: scopes, decorator });
  return applyDecorators(callerRule, ofScopes);
}

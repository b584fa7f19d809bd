import { applyDecorators } from '@nestjs/common';
import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';

/** The options of {@link RequireMcpToken}. */
export interface RequireMcpTokenOptions {
  /** The scopes that the token has to have, all of them. Default: none. */
  scopes?: string[];
}

/**
 * Requires the access token of an MCP client, which PropelAuth issued for `mcp.resource`.
 *
 * @param options `scopes`: the scopes that the token has to have, all of them; default: none
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for an unknown option, and for a scope that is none
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
export function RequireMcpToken({ scopes = [] }: RequireMcpTokenOptions = {}): AccessDecorator {
  const decorator = '@RequireMcpToken()';
  return applyDecorators(
    createAccessDecorator({ kind: 'caller', mode: 'mcp', decorator }),
    ...(scopes.length > 0 ? [createAccessDecorator({ kind: 'scope', scopes, decorator })] : []),
  ) as AccessDecorator;
}

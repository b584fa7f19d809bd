import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';

/**
 * Requires a scope of the MCP token. It implies `@RequireMcpToken()`. Returns 403 `insufficient_scope` with all scopes that the
 * call needs, so that clients can ask the user for them.
 *
 * @param scope the scope, one of `mcp.scopes`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} when the scope is not a scope of OAuth 2.0 (RFC 6749, section 3.3)
 * @see MCP specification 2026-07-28, "Authorization", "Scope Challenge Handling"
 * @example
 * ```ts
 * @Post('mcp/reports')
 * @RequireScope('read:reports')
 * list(@CurrentMcpToken('userId') userId: string) {
 *   return this.reports.findFor(userId);
 * }
 * ```
 *
 * @publicApi
 */
export function RequireScope(scope: string): AccessDecorator {
  const decorator = '@RequireScope()';
  return createAccessDecorator({ kind: 'scope', scopes: [scope], decorator });
}

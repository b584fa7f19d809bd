import { createAccessDecorator, type AccessDecorator } from './access.decorator.js';
import { checkScope } from './scope-checks.js';

/**
 * Requires a scope of the MCP token, and implies `@RequireMcpToken()`. Scopes of the handler, the class and its parent classes add up. A
 * token without one of them gets 403 `insufficient_scope` with all scopes that the call needs, so that the client can ask the user for
 * them.
 *
 * @param scope the scope, one of `mcpServer.scopes`
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} if it is not a scope of OAuth 2.0 (RFC 6749, section 3.3)
 * @see MCP specification 2026-07-28, "Authorization", "Scope Challenge Handling"
 * @example
 * ```ts
 * @Post('mcp/reports')
 * @RequireScope('read:reports')
 * list(@CurrentMcpToken('orgId') orgId: string) {
 *   return this.reports.findByOrg(orgId);
 * }
 * ```
 *
 * @publicApi
 */
export function RequireScope(scope: string): AccessDecorator {
  const decorator = '@RequireScope()';
  return createAccessDecorator({
    kind: 'scope',
    scopes: [checkScope(decorator, scope)],
    decorator,
  });
}

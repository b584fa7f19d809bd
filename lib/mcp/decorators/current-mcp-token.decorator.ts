import type { ExecutionContext } from '@nestjs/common';
import type { McpToken } from '../../index.js';
import { callerFor, createCallerParameter, kindsOf } from '../../extend.js';

/**
 * Returns the MCP token of a call, for interceptors, pipes, throttlers and loggers. In handlers, use `@CurrentMcpToken()`.
 *
 * @param context the context that Nest passes to the interceptor or guard
 * @returns the scopes, the user's id and the other properties, deeply frozen, without the token itself; `null` for a caller without an MCP
 * token, on a handler without a rule, after a rejection, and if a test overrides the guard
 * @throws {Error} in a guard or pipe that runs before `PropelAuthGuard` has decided about a handler with a rule
 *
 * @example
 * ```ts
 * @Injectable()
 * class UsageInterceptor implements NestInterceptor {
 *   constructor(private readonly usage: Metrics) {}
 *
 *   intercept(context: ExecutionContext, next: CallHandler) {
 *     this.usage.count(getCurrentMcpToken(context)?.clientId);
 *     return next.handle();
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function getCurrentMcpToken(context: ExecutionContext): McpToken | null {
  return callerFor('getCurrentMcpToken', context)?.mcp ?? null;
}

/**
 * Injects the MCP token of the call as PropelAuth describes it, or one of its properties. It does not contain the token itself.
 *
 * @param property the name of a property, such as `'userId'`. Default: the whole {@link McpToken}
 * @param pipes pipes for the value, as with Nest's own parameter decorators. The first one may replace the property name
 * @returns a parameter decorator
 * @example
 * ```ts
 * @Post('mcp')
 * @RequireMcpToken()
 * handle(@CurrentMcpToken() token: McpToken) {
 *   return this.reports.findByOrg(token.orgId ?? token.userId);
 * }
 * ```
 *
 * @publicApi
 */
export const CurrentMcpToken = createCallerParameter<McpToken>(
  {
    name: '@CurrentMcpToken()',
    emptyOn: ({ callers }) =>
      kindsOf(callers).has('mcp')
        ? undefined
        : 'never has a value without a rule about MCP tokens. Add @RequireMcpToken() or remove the parameter.',
  },
  getCurrentMcpToken,
);

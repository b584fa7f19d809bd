import type { McpToken } from '../../index.js';
import { createCallerParameter, getCurrentMcpToken, kindsOf } from '../../extend.js';

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

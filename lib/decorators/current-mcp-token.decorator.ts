import { getCurrentMcpToken } from '../decision/current-caller.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import { createCallerParameter } from './caller-parameter.js';

/**
 * What PropelAuth says of the MCP token that the call was let in with, or a property of it. It never holds the token itself.
 *
 * @param property the name of a property, such as `'userId'`; default: the whole {@link McpToken}
 * @param pipes pipes for the value, as with Nest's own parameter decorators; the first may take the place of the name
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
  '@CurrentMcpToken()',
  getCurrentMcpToken,
);

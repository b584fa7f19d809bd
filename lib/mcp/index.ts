/**
 * Decorators for MCP servers.
 *
 * @module nestjs-propelauth/mcp
 */
export {
  RequireMcpToken,
  type RequireMcpTokenOptions,
} from '../decorators/require-mcp-token.decorator.js';
export { RequireScope } from '../decorators/require-scope.decorator.js';
export { CurrentMcpToken } from '../decorators/current-mcp-token.decorator.js';
export { getCurrentMcpToken } from '../decision/caller-of-context.js';
export type { McpToken } from '../types/mcp-token.interface.js';
export type { McpOptions } from '../options/mcp-options.js';

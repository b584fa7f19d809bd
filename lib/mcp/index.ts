/**
 * MCP servers: the plugin, and the decorators for what MCP clients may call.
 *
 * @module nestjs-propelauth/mcp
 */
export { mcpServer } from './mcp-server.plugin.js';
export type { McpOptions } from './mcp-options.js';
export type { PropelAuthPlugin, PropelAuthPluginFactory } from '../plugins/plugin.js';
export {
  RequireMcpToken,
  type RequireMcpTokenOptions,
} from './decorators/require-mcp-token.decorator.js';
export { RequireScope } from '../decorators/require-scope.decorator.js';
export { CurrentMcpToken } from './decorators/current-mcp-token.decorator.js';
export { getCurrentMcpToken } from '../decision/caller-of-context.js';
export type { McpToken } from '../types/mcp-token.interface.js';

/**
 * MCP servers: the plugin, and the decorators for what MCP clients may call.
 *
 * @module nestjs-propelauth/mcp
 */
export { mcpServer } from './mcp-server.plugin.js';
export type { McpOptions } from './mcp-options.js';
export type { PropelAuthPlugin, PropelAuthPluginFactory } from '../index.js';
export {
  RequireMcpToken,
  type RequireMcpTokenOptions,
} from './decorators/require-mcp-token.decorator.js';
export { RequireScope } from '../index.js';
export { CurrentMcpToken, getCurrentMcpToken } from './decorators/current-mcp-token.decorator.js';
export type { McpToken } from '../index.js';

import type { Type } from '@nestjs/common';
import { isMcpEndpoint, isMcpHandler } from './mcp-nest.js';
import { acceptsOnly, CONTRADICTION, isEveryone, type Callers } from './callers.js';

/** The role of a method in `@rekog/mcp-nest`: an endpoint receives the requests of MCP clients, a handler their calls. */
type McpRole = 'endpoint' | 'handler' | undefined;

export function mcpRoleOf(type: Type, handler: Function): McpRole {
  if (isMcpHandler(handler)) return 'handler';
  return isMcpEndpoint(type) ? 'endpoint' : undefined;
}

/**
 * MCP clients have only tokens for the server (MCP specification 2026-07-28, "Token Handling"): any other credential is rejected, by tools
 * and by the endpoint controller.
 */
export function callersForMcp(callers: Callers, role: McpRole): Callers {
  if (role === undefined) return callers;
  return acceptsOnly(callers, 'mcp') || isEveryone(callers) ? callers : CONTRADICTION;
}

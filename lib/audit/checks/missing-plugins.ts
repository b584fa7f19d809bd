import { isMcpEndpoint, isMcpHandler } from '../../rules/mcp-nest.js';
import type { AuditedMethod } from './audited-route.js';
import { acceptsOnly, isEveryone } from '../../rules/callers.js';

/**
 * Handlers for callers whom only a missing plugin can identify. They make startup fail, whatever `startupAudit` says, because their calls
 * would return 500, and the plugin's own checks would not run.
 *
 * @param kinds the names of the kinds of callers that the application knows
 */
export function findMissingPlugins(
  { access, policy, controller, name }: AuditedMethod,
  kinds: readonly string[],
): string[] {
  if (kinds.includes('mcp') || access === 'open' || isEveryone(policy.callers)) return [];
  const method = (controller.prototype as Record<string, Function | undefined>)[name];
  const isOfMcpNest = isMcpEndpoint(controller) || (method !== undefined && isMcpHandler(method));
  if (!acceptsOnly(policy.callers, 'mcp') && !isOfMcpNest) return [];
  return [
    'The handler is for MCP clients, but the plugin mcpServer() is missing. Add mcpServer({ resource, introspection, scopes }) of ' +
      'nestjs-propelauth/mcp to plugins in PropelAuthModule.forRoot().',
  ];
}

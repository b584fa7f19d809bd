import { isMcpEndpoint, isMcpHandler } from '../../rules/mcp-nest.js';
import type { AuditedMethod } from './audited-route.js';
import { acceptsOnly, isEveryone } from '../../rules/callers.js';

/**
 * Rules about callers whom only a plugin can identify. Each call would get 500, whatever `startupAudit` says: nothing that the plugin would
 * check may be left to chance.
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

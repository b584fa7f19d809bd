import { acceptsOnly, isEveryone } from '../../rules/callers.js';
import { isUndecided } from '../../rules/handler-access.js';
import { isMcpEndpoint, isMcpHandler } from '../../rules/mcp-nest.js';
import type { AuditedMethod } from './audited-route.js';

/** What an application knows of its callers, and of its handlers for MCP clients. */
export interface PluginContext {
  /** The names of the kinds of callers. */
  readonly kinds: readonly string[];
  /** Whether a tool, resource or prompt has an access decorator, `@Public()` included: the others are not meant to be open. */
  readonly hasRuledMcpHandler: boolean;
}

/**
 * Handlers for callers whom only a missing plugin can identify. They make startup fail, whatever `startupAudit` says, because their calls
 * would return 500, and the plugin's own checks would not run.
 */
export function findMissingPlugins(
  audited: AuditedMethod,
  { kinds, hasRuledMcpHandler }: PluginContext,
): string[] {
  const { access, policy } = audited;
  if (kinds.includes('mcp') || isEveryone(policy.callers)) return [];
  const isMissing = isUndecided(access)
    ? hasRuledMcpHandler && isOfMcpNest(audited)
    : acceptsOnly(policy.callers, 'mcp') || isOfMcpNest(audited);
  if (!isMissing) return [];
  return [
    'The handler is for MCP clients, but the plugin mcpServer() is missing. Add mcpServer({ resource, introspection, scopes }) of ' +
      'nestjs-propelauth/mcp to plugins in PropelAuthModule.forRoot().',
  ];
}

/** Whether `@rekog/mcp-nest` hands a method requests of MCP clients, or their calls. */
function isOfMcpNest({ controller, handler }: AuditedMethod): boolean {
  return isMcpEndpoint(controller) || isMcpHandler(handler);
}

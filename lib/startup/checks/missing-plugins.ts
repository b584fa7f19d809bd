import { acceptsOnly, isEveryone } from '../../rules/callers.js';
import { isUndecided } from '../../rules/handler-access.js';
import { isMcpEndpoint, isMcpHandler } from '../../rules/mcp-nest.js';
import type { AuditedApplication } from '../application/audited-application.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

/**
 * Handlers for callers whom only a missing plugin can identify. They make startup fail, whatever `startupAudit` says, because their calls
 * would return 500, and the plugin's own checks would not run.
 */
export function findMissingPlugins(
  audited: ApplicationHandler,
  { kinds, handlers }: AuditedApplication,
): string[] {
  const { access, policy } = audited;
  if (kinds.some(({ name }) => name === 'mcp') || isEveryone(policy.callers)) return [];
  const isMissing = isUndecided(access.access)
    ? isOfMcpNest(audited) && handlers.some(isRuledMcpHandler)
    : acceptsOnly(policy.callers, 'mcp') || isOfMcpNest(audited);
  if (!isMissing) return [];
  return [
    'The handler is for MCP clients, but the plugin mcpServer() is missing. Add mcpServer({ resource, introspection, scopes }) of ' +
      'nestjs-propelauth/mcp to plugins in PropelAuthModule.forRoot().',
  ];
}

/** Whether a tool, resource or prompt has an access decorator, `@Public()` included: the others are not meant to be open. */
function isRuledMcpHandler({ type, policy }: ApplicationHandler): boolean {
  return type === 'mcp' && policy.isExplicit;
}

/** Whether `@rekog/mcp-nest` hands a method requests of MCP clients, or their calls. */
function isOfMcpNest({ controller, handler }: ApplicationHandler): boolean {
  return isMcpEndpoint(controller) || isMcpHandler(handler);
}

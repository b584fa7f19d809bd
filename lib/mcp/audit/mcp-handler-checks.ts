import { mcpHandlerOf } from '../../rules/mcp-nest.js';
import {
  PUBLIC_METADATA,
  ROLES_MATCH_METADATA,
  ROLES_METADATA,
  SCOPES_MATCH_METADATA,
  SCOPES_METADATA,
} from '../nest/tool-metadata.js';
import { isCallerRule } from '../../rules/access-rule.js';
import { flatten, type HandlerLevels } from '../../rules/handler-levels.js';
import type { Policy } from '../../rules/policy.js';
import { isMcpEndpoint } from '../../rules/mcp-nest.js';
import type { AuditedHandler } from '../../audit/checks/audited-handler.js';
import type { AuditedMethod } from '../../audit/checks/audited-route.js';
import { acceptsOnly, isContradiction, isEveryone } from '../../rules/callers.js';

/** Rules of tools, resources and prompts that cannot work as they are written, or that the decorators of `@rekog/mcp-nest` contradict. */
export function findInMcpHandler(audited: AuditedHandler): string[] {
  if (audited.kind !== 'mcp') return [];
  return [...findOtherCallers(audited), ...findOtherDecorators(audited)];
}

/**
 * Rules of an endpoint controller that accept other callers than MCP clients. They reject every call, because tools must not run with
 * another credential.
 */
export function findOtherCallersOfEndpoint({
  controller,
  levels,
  policy,
}: AuditedMethod): string[] {
  if (!isMcpEndpoint(controller)) return [];
  const decorator = otherCallerIn(levels, policy);
  return decorator === undefined
    ? []
    : [
        `${controller.name}: ${decorator} rejects every MCP client, because MCP clients only have MCP tokens. Use ` +
          '@RequireMcpToken() instead.',
      ];
}

/** MCP clients have only MCP tokens, and no other credential may be used (MCP specification 2026-07-28, "Token Handling"). */
function findOtherCallers({ levels, policy }: AuditedHandler): string[] {
  const decorator = otherCallerIn(levels, policy);
  return decorator === undefined
    ? []
    : [
        `${decorator} rejects every MCP client, because MCP clients only have MCP tokens. Use @RequireMcpToken() or ` +
          '@Public() instead.',
      ];
}

/** The decorator that accepts callers other than MCP clients, if the policy rejects every caller. */
function otherCallerIn(levels: HandlerLevels, policy: Policy): string | undefined {
  if (!isContradiction(policy.callers)) return undefined;
  return flatten(levels)
    .flatMap(({ rules }) => rules.filter(isCallerRule))
    .find(({ callers }) => !acceptsOnly(callers, 'mcp') && !isEveryone(callers))?.decorator;
}

function findOtherDecorators({ controller, name, policy }: AuditedHandler): string[] {
  const declared = (controller.prototype as Record<string, Function>)[name] as Function;
  const method = mcpHandlerOf(declared)?.method ?? declared;
  const has = (key: string): boolean => Reflect.hasMetadata(key, method);
  const needsOneOf = [ROLES_MATCH_METADATA, SCOPES_MATCH_METADATA].filter(
    (key) => Reflect.getMetadata(key, method) === 'any',
  );
  if (!policy.isExplicit) return [];
  if (isEveryone(policy.callers)) {
    return has(SCOPES_METADATA) || has(ROLES_METADATA)
      ? [
          '@ToolScopes() and @ToolRoles() have no effect under @Public(), which ignores tokens. Remove them, or use ' +
            '@RequireScope() instead of @Public().',
        ]
      : [];
  }
  return [
    ...(has(PUBLIC_METADATA)
      ? [
          '@PublicTool() shows a tool to callers whom its access rules reject. Remove @PublicTool().',
        ]
      : []),
    ...(needsOneOf.length > 0
      ? [
          "@ToolScopes() and @ToolRoles() with match: 'any' show a tool to callers whom its access rules reject. Use " +
            '@RequireScope() or @RequireOrgRole({ anyOf: [...] }) instead.',
        ]
      : []),
  ];
}

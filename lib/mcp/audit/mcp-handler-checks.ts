import { isCallerRule } from '../../rules/access-rule.js';
import { flatten, type HandlerLevels } from '../../rules/handler-levels.js';
import type { Policy } from '../../rules/policy.js';
import { isMcpEndpoint } from '../../rules/mcp-nest.js';
import type { AuditedHandler } from '../../audit/checks/audited-handler.js';
import type { AuditedMethod } from '../../audit/checks/audited-route.js';
import { acceptsOnly, isContradiction, isEveryone } from '../../rules/callers.js';

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
export function findOtherCallers({ kind, levels, policy }: AuditedHandler): string[] {
  const decorator = kind === 'mcp' ? otherCallerIn(levels, policy) : undefined;
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

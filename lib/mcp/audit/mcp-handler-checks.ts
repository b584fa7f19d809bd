import {
  acceptsOnly,
  type ApplicationHandler,
  flatten,
  type HandlerLevels,
  handlerNamesOf,
  isCallerRule,
  isContradiction,
  isEveryone,
  isMcpEndpoint,
  isMcpHandler,
  type Policy,
} from '../../extend.js';

/**
 * Tools, resources and prompts without an access decorator on the method, its class or a parent class. Not every call comes through an
 * endpoint controller, and startup cannot see whether a global guard reaches these handlers.
 */
export function findUndecorated(audited: ApplicationHandler): string[] {
  const { type, policy, controller } = audited;
  if (type !== 'mcp' || policy.isExplicit) return [];
  return [
    `The ${handlerNamesOf(audited).join(', ')} has no access decorator, so calls that no endpoint controller checks are open, such as ` +
      `over stdio or with mount: true. Add @RequireMcpToken() to ${controller.name}, or another rule or @Public() to the method.`,
  ];
}

/**
 * Rules of an endpoint controller that accept other callers than MCP clients. They reject every call, because tools must not run with
 * another credential.
 */
export function findOtherCallersOfEndpoint({
  type,
  controller,
  levels,
  policy,
}: ApplicationHandler): string[] {
  if (type !== 'http' || !isMcpEndpoint(controller)) return [];
  const decorator = otherCallerIn(levels, policy);
  return decorator === undefined
    ? []
    : [
        `${controller.name}: ${decorator} rejects every MCP client, because MCP clients only have MCP tokens. Use ` +
          '@RequireMcpToken() instead.',
      ];
}

/** MCP clients have only MCP tokens, and no other credential may be used (MCP specification 2026-07-28, "Token Handling"). */
export function findOtherCallers({ handler, levels, policy }: ApplicationHandler): string[] {
  const decorator = isMcpHandler(handler) ? otherCallerIn(levels, policy) : undefined;
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

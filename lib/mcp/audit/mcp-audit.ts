import {
  acceptsOnly,
  type ApplicationHandler,
  type AuditedApplication,
  combinedOf,
  findIn,
  findInServedPath,
  flatten,
  handlerNamesOf,
  type Hooks,
  isCallerRule,
  isContradiction,
  isEveryone,
  isMcpEndpoint,
  isMcpHandler,
  isRule,
  scopeRule,
  scopesIn,
  type ScopeRequirement,
} from '../../extend.js';
import type { McpMetadataEndpoint } from '../mcp-metadata-endpoint.js';
import type { McpServerOptions } from '../mcp-options.js';
import {
  findMissingEndpoint,
  findOpenEndpoints,
  findPublicResults,
  findUnguardedVersion,
} from './mcp-nest-audit.js';

/** The checks of the rules about MCP clients when the application starts. */
export function mcpAudit(
  options: McpServerOptions,
  endpoint: McpMetadataEndpoint,
): Pick<Hooks, 'failing' | 'mistakes'> {
  return {
    failing: [
      {
        heading: 'These handlers are open, or their access rules are lost:',
        checks: [
          findUnguardedVersion,
          findMissingEndpoint,
          findOpenEndpoints,
          findPublicResults,
          ({ handlers }) => findIn(handlers, findOtherCallersOfEndpoint),
          ({ handlers }) => findIn(handlers, findUndecorated),
        ],
      },
      {
        heading: 'MCP clients cannot find the metadata of the MCP server:',
        checks: [(app) => findUnserved(app, options, endpoint)],
      },
    ],
    mistakes: (handler) => [
      ...(acceptsOnly(handler.policy.callers, 'mcp')
        ? [...findUnknownScopes(handler, options.scopes), ...findTokenSource(handler)]
        : []),
      ...(isMcpHandler(handler.handler) ? findOtherCallers(handler) : []),
    ],
  };
}

function findUnserved(
  { handlers, httpAdapter }: AuditedApplication,
  { metadataPath }: McpServerOptions,
  { isServed }: McpMetadataEndpoint,
): string[] {
  const served = {
    name: 'mcpServer()',
    askedBy: 'plugin',
    path: metadataPath,
    methods: 'ALL',
    isServed,
    otherAdapterAdvice: 'Use one of them, or remove the plugin.',
  } as const;
  return findInServedPath(served, httpAdapter, handlers);
}

/**
 * Tools, resources and prompts without an access decorator on the method, its class or a parent class. Not every call comes through an
 * endpoint controller, and startup cannot see whether a global guard reaches these handlers.
 */
function findUndecorated(audited: ApplicationHandler): string[] {
  const { type, policy, controller } = audited;
  if (type !== 'mcp' || policy.isExplicit) return [];
  return [
    `The ${handlerNamesOf(audited).join(', ')} has no access decorator, so calls that no endpoint controller checks are open, such as ` +
      `over stdio or with mount: true. Add @RequireMcpToken() to ${controller.name}, or another rule or @Public() to the method.`,
  ];
}

function findOtherCallersOfEndpoint(audited: ApplicationHandler): string[] {
  const { type, controller } = audited;
  if (type !== 'http' || !isMcpEndpoint(controller)) return [];
  return findOtherCallers(audited).map((finding) => `${controller.name}: ${finding}`);
}

/**
 * The decorator that accepts callers other than MCP clients, so that every call is rejected: MCP clients have only MCP tokens, and no other
 * credential may be used (MCP specification 2026-07-28, "Token Handling").
 */
function findOtherCallers({ levels, policy }: ApplicationHandler): string[] {
  if (!isContradiction(policy.callers)) return [];
  const named = flatten(levels)
    .flatMap(({ rules }) => rules.filter(isCallerRule))
    .find(({ callers }) => !acceptsOnly(callers, 'mcp') && !isEveryone(callers));
  return named === undefined
    ? []
    : [
        `${named.decorator} rejects every MCP client, because MCP clients only have MCP tokens. Use @RequireMcpToken() or ` +
          '@Public() instead.',
      ];
}

/** Scopes that no client would ask for, because the metadata does not offer them. */
function findUnknownScopes(
  { levels, policy }: ApplicationHandler,
  known: readonly string[],
): string[] {
  const rules = flatten(levels).flatMap((level) => level.rules.filter(isRule));
  const { ofAll = [] } = combinedOf(policy, scopeRule) ?? {};
  return scopesIn(ofAll)
    .filter((scope) => !known.includes(scope))
    .map((scope) => {
      const decorator = rules.find(
        ({ type, argument }) =>
          type === scopeRule && scopesIn(argument as ScopeRequirement[]).includes(scope),
      )?.decorator;
      return `${decorator} requires the scope "${scope}", which is not one of mcpServer.scopes. Add it there, or correct its spelling.`;
    });
}

/** The MCP specification allows a token only in the Authorization header. */
function findTokenSource({ policy }: ApplicationHandler): string[] {
  if (policy.tokenSources.length === 0) return [];
  return [
    'tokenSource has no effect on a handler for MCP clients, whose token is always in the Authorization header. Remove ' +
      'tokenSource.',
  ];
}

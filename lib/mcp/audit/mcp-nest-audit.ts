import type { Type } from '@nestjs/common';
import {
  acceptsOnly,
  type ApplicationHandler,
  type AuditedApplication,
  classOf,
  isMcpEndpoint,
  isMcpHandler,
  mcpOptionsOf,
  methodNamesOf,
  methodOf,
} from '../../extend.js';

const NO_ENDPOINT =
  '@rekog/mcp-nest: no guarded controller serves the tools, resources and prompts, so anyone can list them, and every call to one ' +
  "with access rules is rejected. Serve it with a controller: @Controller('mcp') @RequireMcpToken() class McpEndpoint extends " +
  'McpHttpControllerFor(transport) {}.';

/** The token under which `@rekog/mcp-nest` documents to provide its strategy. */
const STRATEGY = 'MCP_STRATEGY';

/** Results that depend on the caller, or that only callers with a token get. */
const RESULTS = [
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
];

/** The option of an `McpStrategy` that says who may share results. */
interface Strategy {
  readonly options?: {
    readonly cacheHints?: Readonly<Record<string, { readonly cacheScope?: unknown } | undefined>>;
  };
}

/** The classes of version 1, which calls the methods that it decorates itself, without guards. Nest makes handlers of those of version 2. */
export function findUnguardedVersion({ modules }: AuditedApplication): string[] {
  const types = [...modules.values()].flatMap(({ controllers, providers }) =>
    [...controllers.values(), ...providers.values()].flatMap((wrapper) => classOf(wrapper) ?? []),
  );
  return [...new Set(types)].filter(isOfVersion1).map(describeVersion1);
}

function isOfVersion1(type: Type): boolean {
  return methodNamesOf(type)
    .map((name) => methodOf(type, name))
    .some((method) => mcpOptionsOf(method) !== undefined && !isMcpHandler(method));
}

/** Handlers that no endpoint serves with a guard. Without HTTP there is nothing to guard: over stdio, every rule rejects all callers. */
export function findMissingEndpoint({ handlers, httpAdapter }: AuditedApplication): string[] {
  const isServed =
    !httpAdapter ||
    !handlers.some(isOfMcp) ||
    handlers.some(
      ({ type, controller, policy }) =>
        type === 'http' && (isMcpEndpoint(controller) || acceptsOnly(policy.callers, 'mcp')),
    );
  return isServed ? [] : [NO_ENDPOINT];
}

export function findOpenEndpoints({ handlers }: AuditedApplication): string[] {
  if (!handlers.some(isOfMcp)) return [];
  return handlers
    .filter(
      ({ type, controller, name, access }) =>
        type === 'http' && isMcpEndpoint(controller) && name === 'post' && access.access === 'open',
    )
    .map(describeOpen);
}

function isOfMcp({ type }: ApplicationHandler): boolean {
  return type === 'mcp';
}

/** The results that clients may show to other users. */
export function findPublicResults({ modules }: AuditedApplication): string[] {
  const results = [...modules.values()].flatMap(({ providers }) => {
    const strategy = providers.get(STRATEGY)?.instance as Strategy | undefined;
    const hints = strategy?.options?.cacheHints;
    return RESULTS.filter((result) => hints?.[result]?.cacheScope === 'public');
  });
  return results.map(describePublicResult);
}

function describeVersion1({ name }: Type): string {
  return (
    `${name}: this version of @rekog/mcp-nest calls tools, resources and prompts without Nest's guards, so access rules cannot ` +
    'protect them. Install @rekog/mcp-nest 2.'
  );
}

function describeOpen({ controller }: ApplicationHandler): string {
  return `${controller.name}: the controller is open, because it has no access decorator. Add @RequireMcpToken() or @Public().`;
}

function describePublicResult(result: string): string {
  return (
    `McpStrategy: cacheHints['${result}'] is public, so clients may show one user's results to another. Set cacheScope: ` +
    "'private', or remove the hint."
  );
}

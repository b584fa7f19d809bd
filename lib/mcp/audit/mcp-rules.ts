import {
  acceptsOnly,
  type ApplicationHandler,
  combinedOf,
  flatten,
  isRule,
  scopeRule,
} from '../../extend.js';
import type { McpServerOptions } from '../mcp-options.js';

/** Rules about MCP tokens that no token can meet with these options. */
export function findMcpMistakes(
  audited: ApplicationHandler,
  { scopes }: Pick<McpServerOptions, 'scopes'>,
): string[] {
  if (!acceptsOnly(audited.policy.callers, 'mcp')) return [];
  return [...findUnknownScopes(audited, scopes), ...findTokenSource(audited)];
}

/** Scopes that no client would ask for, because the metadata does not offer them. */
function findUnknownScopes(
  { levels, policy }: ApplicationHandler,
  known: readonly string[],
): string[] {
  const rules = flatten(levels).flatMap((level) => level.rules.filter(isRule));
  const { ofAll = [] } = combinedOf(policy, scopeRule) ?? {};
  return ofAll
    .filter((scope) => !known.includes(scope))
    .map((scope) => {
      const decorator = rules.find(
        ({ type, argument }) => type === scopeRule && (argument as string[]).includes(scope),
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

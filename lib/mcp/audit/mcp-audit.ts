import { type AuditedApplication, findIn, findInServedPath, type Hooks } from '../../extend.js';
import type { McpMetadataEndpoint } from '../mcp-metadata-endpoint.js';
import type { McpServerOptions } from '../mcp-options.js';
import {
  findOtherCallers,
  findOtherCallersOfEndpoint,
  findUndecorated,
} from './mcp-handler-checks.js';
import {
  findMissingEndpoint,
  findOpenEndpoints,
  findPublicResults,
  findUnguardedVersion,
} from './mcp-nest-audit.js';
import { findMcpMistakes } from './mcp-rules.js';

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
    mistakes: (handler) => [...findMcpMistakes(handler, options), ...findOtherCallers(handler)],
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

import type { McpServerOptions } from '../mcp-options.js';
import { type Call, readBearerText, Rejection, type RequestHeaders } from '../../extend.js';

/** The HTTP request of an MCP client, also of one that calls a tool; `undefined` for calls that come with none. */
function mcpRequestOf({ transport, request }: Call): RequestHeaders | undefined {
  return transport === 'mcp' || transport === 'http' ? request : undefined;
}

/**
 * The token of an MCP client: in the Authorization header, and nowhere else. An API key beside it is ignored.
 *
 * @throws {Rejection} `token_malformed` for more than one
 * @see MCP specification 2026-07-28, "Authorization", "Token Requirements"
 */
export function findMcpToken(call: Call): string | undefined {
  const request = mcpRequestOf(call);
  return request && readBearerText(request);
}

/**
 * Rejects requests of web pages that may not call the MCP server, such as a page whose host name points to this machine (DNS rebinding).
 * Origins are compared exactly, as browsers write them; that of `resource` itself is always allowed. Cookies have rules of their own, in
 * `lib/transports/cross-site.ts`.
 *
 * @throws {Rejection} `origin_not_allowed`
 * @see MCP specification 2026-07-28, "Transports", "Security Warning"
 */
export function assertAllowedOrigin(
  call: Call,
  { allowedOrigins, resource }: Pick<McpServerOptions, 'allowedOrigins' | 'resource'>,
): void {
  const origin = mcpRequestOf(call)?.headers.origin;
  if (origin === undefined) return;
  // Node.js joins several Origin headers, and the result is no origin.
  const isAllowed = allowedOrigins.has(origin) || origin === new URL(resource).origin;
  if (isAllowed) return;
  const detail = 'The Origin of the request is not one of mcpServer.allowedOrigins';
  throw new Rejection('origin_not_allowed', { detail });
}

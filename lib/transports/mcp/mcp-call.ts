import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';
import { publicResultsOfServer } from './mcp-nest-objects.js';

/** The `McpContext` of `@rekog/mcp-nest`, by what is needed of it. */
interface McpContext {
  /** What Express or Node.js made of the HTTP request; `undefined` over stdio. */
  getRawRequest(): IncomingMessage | undefined;
  getSession(): { readonly transport?: unknown; readonly stateless?: unknown };
  readonly mcpServer?: { readonly server?: unknown };
}

/** Whether a message is a call of a tool, resource or prompt by an MCP client. */
export function isMcpCall(context: ExecutionContext): boolean {
  return context.getType<string>() === 'rpc' && isMcpContext(context.getArgByIndex(1));
}

/** What a call came with besides its arguments. Only for calls of {@link isMcpCall}. */
export function mcpContextOf(context: ExecutionContext): McpContext {
  return context.getArgByIndex<McpContext>(1);
}

/** The HTTP request that a call came with, as `@rekog/mcp-nest` passes it on; `undefined` over stdio. */
export function rawRequestOf(context: ExecutionContext): IncomingMessage | undefined {
  const request: unknown = mcpContextOf(context).getRawRequest();
  return isObject(request) && 'headers' in request ? (request as IncomingMessage) : undefined;
}

/** Whether a call belongs to a session, which may be another caller's: the request is that of whoever opened it or called last. */
export function isOfSession(context: ExecutionContext): boolean {
  const { transport, stateless } = mcpContextOf(context).getSession();
  return transport === 'streamable-http' && stateless !== true;
}

/** Whether clients may share results of the server, as far as the SDK tells. */
export function sharesResults(context: ExecutionContext): boolean {
  return publicResultsOfServer(mcpContextOf(context).mcpServer?.server).length > 0;
}

function isMcpContext(value: unknown): value is McpContext {
  return (
    isObject(value) &&
    'getRawRequest' in value &&
    typeof value.getRawRequest === 'function' &&
    'getSession' in value &&
    typeof value.getSession === 'function'
  );
}

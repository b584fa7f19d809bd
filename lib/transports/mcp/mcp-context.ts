import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';

/** The `McpContext` of `@rekog/mcp-nest`, by what is needed of it. */
export interface McpContext {
  /** What Express or Node.js made of the HTTP request; `undefined` over stdio. */
  getRawRequest(): IncomingMessage | undefined;
  getSession(): { readonly transport?: unknown; readonly stateless?: unknown };
  readonly mcpServer?: { readonly server?: unknown };
}

/** What a call came with besides its arguments. Only for calls of MCP clients. */
export function mcpContextOf(context: ExecutionContext): McpContext {
  return context.getArgByIndex<McpContext>(1);
}

/** The HTTP request that a call came with, as `@rekog/mcp-nest` passes it on; `undefined` over stdio. */
export function rawRequestOf(context: ExecutionContext): IncomingMessage | undefined {
  const request: unknown = mcpContextOf(context).getRawRequest();
  return isObject(request) && 'headers' in request ? (request as IncomingMessage) : undefined;
}

/** Whether the second argument of a message handler says that an MCP client calls. */
export function isMcpContext(value: unknown): value is McpContext {
  return (
    isObject(value) &&
    'getRawRequest' in value &&
    typeof value.getRawRequest === 'function' &&
    'getSession' in value &&
    typeof value.getSession === 'function'
  );
}

import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';

/** The part of `McpContext` of `@rekog/mcp-nest` that is used here. */
interface McpContext {
  /** The HTTP request, as an object of Express or Node.js; `undefined` over stdio. */
  getRawRequest(): IncomingMessage | undefined;
  getSession(): { readonly transport?: unknown; readonly stateless?: unknown };
}

/** The `McpContext` of a call. Only calls of MCP clients have one. */
export function mcpContextOf(context: ExecutionContext): McpContext {
  return context.getArgByIndex<McpContext>(1);
}

/** The HTTP request that a call came with, as `@rekog/mcp-nest` passes it on; `undefined` over stdio. */
export function rawRequestOf(context: ExecutionContext): IncomingMessage | undefined {
  const request: unknown = mcpContextOf(context).getRawRequest();
  return isObject(request) && 'headers' in request ? (request as IncomingMessage) : undefined;
}

/** Whether a value, the second argument of a message handler, shows that an MCP client calls. */
export function isMcpContext(value: unknown): value is McpContext {
  return (
    isObject(value) &&
    'getRawRequest' in value &&
    typeof value.getRawRequest === 'function' &&
    'getSession' in value &&
    typeof value.getSession === 'function'
  );
}

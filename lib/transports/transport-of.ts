import type { IncomingHttpHeaders } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { externalTransport } from './other/other.transport.js';
import { graphqlTransport } from './graphql/graphql.transport.js';
import { httpTransport, isHttpRequest } from './http/http.transport.js';
import { isMcpCall } from './mcp/mcp-call.js';
import { mcpTransport } from './mcp/mcp.transport.js';
import { rpcTransport } from './microservices/microservice.transport.js';
import type { Transport } from './transport.interface.js';
import { websocketTransport } from './websockets/websocket.transport.js';

/** The transport that a call came by. */
export function transportOf(context: ExecutionContext): Transport {
  switch (context.getType<string>()) {
    case 'http':
      return isHttpRequest(context) ? httpTransport : externalTransport;
    case 'graphql':
      return graphqlTransport;
    case 'ws':
      return websocketTransport;
    case 'rpc':
      return isMcpCall(context) ? mcpTransport : rpcTransport;
    default:
      return externalTransport;
  }
}

/** The headers that came with a call, if its transport has any. */
export function requestHeadersOf(context: ExecutionContext): IncomingHttpHeaders | undefined {
  return transportOf(context).requestOf(context)?.headers;
}

/** The address that a call comes from, if it is known. What the application finds it with may fail. */
export function addressOf(context: ExecutionContext): string | undefined {
  try {
    return transportOf(context).addressOf(context);
  } catch {
    return undefined;
  }
}

import type { ExecutionContext } from '@nestjs/common';
import type { Call } from './call.js';
import { graphqlCallOf } from './graphql/graphql-call.js';
import { httpCallOf } from './http/http-call.js';
import { mcpCallOf } from './mcp/mcp-call.js';
import { messageCallOf } from './microservices/message-call.js';
import { OtherCall } from './other/other-call.js';
import { websocketCallOf } from './websockets/websocket-call.js';

/** Each function creates the call of a context, if the call came by its transport. The first that does is used. */
const TRANSPORTS: readonly ((context: ExecutionContext) => Call | undefined)[] = [
  httpCallOf,
  graphqlCallOf,
  websocketCallOf,
  // Before messages, because to Nest, a call of an MCP client is a message.
  mcpCallOf,
  messageCallOf,
];

/** The call of a context, by the transport that the call came by. */
export function callOf(context: ExecutionContext): Call {
  for (const transport of TRANSPORTS) {
    const call = transport(context);
    if (call !== undefined) return call;
  }
  return new OtherCall(context);
}

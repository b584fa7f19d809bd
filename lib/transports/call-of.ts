import type { ExecutionContext } from '@nestjs/common';
import type { Call } from './call.js';
import { graphqlCallOf } from './graphql/graphql-call.js';
import { httpCallOf } from './http/http-call.js';
import { mcpCallOf } from './mcp/mcp-call.js';
import { messageCallOf } from './microservices/message-call.js';
import { OtherCall } from './other/other-call.js';
import { websocketCallOf } from './websockets/websocket-call.js';

/** Each makes the call of a context, if it came by this transport. The first one that does decides. */
const TRANSPORTS: readonly ((context: ExecutionContext) => Call | undefined)[] = [
  httpCallOf,
  graphqlCallOf,
  websocketCallOf,
  // To Nest, MCP clients send messages.
  mcpCallOf,
  messageCallOf,
];

/** The call of a context. Nothing else asks by which transport a call came. */
export function callOf(context: ExecutionContext): Call {
  for (const transport of TRANSPORTS) {
    const call = transport(context);
    if (call !== undefined) return call;
  }
  return new OtherCall(context);
}

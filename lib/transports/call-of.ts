import type { ExecutionContext, Type } from '@nestjs/common';
import { handlerNames } from '../rules/declared-method.js';
import type { LibraryRole } from '../rules/policy.js';
import { methodOf } from '../values/class-methods.js';
import type { Call } from './call.js';
import { graphqlCallOf } from './graphql/graphql-call.js';
import { httpCallOf } from './http/http-call.js';
import { mcpCallOf } from './mcp/mcp-call.js';
import { messageCallOf } from './microservices/message-call.js';
import { OtherCall } from './other-call.js';
import { websocketCallOf } from './websockets/websocket-call.js';

interface Transport {
  /** Makes the call of a context, if it came by this transport. */
  (context: ExecutionContext): Call | undefined;
  /** Whether a method handles calls of this transport, where a library finds the handlers and not Nest. */
  readonly isHandler?: (method: Function) => boolean;
  /** What a library of the transport makes of a handler, or of all handlers of a class. */
  readonly roleOf?: (type: Function, handler?: Function) => LibraryRole | undefined;
  /** Places what the transport needs on a handler, before Nest reads its interceptors. */
  readonly prepare?: (handler: Function) => void;
}

/** The first one that makes a call of a context decides. */
const TRANSPORTS: readonly Transport[] = [
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

/** Prepares the handlers of a class for the transports that need it. */
export function prepareHandlers(type: Type): void {
  for (const name of handlerNames(type)) {
    for (const { prepare } of TRANSPORTS) prepare?.(methodOf(type, name));
  }
}

/** What a library makes of a handler, or of all handlers of a class; `undefined` for most. */
export function roleOf(type: Function, handler?: Function): LibraryRole | undefined {
  return TRANSPORTS.flatMap((transport) => transport.roleOf?.(type, handler) ?? [])[0];
}

/** Whether a method handles calls of a transport whose handlers Nest does not know. The `Call` says where their token is. */
export function isHandlerOfLibrary(method: Function): boolean {
  return TRANSPORTS.some(({ isHandler }) => isHandler?.(method) === true);
}

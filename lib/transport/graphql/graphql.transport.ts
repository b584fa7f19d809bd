import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { readAuthorizationHeader } from '../http/http.transport.js';
import type { RequestHeaders } from '../transport.interface.js';
import { addressOfRequest } from '../http/client-address.js';
import { tokenInConnectionParams } from './connection-params.js';
import { graphqlCallOf } from './graphql-call.js';
import { graphqlErrorFor } from './graphql-error.js';
import { isObject } from '../../values/is-object.js';
import { oneToken, tokenInAuthorization } from '../one-token.js';
import type { AnnotationTarget, Transport } from '../transport.interface.js';

/** What an operation came with. */
interface OperationRequest {
  /** The HTTP request: the one with the operation, or the one that opened the WebSocket. */
  readonly request: (RequestHeaders & AnnotationTarget) | undefined;
  /** What the client gave when it opened the WebSocket (graphql-ws). */
  readonly connectionParams: unknown;
}

/** The context value as `@nestjs/graphql` and its drivers make it, with options of the application or without. */
interface ContextValue {
  /** The HTTP request; over graphql-ws with Apollo the connection. */
  readonly req?: unknown;
  /** Mercurius. */
  readonly reply?: { readonly request?: unknown };
  /** Mercurius, of queries and mutations over graphql-ws: the request that opened the WebSocket. */
  readonly request?: unknown;
  /** Mercurius over graphql-ws: the connection parameters. */
  readonly _connectionInit?: unknown;
}

/** A connection of graphql-ws. */
interface GraphqlWsConnection {
  readonly connectionParams?: unknown;
  readonly extra: { readonly request?: IncomingMessage };
}

/**
 * GraphQL resolvers, over HTTP and over WebSockets. The token is in the Authorization header of the request; over graphql-ws
 * in the connection parameter `Authorization`, or in the header of the request that opened the WebSocket.
 */
export const graphqlTransport: Transport = {
  readToken(context) {
    const { request, connectionParams } = operationRequestOf(context);
    return oneToken(
      request && tokenInAuthorization(readAuthorizationHeader(request)),
      tokenInConnectionParams(connectionParams),
    );
  },
  requestOf: (context) => operationRequestOf(context).request,
  annotationTargetOf: (context) => operationRequestOf(context).request,
  decisionKeyOf(context) {
    const { args, info, root } = graphqlCallOf(context);
    // All references of one query share the rest.
    return (args === undefined ? [root, info] : [info]).find(isObject);
  },
  // Each execution of an operation has variables of its own, be it one of many over one connection.
  apiKeyScopeOf: (context) => graphqlCallOf(context).info?.variableValues,
  addressOf: (context) => addressOfRequest(operationRequestOf(context).request),
  translate: graphqlErrorFor,
  tokenScopeOf: (context) => {
    const { contextValue } = graphqlCallOf(context);
    return (
      operationRequestOf(context).request ?? (isObject(contextValue) ? contextValue : undefined)
    );
  },
};

function operationRequestOf(context: ExecutionContext): OperationRequest {
  const { contextValue } = graphqlCallOf(context);
  if (!isObject(contextValue)) return { request: undefined, connectionParams: undefined };
  const { req, reply, request: opening, _connectionInit } = contextValue as ContextValue;
  const request = req ?? reply?.request ?? opening;
  if (hasHeaders(request)) return { request, connectionParams: _connectionInit };
  if (!isGraphqlWsConnection(req)) return { request: undefined, connectionParams: undefined };
  return { request: req.extra.request, connectionParams: req.connectionParams };
}

function isGraphqlWsConnection(value: unknown): value is GraphqlWsConnection {
  return isObject(value) && isObject((value as Partial<GraphqlWsConnection>).extra);
}

function hasHeaders(value: unknown): value is RequestHeaders {
  return isObject(value) && isObject((value as Partial<RequestHeaders>).headers);
}

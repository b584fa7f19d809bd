import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { readAuthorizationHeader } from '../http/http.transport.js';
import type { RequestHeaders } from '../transport.interface.js';
import { addressOfRequest } from '../http/client-address.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { describeTokenRejection } from '../token-places.js';
import { connectionParamsOf, tokenInConnectionParams } from './connection-params.js';
import { graphqlCallOf } from './graphql-call.js';
import { graphqlErrorFor } from './graphql-error.js';
import { isObject } from '../../values/is-object.js';
import { oneToken, tokenInAuthorization } from '../one-token.js';
import type { AnnotationTarget, Transport } from '../transport.interface.js';

/** What an operation came with. */
interface OperationRequest {
  /** The HTTP request: the one with the operation, or the one that opened the WebSocket. */
  readonly request: (RequestHeaders & AnnotationTarget & { readonly method?: string }) | undefined;
  /** What the client gave when it opened the WebSocket (graphql-ws). */
  readonly connectionParams: unknown;
  readonly isOverWebSocket: boolean;
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
  describeRejection: (reason, context) => describeRejection(reason, operationRequestOf(context)),
  requestOf: (context) => operationRequestOf(context).request,
  annotationTargetOf: (context) => operationRequestOf(context).request,
  decisionKeysOf(context) {
    const { args, info, root } = graphqlCallOf(context);
    // All references of one query share the rest.
    return (args === undefined ? [info, root] : [info]).filter(isObject);
  },
  // Each execution of an operation has its own variables, even if many share a connection.
  operationScopeOf: (context) => graphqlCallOf(context).info?.variableValues,
  // Requests that open a WebSocket are GET requests.
  batchOf(context) {
    const { request } = operationRequestOf(context);
    return request?.method === 'POST' ? request : undefined;
  },
  addressOf: (context) => addressOfRequest(operationRequestOf(context).request),
  translate: graphqlErrorFor,
  tokenScopeOf: (context) => {
    const { contextValue } = graphqlCallOf(context);
    return (
      operationRequestOf(context).request ?? (isObject(contextValue) ? contextValue : undefined)
    );
  },
};

const UNKNOWN_REQUEST: OperationRequest = {
  request: undefined,
  connectionParams: undefined,
  isOverWebSocket: false,
};

function operationRequestOf(context: ExecutionContext): OperationRequest {
  const { contextValue } = graphqlCallOf(context);
  if (!isObject(contextValue)) return UNKNOWN_REQUEST;
  const { req, reply, request: opening, _connectionInit } = contextValue as ContextValue;
  const request = req ?? reply?.request ?? opening;
  if (hasHeaders(request)) {
    const isOverWebSocket = '_connectionInit' in contextValue;
    return { request, connectionParams: _connectionInit, isOverWebSocket };
  }
  if (!isGraphqlWsConnection(req)) return UNKNOWN_REQUEST;
  const { connectionParams, extra } = req;
  return { request: extra.request, connectionParams, isOverWebSocket: true };
}

/** What `debugMode` says about an operation whose token is missing or malformed; over HTTP the words of the reason. */
function describeRejection(
  reason: RejectionReason,
  { request, connectionParams, isOverWebSocket }: OperationRequest,
): string | undefined {
  if (!isOverWebSocket) return undefined;
  const { authorization: parameter, description } = connectionParamsOf(connectionParams);
  if (reason === 'token_malformed' && description !== undefined) return description;
  const header: unknown = request?.headers.authorization;
  return describeTokenRejection(reason, [
    {
      name: 'the connection parameter Authorization',
      holds: '"Bearer <access token>"',
      isUsed: parameter !== undefined,
    },
    {
      name: 'the Authorization header of the opening request',
      holds: '"Bearer <access token>"',
      // Mercurius copies the parameter of a subscription there.
      isUsed: header !== undefined && header !== parameter,
    },
  ]);
}

function isGraphqlWsConnection(value: unknown): value is GraphqlWsConnection {
  return isObject(value) && isObject((value as Partial<GraphqlWsConnection>).extra);
}

function hasHeaders(value: unknown): value is RequestHeaders {
  return isObject(value) && isObject((value as Partial<RequestHeaders>).headers);
}

import type { IncomingMessage } from 'node:http';
import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { exceptionForUnguarded } from '../../rejections/unguarded-calls.js';
import { isObject } from '../../values/is-object.js';
import { Call, type AnnotationTarget, type CallPart, type DecidedOperation } from '../call.js';
import type { CallTools } from '../call-tools.js';
import { readBearerText } from '../credential-headers.js';
import { oneToken } from '../one-token.js';
import type { StreamAccess } from '../open-streams.js';
import type { RequestHeaders } from '../request-headers.js';
import { describeTokenIn } from '../token-places.js';
import { tokenInConnectionParams } from './connection-params.js';
import { graphqlErrorFor } from './graphql-error.js';
import {
  decidedOperationOf,
  noteAllowedOperation,
  operationPathOf,
  opensSubscription,
} from './graphql-operations.js';
import { resolverArgumentsOf, type ResolverArguments } from './resolver-arguments.js';
import {
  addSubscription,
  hasSubscriptionInterceptor,
  prepareResolver,
} from './subscription-streams.js';

/** Where the token is over a WebSocket. */
const PLACES =
  'the connection parameter Authorization or the Authorization header of the opening request';

/** The request or connection that an operation came with. */
interface OperationRequest {
  /** The HTTP request: the one with the operation, or the one that opened the WebSocket. */
  readonly request: (RequestHeaders & AnnotationTarget) | undefined;
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

export function graphqlCallOf(context: ExecutionContext): Call | undefined {
  return context.getType<string>() === 'graphql' ? new GraphqlCall(context) : undefined;
}

graphqlCallOf.prepare = prepareResolver;

/**
 * A call of a GraphQL resolver, over HTTP or a WebSocket. The token is in the Authorization header of the request; over graphql-ws in the
 * connection parameter `Authorization`, or in the header of the request that opened the WebSocket.
 */
class GraphqlCall extends Call {
  readonly transport = 'graphql';
  readonly words = 'GraphQL';
  private readonly resolver = resolverArgumentsOf(this.context);
  private readonly operation = operationRequestOf(this.resolver);

  readToken(): string | undefined {
    const { request, connectionParams } = this.operation;
    // The parameters first: Mercurius copies some of them into the headers, and their rejection says more.
    const inParameters = tokenInConnectionParams(connectionParams);
    return oneToken(inParameters, request && readBearerText(request));
  }

  override get request(): (RequestHeaders & AnnotationTarget) | undefined {
    return this.operation.request;
  }

  override describeRejection(reason: RejectionReason): string | undefined {
    return this.operation.isOverWebSocket ? describeTokenIn(PLACES, reason) : undefined;
  }

  override part(name: CallPart): unknown {
    const { args, root } = this.resolver;
    if (name === 'parent') return root;
    return name === 'argument' ? args : undefined;
  }

  override get tokenLifetime(): object | undefined {
    const { contextValue } = this.resolver;
    return this.request ?? (isObject(contextValue) ? contextValue : undefined);
  }

  /** Each execution of an operation has its own variables, even if many share a connection. */
  override get operationLifetime(): object | undefined {
    return this.resolver.info?.variableValues;
  }

  /** Each event of a subscription is an operation of its own, however long the request lasts. */
  override get identificationLifetime(): object | undefined {
    const { operation } = this.resolver.info ?? {};
    const type: string | undefined = operation?.operation;
    return type === 'subscription'
      ? this.operationLifetime
      : (this.batch ?? this.operationLifetime);
  }

  override get sharingLifetime(): object | undefined {
    const { info } = this.resolver;
    return info && operationPathOf(info);
  }

  override get batch(): object | undefined {
    const { request } = this.operation;
    // Requests that open a WebSocket are GET requests.
    return request?.method === 'POST' ? request : undefined;
  }

  override assertDecidable(): void {
    const { info } = this.resolver;
    if (info !== undefined && info.path.typename === undefined) {
      throw exceptionForUnguarded(this.context, describeCompiled);
    }
  }

  override get objects(): readonly object[] {
    const { args, info, root } = this.resolver;
    // Resolvers of references have no arguments, and all references of one query share the other objects.
    return (args === undefined ? [info, root] : [info]).filter(isObject);
  }

  /** Nobody replaces the information about the field. */
  override get decisionKeys(): Call['decisionKeys'] {
    const [first, ...others] = this.objects;
    return first === undefined ? super.decisionKeys : [[first, ...others]];
  }

  override get decidedOperation(): DecidedOperation | undefined {
    return decidedOperationOf(this.resolver);
  }

  override noteAllowed(decision: DecidedOperation): void {
    noteAllowedOperation(this.context.getHandler(), this.resolver, decision);
  }

  override get annotationTarget(): AnnotationTarget | undefined {
    return this.request;
  }

  override endWithAccess(access: StreamAccess, tools: CallTools): void {
    const { context } = this;
    if (!opensSubscription(context)) return;
    if (!hasSubscriptionInterceptor(context.getHandler())) {
      throw exceptionForUnguarded(context, describeReplacedSubscription);
    }
    addSubscription(context, { streams: tools.streams, access, options: tools });
  }

  override translate(exception: HttpException): unknown {
    return graphqlErrorFor(exception);
  }
}

/** Each field of a compiled query has a path of its own, without types, which does not show the operation that the field belongs to. */
function describeCompiled(className: string): string {
  return (
    `Calls of ${className} return 500, because their query was compiled (graphql-jit): it does not show which operation a field ` +
    'belongs to. Execute queries with GraphQL.js.'
  );
}

function describeReplacedSubscription(className: string): string {
  return (
    `${className} replaces the method of a subscription with another function, so its calls return 500: the ` +
    'subscription would not end when its user loses access. Remove this.method = this.method.bind(this) from the constructor.'
  );
}

const UNKNOWN_REQUEST: OperationRequest = {
  request: undefined,
  connectionParams: undefined,
  isOverWebSocket: false,
};

function operationRequestOf({ contextValue }: ResolverArguments): OperationRequest {
  if (!isObject(contextValue)) return UNKNOWN_REQUEST;
  const { req, reply, request: opening, _connectionInit } = contextValue as ContextValue;
  const request = req ?? reply?.request ?? opening;
  if (hasHeaders(request)) {
    if (isGraphqlWsConnection(contextValue) && contextValue.extra.request === request) {
      // Yoga over graphql-ws: the context value has all that the connection has.
      const { connectionParams } = contextValue;
      return { request, connectionParams, isOverWebSocket: true };
    }
    const isOverWebSocket = '_connectionInit' in contextValue;
    return { request, connectionParams: _connectionInit, isOverWebSocket };
  }
  if (!isGraphqlWsConnection(req)) return UNKNOWN_REQUEST;
  const { connectionParams, extra } = req;
  return { request: extra.request, connectionParams, isOverWebSocket: true };
}

function isGraphqlWsConnection(value: unknown): value is GraphqlWsConnection {
  return isObject(value) && isObject((value as Partial<GraphqlWsConnection>).extra);
}

function hasHeaders(value: unknown): value is RequestHeaders {
  return isObject(value) && isObject((value as Partial<RequestHeaders>).headers);
}

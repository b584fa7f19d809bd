import { type ExecutionContext, HttpStatus, type HttpException } from '@nestjs/common';
import type { AccessedRoute } from '../../options/access-decision-event.interface.js';
import type { LibraryRole } from '../../rules/policy.js';
import { Call, type AnnotationTarget, type CallPart } from '../call.js';
import type { CallTools } from '../call-tools.js';
import { errorBodyOf, withErrorCode } from '../error-body.js';
import type { OptionalPackages } from '../optional-packages.js';
import { readBearerText } from '../credential-headers.js';
import type { RequestHeaders } from '../request-headers.js';
import { endpointRequestOf } from './endpoint-requests.js';
import { isMcpContext, rawRequestOf } from './mcp-context.js';
import { isMcpEndpoint, isMcpHandler, mcpHandlerInWords, mcpHandlerOf } from './mcp-nest.js';

export function mcpCallOf(context: ExecutionContext): Call | undefined {
  if (context.getType() !== 'rpc') return undefined;
  return isMcpContext(context.getArgByIndex(1)) ? new McpCall(context) : undefined;
}

/**
 * MCP clients have only tokens for the server (MCP specification 2026-07-28, "Token Handling"): any other credential is rejected, by tools
 * and by the endpoint controller.
 */
mcpCallOf.roleOf = (type: Function, handler?: Function): LibraryRole | undefined => {
  const isEndpoint = isMcpEndpoint(type);
  const isCalled = isEndpoint || (handler !== undefined && isMcpHandler(handler));
  return isCalled ? { onlyKind: 'mcp', isEndpoint } : undefined;
};

/** A call of a tool, resource or prompt of `@rekog/mcp-nest`. The token is in the Authorization header of the request that called it. */
class McpCall extends Call {
  readonly transport = 'mcp';
  readonly words = 'RPC';

  readToken(): string | undefined {
    const { request } = this;
    // There is no request over stdio.
    return request && readBearerText(request);
  }

  /** The token of an MCP client is always in the header (MCP specification 2026-07-28, "Authorization"). */
  override get takesTokenSource(): boolean {
    return false;
  }

  /** The request as the guard of the endpoint controller has seen it: what is known about its token need not be requested again. */
  override get request(): RequestHeaders | undefined {
    const raw = rawRequestOf(this.context);
    return raw && (endpointRequestOf(raw) ?? raw);
  }

  override part(name: CallPart): unknown {
    return name === 'message' ? this.context.switchToRpc().getData<unknown>() : undefined;
  }

  override get tokenLifetime(): object | undefined {
    return this.request;
  }

  override get operationLifetime(): object | undefined {
    return this.request;
  }

  override get annotationTarget(): AnnotationTarget {
    return this.context.getArgByIndex<AnnotationTarget>(1);
  }

  override get route(): Pick<AccessedRoute, 'mcp'> {
    const handler = mcpHandlerOf(this.context.getHandler());
    return handler === undefined ? {} : { mcp: mcpHandlerInWords(handler) };
  }

  override translate(exception: HttpException, { packages }: CallTools): unknown {
    return mcpExceptionFor(exception, packages);
  }
}

/** Codes of JSON-RPC 2.0, section 5.1. */
const INVALID_REQUEST = -32_600;
const INTERNAL_ERROR = -32_603;

/**
 * The error to throw for a call of an MCP client: the client of a tool gets a result with `isError` and the message alone, which therefore
 * has the code in it; that of a resource or prompt gets an error of JSON-RPC. Nest masks exceptions other than its `RpcException`.
 */
function mcpExceptionFor(exception: HttpException, { RpcException }: OptionalPackages): unknown {
  if (RpcException === undefined) return exception;
  const isFault = exception.getStatus() >= (HttpStatus.INTERNAL_SERVER_ERROR as number);
  const { errorCode } = withErrorCode(errorBodyOf(exception));
  const message = messageOf(exception);
  const error = {
    status: 'error',
    code: isFault ? INTERNAL_ERROR : INVALID_REQUEST,
    ...(typeof errorCode === 'string'
      ? { message: `${message} (${errorCode})`, data: { errorCode } }
      : { message }),
  };
  // Filters find the reason in the cause.
  return Object.assign(new RpcException(error), { cause: exception });
}

/** A message that is no string, such as a list, is not used: an error of JSON-RPC has a string there. */
function messageOf(exception: HttpException): string {
  const { message } = errorBodyOf(exception) as { message?: unknown };
  return typeof message === 'string' ? message : exception.message;
}

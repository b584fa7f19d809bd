import { type ExecutionContext, HttpStatus, type HttpException } from '@nestjs/common';
import { Rejection } from '../../rejections/rejection.js';
import { isObject } from '../../values/is-object.js';
import { addressOfRequest } from '../http/client-address.js';
import { readAuthorizationHeader, readBearerToken } from '../http/http.transport.js';
import type { AnnotationTarget, Transport } from '../transport.interface.js';
import { endpointRequestOf } from './endpoint-requests.js';
import { mcpContextOf, rawRequestOf } from './mcp-call.js';
import { errorBodyOf } from '../error-body.js';
import type { OptionalPackages } from '../optional-packages.js';

/** Tools, resources and prompts of `@rekog/mcp-nest`. The token is in the Authorization header of the HTTP request that called them. */
export const mcpTransport: Transport = {
  readToken(context) {
    const request = rawRequestOf(context);
    // There is none over stdio.
    if (request === undefined) throw new Rejection('token_missing');
    return readBearerToken(readAuthorizationHeader(request));
  },
  requestOf: rawRequestOf,
  annotationTargetOf: (context) => mcpContextOf(context) as AnnotationTarget,
  tokenScopeOf: seenRequestOf,
  decisionKeysOf: (context) => context.getArgs<unknown[]>().filter(isObject),
  operationScopeOf: seenRequestOf,
  addressOf: (context) => addressOfRequest(seenRequestOf(context)),
  translate: (exception, _context, { packages }) => mcpExceptionFor(exception, packages),
};

/** The request as the guard of the endpoint controller has seen it: what it knows of the token need not be asked again. */
function seenRequestOf(context: ExecutionContext): object | undefined {
  const raw = rawRequestOf(context);
  return raw && (endpointRequestOf(raw) ?? raw);
}

/** Codes of JSON-RPC 2.0, section 5.1. */
const INVALID_REQUEST = -32_600;
const INTERNAL_ERROR = -32_603;

/**
 * What to throw for a call of an MCP client: the client of a tool gets a result with `isError` and the message, that of a resource or
 * prompt an error of JSON-RPC. Nest masks exceptions other than its `RpcException`.
 */
export function mcpExceptionFor(
  exception: HttpException,
  { RpcException }: OptionalPackages,
): unknown {
  if (RpcException === undefined) return exception;
  const isFault = exception.getStatus() >= (HttpStatus.INTERNAL_SERVER_ERROR as number);
  const error = {
    status: 'error',
    code: isFault ? INTERNAL_ERROR : INVALID_REQUEST,
    message: messageOf(exception),
  };
  // Filters find the reason in the cause.
  return Object.assign(new RpcException(error), { cause: exception });
}

/** Only a text becomes the message of an error. */
function messageOf(exception: HttpException): string {
  const { message } = errorBodyOf(exception) as { message?: unknown };
  return typeof message === 'string' ? message : exception.message;
}

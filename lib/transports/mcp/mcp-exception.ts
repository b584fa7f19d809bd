import { HttpStatus, type HttpException } from '@nestjs/common';
import { errorBodyOf } from '../error-body.js';
import type { OptionalPackages } from '../optional-packages.js';

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

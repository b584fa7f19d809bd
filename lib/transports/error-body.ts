import { type HttpException, HttpStatus } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';

/** The body that an exception has over HTTP, in the shape of Nest's message errors. */
export function errorBodyOf(exception: HttpException): object {
  const response = exception.getResponse();
  return { status: 'error', ...(typeof response === 'string' ? { message: response } : response) };
}

/** A body whose `code` is called `errorCode`, for clients for whom `code` is the status. */
export function withErrorCode(body: object): { errorCode?: unknown } {
  const { code, ...rest } = body as { code?: unknown };
  return code === undefined ? rest : { ...rest, errorCode: code };
}

/** A body without the HTTP status, for clients that would take it for the status of their own response. */
export function withoutStatusCode(body: object): object {
  const { statusCode: _, ...rest } = body as { statusCode?: unknown };
  return rest;
}

/** The only code that Apollo names differently from HTTP. */
const UNAUTHENTICATED = 'UNAUTHENTICATED';

/** The code for a status that HTTP has no name for. */
const UNKNOWN = 'INTERNAL_SERVER_ERROR';

/** The name of the status, as GraphQL clients know it in `code`: `UNAUTHENTICATED`, `FORBIDDEN`. */
export function statusNameOf(exception: HttpException): string {
  const status = exception.getStatus();
  if (status === (HttpStatus.UNAUTHORIZED as number)) return UNAUTHENTICATED;
  return STATUS_CODES[status]?.toUpperCase().replaceAll(/\W+/g, '_') ?? UNKNOWN;
}

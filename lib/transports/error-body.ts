import { type HttpException, HttpStatus } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';

/** The body that an exception has over HTTP, in the shape of Nest's errors of messages. */
export function errorBodyOf(exception: HttpException): object {
  const response = exception.getResponse();
  return { status: 'error', ...(typeof response === 'string' ? { message: response } : response) };
}

/** A body without the status of HTTP, for clients that would take it for their own. */
export function withoutStatusCode(body: object): object {
  const { statusCode: _, ...rest } = body as { statusCode?: unknown };
  return rest;
}

/** The one that Apollo calls otherwise than HTTP. */
const UNAUTHENTICATED = 'UNAUTHENTICATED';

/** For a status that HTTP has no words for. */
const UNKNOWN = 'INTERNAL_SERVER_ERROR';

/** The code of an exception for clients that have no HTTP status, as GraphQL clients know it: `UNAUTHENTICATED`, `FORBIDDEN`. */
export function errorCodeOf(exception: HttpException): string {
  const status = exception.getStatus();
  if (status === (HttpStatus.UNAUTHORIZED as number)) return UNAUTHENTICATED;
  return STATUS_CODES[status]?.toUpperCase().replaceAll(/\W+/g, '_') ?? UNKNOWN;
}

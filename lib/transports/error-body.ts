import { type HttpException, HttpStatus } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';

/** The body that an exception has over HTTP, in the shape of Nest's message errors. */
export function errorBodyOf(exception: HttpException): object {
  const response = exception.getResponse();
  return { status: 'error', ...(typeof response === 'string' ? { message: response } : response) };
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

/** The code of an exception for clients that have no HTTP status, as GraphQL clients know it: `UNAUTHENTICATED`, `FORBIDDEN`. */
export function statusNameOf(exception: HttpException): string {
  const status = exception.getStatus();
  if (status === (HttpStatus.UNAUTHORIZED as number)) return UNAUTHENTICATED;
  return STATUS_CODES[status]?.toUpperCase().replaceAll(/\W+/g, '_') ?? UNKNOWN;
}

import { STATUS_CODES } from 'node:http';
import { HttpStatus, type HttpException } from '@nestjs/common';

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

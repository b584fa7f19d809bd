import type { HttpException } from '@nestjs/common';

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

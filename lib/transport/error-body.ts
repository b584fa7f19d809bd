import type { HttpException } from '@nestjs/common';

/** The body that an exception has over HTTP, in the shape of Nest's errors of messages. */
export function errorBodyOf(exception: HttpException): object {
  const response = exception.getResponse();
  return { status: 'error', ...(typeof response === 'string' ? { message: response } : response) };
}

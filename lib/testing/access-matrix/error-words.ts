import { HttpException } from '@nestjs/common';

/** What a client would get, with the status that an HTTP client would get. */
export function inWords(error: unknown): string {
  return error instanceof HttpException
    ? `${error.getStatus()} (${error.message})`
    : `500 (${String(error)})`;
}

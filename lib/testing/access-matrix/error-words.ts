import { HttpException } from '@nestjs/common';

/** An error in words, with the status of an HTTP response. */
export function inWords(error: unknown): string {
  return error instanceof HttpException
    ? `${error.getStatus()} (${error.message})`
    : `500 (${String(error)})`;
}

import { ConflictException, NotFoundException } from '@nestjs/common';

/** The errors of PostgreSQL that clients can cause, by their codes. */
const EXCEPTIONS: Record<string, () => Error> = {
  '23505': () => new ConflictException('Another invoice has this number.'),
  '23503': () => new NotFoundException(),
};

/** TypeORM copies the code of PostgreSQL's error to its own. */
export function exceptionFor(error: unknown): unknown {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && Object.hasOwn(EXCEPTIONS, code) ? EXCEPTIONS[code]() : error;
}

import { ConflictException, NotFoundException } from '@nestjs/common';

/** The errors of PostgreSQL that clients can cause, by the codes of PostgreSQL and of Prisma. */
const EXCEPTIONS: Record<string, () => Error> = {
  '23505': () => new ConflictException('Another invoice has this number.'),
  P2002: () => new ConflictException('Another invoice has this number.'),
  '23503': () => new NotFoundException(),
  P2003: () => new NotFoundException(),
};

/** Drizzle and TypeORM wrap the error of the driver. */
export function exceptionFor(error: unknown): unknown {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown };
    if (typeof code === 'string' && Object.hasOwn(EXCEPTIONS, code)) return EXCEPTIONS[code]();
  }
  return error;
}

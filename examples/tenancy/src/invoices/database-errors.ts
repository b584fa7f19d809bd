import { ConflictException, NotFoundException } from '@nestjs/common';

/** What the errors of PostgreSQL that a client can cause are called by PostgreSQL itself, and by Prisma. */
const ANSWERS: Record<string, () => Error> = {
  '23505': () => new ConflictException('Another invoice has this number.'),
  P2002: () => new ConflictException('Another invoice has this number.'),
  '23503': () => new NotFoundException(),
  P2003: () => new NotFoundException(),
};

/** Drizzle and TypeORM wrap the error of the driver. */
export function answerFor(error: unknown): unknown {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown };
    if (typeof code === 'string' && Object.hasOwn(ANSWERS, code)) return ANSWERS[code]();
  }
  return error;
}

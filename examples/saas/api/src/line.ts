import { z } from 'zod';

/** Without control characters: PostgreSQL cannot store NUL. */
const oneLine = /^\P{Cc}*$/u;
export const line = (length: number) =>
  z.string().trim().min(1).max(length).regex(oneLine, 'must be one line');

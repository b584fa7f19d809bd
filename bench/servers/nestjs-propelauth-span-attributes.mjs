import { createProtection as createTraced } from './nestjs-propelauth-traced.mjs';

/** The same as `nestjs-propelauth-traced.mjs`, with the ids of the caller on the span. */
export function createProtection(verification) {
  return createTraced(verification, { spanAttributes: true });
}

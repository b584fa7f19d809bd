import type { HttpException } from '@nestjs/common';
import { withoutStatusCode } from '../error-body.js';
import { errorCodeOf } from '../error-code.js';

/**
 * A refusal with the `extensions` that the errors of GraphQL have: the code, and under `debugMode` the reason. It stays the
 * exception that it is, so that filters know it.
 */
export function graphqlErrorFor(refusal: HttpException): HttpException {
  const response = refusal.getResponse();
  const { reason } = response as { reason?: string };
  const code = errorCodeOf(refusal);
  return Object.defineProperties(refusal, {
    extensions: { value: { code, ...(reason && { reason }) }, configurable: true },
    // Without a status in its body: for one that has it, the driver for Apollo puts codes of its own in place of these.
    response: {
      value: typeof response === 'string' ? response : withoutStatusCode(response),
      configurable: true,
    },
  });
}

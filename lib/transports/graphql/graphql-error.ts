import type { HttpException } from '@nestjs/common';
import { withoutStatusCode } from '../error-body.js';
import { errorCodeOf } from '../error-body.js';

/**
 * A rejection with the `extensions` that the errors of GraphQL have: the code, and under `debugMode` the reason. It stays the
 * exception that it is, so that filters know it.
 */
export function graphqlErrorFor(rejection: HttpException): HttpException {
  const response = rejection.getResponse();
  const { reason } = response as { reason?: string };
  const code = errorCodeOf(rejection);
  return Object.defineProperties(rejection, {
    extensions: { value: { code, ...(reason && { reason }) }, configurable: true },
    // Without a status in its body: for one that has it, the driver for Apollo puts codes of its own in place of these.
    response: {
      value: typeof response === 'string' ? response : withoutStatusCode(response),
      configurable: true,
    },
  });
}

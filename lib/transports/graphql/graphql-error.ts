import type { HttpException } from '@nestjs/common';
import { statusNameOf, withoutStatusCode } from '../error-body.js';

/**
 * Adds the `extensions` of GraphQL errors to a rejection: the status in `code`, as Apollo has it, the code of the body in `errorCode`, and
 * under `debugMode` the reason. The exception stays the same object, so that filters still match it.
 */
export function graphqlErrorFor(rejection: HttpException): HttpException {
  const response = rejection.getResponse();
  const { code, errorCode = code, reason } = response as Record<string, string | undefined>;
  return Object.defineProperties(rejection, {
    extensions: {
      value: {
        code: statusNameOf(rejection),
        ...(errorCode && { errorCode }),
        ...(reason && { reason }),
      },
      configurable: true,
    },
    // Without a status in the body: if there is one, the Apollo driver replaces these codes with its own.
    response: {
      value: typeof response === 'string' ? response : withoutStatusCode(response),
      configurable: true,
    },
  });
}

import { HttpStatus, type HttpException } from '@nestjs/common';

/** What GraphQL clients go by, as Apollo has named them. */
const CODES: Record<number, string> = {
  [HttpStatus.BAD_REQUEST]: 'BAD_REQUEST',
  [HttpStatus.UNAUTHORIZED]: 'UNAUTHENTICATED',
  [HttpStatus.FORBIDDEN]: 'FORBIDDEN',
  [HttpStatus.NOT_FOUND]: 'NOT_FOUND',
  [HttpStatus.TOO_MANY_REQUESTS]: 'TOO_MANY_REQUESTS',
  [HttpStatus.INTERNAL_SERVER_ERROR]: 'INTERNAL_SERVER_ERROR',
  [HttpStatus.BAD_GATEWAY]: 'BAD_GATEWAY',
  [HttpStatus.SERVICE_UNAVAILABLE]: 'SERVICE_UNAVAILABLE',
};

/**
 * A refusal with the `extensions` that the errors of GraphQL have: the code, and under `debugMode` the reason. It stays the
 * exception that it is, so that filters know it.
 */
export function graphqlErrorFor(refusal: HttpException): HttpException {
  const response = refusal.getResponse();
  const { reason } = response as { reason?: string };
  const code = CODES[refusal.getStatus()];
  return Object.defineProperties(refusal, {
    extensions: { value: { code, ...(reason && { reason }) }, configurable: true },
    // Without a status in its body: for one that has it, the driver for Apollo puts codes of its own in place of these.
    response: { value: withoutStatus(response), configurable: true },
  });
}

function withoutStatus(body: string | object): string | object {
  if (typeof body === 'string') return body;
  const { statusCode: _, ...rest } = body as { statusCode?: unknown };
  return rest;
}

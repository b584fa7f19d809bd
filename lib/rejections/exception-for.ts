import { HttpStatus } from '@nestjs/common';
import { Rejection } from './rejection.js';
import {
  type RejectionBodyOptions,
  PropelAuthDenialException,
  PropelAuthForbiddenException,
  PropelAuthTooManyRequestsException,
  PropelAuthUnauthorizedException,
  PropelAuthUnavailableException,
} from './rejection.exceptions.js';
import { challengeOf, REJECTIONS, type RejectionReason } from './rejection-table.js';

const REJECTION_EXCEPTIONS = [
  PropelAuthDenialException,
  PropelAuthUnauthorizedException,
  PropelAuthForbiddenException,
  PropelAuthTooManyRequestsException,
  PropelAuthUnavailableException,
];

/** An exception for a rejection. */
type RejectionException = InstanceType<(typeof REJECTION_EXCEPTIONS)[number]>;

/**
 * The exception for a rejection. Anything else stays what it is.
 *
 * @param options what the body says
 * @param describe what `debugMode` says about a reason to reject a credential, where the words of the table do not fit
 * @param challenge the `WWW-Authenticate` header, if there is one. Default: that of the table
 */
export function exceptionFor(
  error: unknown,
  options: RejectionBodyOptions,
  describe?: (reason: RejectionReason) => string | undefined,
  challenge: (reason: RejectionReason) => string | null | undefined = challengeOf,
): unknown {
  if (!(error instanceof Rejection)) return error;
  const { reason, retryAfterSeconds, detail, denial } = error;
  if (denial?.response !== undefined) return denial.response;
  if (denial !== undefined) {
    // RFC 9110, section 11.6.1: a 401 has a challenge.
    const isUnauthorized = denial.status === (HttpStatus.UNAUTHORIZED as number);
    const ofCredential = isUnauthorized ? challenge('credential_invalid') : undefined;
    return new PropelAuthDenialException(
      denial,
      options,
      error.message,
      ofCredential ?? undefined,
      retryAfterSeconds,
    );
  }
  switch (REJECTIONS[reason].status) {
    case HttpStatus.UNAUTHORIZED:
      return new PropelAuthUnauthorizedException(
        reason,
        options,
        options.debugMode ? (detail ?? describe?.(reason)) : undefined,
        challenge(reason) ?? undefined,
      );
    case HttpStatus.TOO_MANY_REQUESTS:
      return new PropelAuthTooManyRequestsException(retryAfterSeconds ?? 1, options);
    case HttpStatus.SERVICE_UNAVAILABLE:
      return new PropelAuthUnavailableException(reason, retryAfterSeconds, options);
    default:
      return new PropelAuthForbiddenException(
        reason,
        options,
        // `null` means no challenge; `undefined` would mean that of the reason.
        challenge(reason) ?? null,
        detail,
      );
  }
}

/** Whether an error is an exception for a rejection, and not one of the application or of something that broke. */
export function isRejectionException(error: unknown): error is RejectionException {
  return REJECTION_EXCEPTIONS.some((exception) => error instanceof exception);
}

export const CHALLENGE_HEADER = 'WWW-Authenticate';

/** Whether the response to an exception has a challenge. */
export function hasChallenge(error: unknown): boolean {
  return CHALLENGE_HEADER in responseHeadersFor(error);
}

/** The headers that belong to an exception for a rejection; none for others. */
export function responseHeadersFor(error: unknown): Record<string, string> {
  if (!isRejectionException(error)) return {};
  return {
    ...('challenge' in error &&
      error.challenge !== undefined && { [CHALLENGE_HEADER]: error.challenge }),
    ...('retryAfterSeconds' in error &&
      error.retryAfterSeconds !== undefined && { 'Retry-After': String(error.retryAfterSeconds) }),
  };
}

import {
  ForbiddenException,
  HttpStatus,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type { TokenRefusalReason } from '../token/token-refusal.js';
import {
  REFUSAL_DESCRIPTIONS,
  type OrgRefusalReason,
  type RefusalReason,
} from './refusal-reason.js';

/**
 * The caller is not known: 401. Thrown by {@link PropelAuthGuard} and {@link PropelAuthService} for a missing or invalid
 * access token.
 *
 * @example
 * ```ts
 * @Catch(PropelAuthUnauthorizedException)
 * class UnauthorizedFilter extends BaseExceptionFilter {
 *   constructor(private readonly metrics: Metrics) {
 *     super();
 *   }
 *
 *   override catch(exception: PropelAuthUnauthorizedException, host: ArgumentsHost) {
 *     this.metrics.count(exception.reason);
 *     super.catch(exception, host);
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export class PropelAuthUnauthorizedException extends UnauthorizedException {
  /** The value of the `WWW-Authenticate` header that belongs to the answer (RFC 6750, section 3). */
  readonly challenge: string;

  /**
   * @param reason why the token was refused
   * @param debugMode whether the body says why
   */
  constructor(
    readonly reason: TokenRefusalReason,
    debugMode: boolean,
  ) {
    super(debugMode ? debugBody(reason, HttpStatus.UNAUTHORIZED, 'Unauthorized') : undefined);
    // RFC 6750, section 3.1: no error code for a request that did not try to authenticate.
    this.challenge = reason === 'token_missing' ? 'Bearer' : 'Bearer error="invalid_token"';
  }
}

/**
 * The caller is known but may not do this: 403. Thrown by {@link PropelAuthGuard} and {@link PropelAuthService} for a failed
 * organization rule.
 *
 * @example
 * ```ts
 * try {
 *   propelAuth.requireOrgMember(user, orgId);
 * } catch (error) {
 *   if (error instanceof PropelAuthForbiddenException) console.warn(error.reason);
 *   throw error;
 * }
 * ```
 *
 * @publicApi
 */
export class PropelAuthForbiddenException extends ForbiddenException {
  /** The value of the `WWW-Authenticate` header that belongs to the answer (RFC 6750, section 3.1). */
  readonly challenge = 'Bearer error="insufficient_scope"';

  /**
   * @param reason which check failed
   * @param debugMode whether the body says why
   */
  constructor(
    readonly reason: OrgRefusalReason,
    debugMode: boolean,
  ) {
    super(debugMode ? debugBody(reason, HttpStatus.FORBIDDEN, 'Forbidden') : undefined);
  }
}

/**
 * No access token can be verified, since the verification key could not be fetched yet: 503.
 *
 * @example
 * ```ts
 * try {
 *   await propelAuth.validateAccessToken(accessToken);
 * } catch (error) {
 *   if (error instanceof PropelAuthUnavailableException) console.warn(`Try again in ${error.retryAfterSeconds} s`);
 *   throw error;
 * }
 * ```
 *
 * @publicApi
 */
export class PropelAuthUnavailableException extends ServiceUnavailableException {
  /** The reason, in the words of the other refusals. */
  readonly reason = 'keys_unavailable';

  /**
   * @param retryAfterSeconds the value of the `Retry-After` header that belongs to the answer (RFC 9110, section 10.2.3)
   * @param debugMode whether the body says why
   */
  constructor(
    readonly retryAfterSeconds: number,
    debugMode: boolean,
  ) {
    super(
      debugMode
        ? debugBody('keys_unavailable', HttpStatus.SERVICE_UNAVAILABLE, 'Service Unavailable')
        : undefined,
    );
  }
}

/** An answer that refuses a request. */
export type RefusalException =
  PropelAuthUnauthorizedException | PropelAuthForbiddenException | PropelAuthUnavailableException;

/** Whether an error is an answer of this package, and not one of the application or of something that broke. */
export function isRefusalException(error: unknown): error is RefusalException {
  return (
    error instanceof PropelAuthUnauthorizedException ||
    error instanceof PropelAuthForbiddenException ||
    error instanceof PropelAuthUnavailableException
  );
}

/** The headers that belong to the answer. */
export function headersOf(refusal: RefusalException): Record<string, string> {
  return refusal instanceof PropelAuthUnavailableException
    ? { 'Retry-After': String(refusal.retryAfterSeconds) }
    : { 'WWW-Authenticate': refusal.challenge };
}

/** The shape of Nest's own bodies with a description, and the reason beside it. */
function debugBody(reason: RefusalReason, statusCode: HttpStatus, error: string): object {
  return { message: REFUSAL_DESCRIPTIONS[reason], error, statusCode, reason };
}

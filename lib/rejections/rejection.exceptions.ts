import { STATUS_CODES } from 'node:http';
import {
  BadRequestException,
  ForbiddenException,
  HttpException,
  HttpStatus,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { challengeOf, REJECTIONS, type RejectionReason } from './rejection-table.js';

/**
 * 401: the caller is unknown. {@link PropelAuthGuard} and {@link PropelAuthService} throw it for a missing or invalid access token or API
 * key.
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
  /** The value of the `WWW-Authenticate` header (RFC 6750, section 3). */
  readonly challenge: string;

  /**
   * @param reason the reason for the rejection
   * @param debugMode whether the body includes the reason
   * @param description the description in the body. Default: that of the reason, for HTTP
   * @param challenge the value of the `WWW-Authenticate` header. Default: that of the reason
   */
  constructor(
    readonly reason: RejectionReason,
    debugMode: boolean,
    description?: string,
    challenge: string = challengeOf(reason),
  ) {
    super(bodyOf(HttpStatus.UNAUTHORIZED, reason, debugMode, description));
    this.challenge = challenge;
  }
}

/**
 * 403: the caller is known but lacks access. {@link PropelAuthGuard} and {@link PropelAuthService} throw it for a failed organization rule,
 * a missing step-up grant and an impersonated user.
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
  /**
   * The value of the `WWW-Authenticate` header (RFC 6750, section 3.1); `undefined` for MCP clients, unless the token lacks a scope.
   */
  readonly challenge: string | undefined;

  /**
   * @param reason the reason for the rejection
   * @param debugMode whether the body includes the reason. It always includes `step_up_required`, which front ends need
   * @param challenge the value of the `WWW-Authenticate` header, `null` for none. Default: that of the reason
   * @param description the message in debug mode. Default: that of the reason
   */
  constructor(
    readonly reason: RejectionReason,
    debugMode: boolean,
    challenge: string | null = challengeOf(reason),
    description?: string,
  ) {
    super(bodyOf(HttpStatus.FORBIDDEN, reason, debugMode, description));
    this.challenge = challenge ?? undefined;
  }
}

/**
 * 429: the API key has exceeded its rate limit at PropelAuth.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthTooManyRequestsException) jobs.retry(error.retryAfterSeconds);
 * ```
 *
 * @publicApi
 */
export class PropelAuthTooManyRequestsException extends HttpException {
  /** The reason for the rejection. */
  readonly reason = 'api_key_rate_limited' satisfies RejectionReason;

  /**
   * @param retryAfterSeconds the value of the `Retry-After` header, in seconds (RFC 9110, section 10.2.3)
   * @param debugMode whether the body includes the reason
   */
  constructor(
    readonly retryAfterSeconds: number,
    debugMode: boolean,
  ) {
    const status = HttpStatus.TOO_MANY_REQUESTS;
    super(bodyOf(status, 'api_key_rate_limited', debugMode), status);
  }
}

/**
 * 503: the request cannot be decided. No verification key has been fetched yet, or PropelAuth is unavailable for an API key or a step-up
 * grant.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthUnavailableException) metrics.count(error.reason);
 * ```
 *
 * @publicApi
 */
export class PropelAuthUnavailableException extends ServiceUnavailableException {
  /**
   * @param reason what is unavailable
   * @param retryAfterSeconds the value of the `Retry-After` header, in seconds (RFC 9110, section 10.2.3); `undefined` if unknown
   * @param debugMode whether the body includes the reason
   */
  constructor(
    readonly reason: RejectionReason,
    readonly retryAfterSeconds: number | undefined,
    debugMode: boolean,
  ) {
    super(bodyOf(HttpStatus.SERVICE_UNAVAILABLE, reason, debugMode));
  }
}

/**
 * 400: the request to a webhook is not an event that PropelAuth signed within the last five minutes.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthWebhookException) metrics.count(error.reason);
 * ```
 *
 * @publicApi
 */
export class PropelAuthWebhookException extends BadRequestException {
  /** The reason for the rejection. */
  readonly reason = 'webhook_invalid' satisfies RejectionReason;

  /** @param debugMode whether the body includes the reason */
  constructor(debugMode: boolean) {
    super(bodyOf(HttpStatus.BAD_REQUEST, 'webhook_invalid', debugMode));
  }
}

/** The shape of Nest's own bodies, with the reason. */
function bodyOf(
  statusCode: HttpStatus,
  reason: RejectionReason,
  debugMode: boolean,
  description = REJECTIONS[reason].description,
): object {
  const error = STATUS_CODES[statusCode];
  if (debugMode) return { message: description, error, statusCode, reason };
  return { message: error, statusCode, ...(reason === 'step_up_required' && { reason }) };
}

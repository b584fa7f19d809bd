import { STATUS_CODES } from 'node:http';
import {
  ForbiddenException,
  HttpException,
  HttpStatus,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type { ErrorCode } from './error-code.js';
import type { Denial } from './rejection.js';
import { challengeOf, REJECTIONS, type RejectionReason } from './rejection-table.js';

/**
 * What the body of a rejection says besides its status: the options of the module with these names.
 *
 * @publicApi
 */
export interface RejectionBodyOptions {
  /** Whether the body has the reason and a sentence about it. Default: `false`. */
  readonly debugMode?: boolean;
  /** Whether the body has the {@link ErrorCode}. Default: `true`. */
  readonly errorCodes?: boolean;
}

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
  /** What the client should do. Also in the body, unless `errorCodes` is `false`. */
  readonly code: ErrorCode;

  /** The value of the `WWW-Authenticate` header (RFC 6750, section 3). */
  readonly challenge: string;

  /**
   * @param reason the reason for the rejection
   * @param options what the body says. Default: the defaults of the module
   * @param description the description in the body. Default: that of the reason, for HTTP
   * @param challenge the value of the `WWW-Authenticate` header. Default: that of the reason
   */
  constructor(
    readonly reason: RejectionReason,
    options: RejectionBodyOptions = {},
    description?: string,
    challenge: string = challengeOf(reason),
  ) {
    const body = bodyOf(HttpStatus.UNAUTHORIZED, reason, options, description);
    super(body, { errorCode: body.code });
    this.code = REJECTIONS[reason].code;
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
  /** What the client should do. Also in the body, unless `errorCodes` is `false`. */
  readonly code: ErrorCode;

  /**
   * The value of the `WWW-Authenticate` header (RFC 6750, section 3.1); `undefined` for MCP clients, unless the token lacks a scope.
   */
  readonly challenge: string | undefined;

  /**
   * @param reason the reason for the rejection
   * @param options what the body says. Default: the defaults of the module
   * @param challenge the value of the `WWW-Authenticate` header, `null` for none. Default: that of the reason
   * @param description the message in debug mode. Default: that of the reason
   */
  constructor(
    readonly reason: RejectionReason,
    options: RejectionBodyOptions = {},
    challenge: string | null = challengeOf(reason),
    description?: string,
  ) {
    const body = bodyOf(HttpStatus.FORBIDDEN, reason, options, description);
    super(body, { errorCode: body.code });
    this.code = REJECTIONS[reason].code;
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

  /** What the client should do. Also in the body, unless `errorCodes` is `false`. */
  readonly code = 'rate_limited' satisfies ErrorCode;

  /**
   * @param retryAfterSeconds the value of the `Retry-After` header, in seconds (RFC 9110, section 10.2.3)
   * @param options what the body says. Default: the defaults of the module
   */
  constructor(
    readonly retryAfterSeconds: number,
    options: RejectionBodyOptions = {},
  ) {
    const status = HttpStatus.TOO_MANY_REQUESTS;
    const body = bodyOf(status, 'api_key_rate_limited', options);
    super(body, status, { errorCode: body.code });
  }
}

/**
 * 503: the request cannot be decided. The key of the token has not been fetched yet, or PropelAuth is unavailable for an API key or a
 * step-up grant.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthUnavailableException) metrics.count(error.reason);
 * ```
 *
 * @publicApi
 */
export class PropelAuthUnavailableException extends ServiceUnavailableException {
  /** What the client should do. Also in the body, unless `errorCodes` is `false`. */
  readonly code: ErrorCode;

  /**
   * @param reason what is unavailable
   * @param retryAfterSeconds the value of the `Retry-After` header, in seconds (RFC 9110, section 10.2.3); `undefined` if unknown
   * @param options what the body says. Default: the defaults of the module
   */
  constructor(
    readonly reason: RejectionReason,
    readonly retryAfterSeconds: number | undefined,
    options: RejectionBodyOptions = {},
  ) {
    const body = bodyOf(HttpStatus.SERVICE_UNAVAILABLE, reason, options);
    super(body, { errorCode: body.code });
    this.code = REJECTIONS[reason].code;
  }
}

/**
 * A rule of the application denies a call, with the status and code that the rule has declared.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthDenialException) metrics.count(error.code);
 * ```
 *
 * @publicApi
 */
export class PropelAuthDenialException extends HttpException {
  /** The reason for the rejection. */
  readonly reason = 'rule_denied' satisfies RejectionReason;

  /** The name of the rule. */
  readonly rule: string;

  /** The code that the rule has declared. Also in the body, unless `errorCodes` is `false`. */
  readonly code: string;

  /**
   * @param denial the rule, its code and the status
   * @param options what the body says. Default: the defaults of the module
   * @param description the message in debug mode
   * @param challenge the value of the `WWW-Authenticate` header of a 401; `undefined` for other statuses
   * @param retryAfterSeconds the value of the `Retry-After` header, in seconds (RFC 9110, section 10.2.3); `undefined` if unknown
   */
  constructor(
    denial: Denial,
    options: RejectionBodyOptions,
    description: string,
    readonly challenge: string | undefined,
    readonly retryAfterSeconds: number | undefined,
  ) {
    const { rule, code, status } = denial;
    const body = bodyOf(status, 'rule_denied', options, description, code);
    super(body, status, { errorCode: body.code });
    this.rule = rule;
    this.code = code;
  }
}

interface RejectionBody extends Record<string, unknown> {
  readonly message: string | undefined;
  readonly statusCode: number;
  readonly code?: string;
}

/** The shape of Nest's own bodies, with the code and, under `debugMode`, the reason. */
function bodyOf(
  statusCode: number,
  reason: RejectionReason,
  { debugMode = false, errorCodes = true }: RejectionBodyOptions,
  description = REJECTIONS[reason].description,
  ofReason: string = REJECTIONS[reason].code,
): RejectionBody {
  const error = STATUS_CODES[statusCode];
  // Front ends cannot do without step_up_required: they have to ask the user for an MFA code.
  const isCodeShown = errorCodes || reason === 'step_up_required';
  const code = isCodeShown ? { code: ofReason } : {};
  if (debugMode) return { message: description, error, statusCode, ...code, reason };
  return { message: error, statusCode, ...code };
}

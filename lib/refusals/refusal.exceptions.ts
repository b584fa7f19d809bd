import { STATUS_CODES } from 'node:http';
import {
  BadRequestException,
  ForbiddenException,
  HttpException,
  HttpStatus,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { Refusal } from './refusal.js';
import { REFUSALS, type RefusalReason } from './refusal-table.js';

/**
 * The caller is not known: 401. Thrown by {@link PropelAuthGuard} and {@link PropelAuthService} for a missing or invalid
 * access token or API key.
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
   * @param reason why the credential was rejected
   * @param debugMode whether the body includes the reason
   */
  constructor(
    readonly reason: RefusalReason,
    debugMode: boolean,
  ) {
    super(bodyOf(reason, debugMode));
    this.challenge = REFUSALS[reason].challenge ?? 'Bearer';
  }
}

/**
 * The caller is known but lacks access: 403. Thrown by {@link PropelAuthGuard} and {@link PropelAuthService} for a failed
 * organization rule, a missing step-up grant and an impersonated user.
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
  /** The value of the `WWW-Authenticate` header (RFC 6750, section 3.1). */
  readonly challenge: string;

  /**
   * @param reason which check failed
   * @param debugMode whether the body includes the reason. It always includes `step_up_required`, which front ends need
   */
  constructor(
    readonly reason: RefusalReason,
    debugMode: boolean,
  ) {
    super(bodyOf(reason, debugMode));
    this.challenge = REFUSALS[reason].challenge ?? 'Bearer error="insufficient_scope"';
  }
}

/**
 * The API key has exceeded its rate limit at PropelAuth: 429.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthTooManyRequestsException) jobs.retry(error.retryAfterSeconds);
 * ```
 *
 * @publicApi
 */
export class PropelAuthTooManyRequestsException extends HttpException {
  /** The reason. */
  readonly reason = 'api_key_rate_limited' satisfies RefusalReason;

  /**
   * @param retryAfterSeconds the value of the `Retry-After` header, in seconds (RFC 9110, section 10.2.3)
   * @param debugMode whether the body includes the reason
   */
  constructor(
    readonly retryAfterSeconds: number,
    debugMode: boolean,
  ) {
    super(bodyOf('api_key_rate_limited', debugMode), HttpStatus.TOO_MANY_REQUESTS);
  }
}

/**
 * The request cannot be decided about: 503. No verification key could be fetched yet, or PropelAuth cannot be asked about an API key or
 * a step-up grant.
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
   * @param retryAfterSeconds the value of the `Retry-After` header, in seconds (RFC 9110, section 10.2.3); `undefined` when it is
   * not known
   * @param debugMode whether the body includes the reason
   */
  constructor(
    readonly reason: RefusalReason,
    readonly retryAfterSeconds: number | undefined,
    debugMode: boolean,
  ) {
    super(bodyOf(reason, debugMode));
  }
}

/**
 * The request to a webhook is not an event that PropelAuth signed within the last five minutes: 400.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthWebhookException) metrics.count(error.reason);
 * ```
 *
 * @publicApi
 */
export class PropelAuthWebhookException extends BadRequestException {
  /** The reason. */
  readonly reason = 'webhook_invalid' satisfies RefusalReason;

  /** @param debugMode whether the body includes the reason */
  constructor(debugMode: boolean) {
    super(bodyOf('webhook_invalid', debugMode));
  }
}

const REFUSAL_EXCEPTIONS = [
  PropelAuthUnauthorizedException,
  PropelAuthForbiddenException,
  PropelAuthTooManyRequestsException,
  PropelAuthUnavailableException,
  PropelAuthWebhookException,
];

/** An exception for a refusal. */
export type RefusalException = InstanceType<(typeof REFUSAL_EXCEPTIONS)[number]>;

/** The exception for a refusal. Anything else stays what it is. */
export function exceptionFor(error: unknown, debugMode: boolean): unknown {
  if (!(error instanceof Refusal)) return error;
  const { reason, retryAfterSeconds } = error;
  switch (REFUSALS[reason].status) {
    case HttpStatus.UNAUTHORIZED:
      return new PropelAuthUnauthorizedException(reason, debugMode);
    case HttpStatus.TOO_MANY_REQUESTS:
      return new PropelAuthTooManyRequestsException(retryAfterSeconds ?? 1, debugMode);
    case HttpStatus.SERVICE_UNAVAILABLE:
      return new PropelAuthUnavailableException(reason, retryAfterSeconds, debugMode);
    case HttpStatus.BAD_REQUEST:
      return new PropelAuthWebhookException(debugMode);
    default:
      return new PropelAuthForbiddenException(reason, debugMode);
  }
}

/** Whether an error is an exception for a refusal, and not one of the application or of something that broke. */
export function isRefusalException(error: unknown): error is RefusalException {
  return REFUSAL_EXCEPTIONS.some((exception) => error instanceof exception);
}

/** The headers that belong to an exception for a refusal; none for others. */
export function headersOf(error: unknown): Record<string, string> {
  if (!isRefusalException(error)) return {};
  if ('challenge' in error) return { 'WWW-Authenticate': error.challenge };
  if ('retryAfterSeconds' in error && error.retryAfterSeconds !== undefined) {
    return { 'Retry-After': String(error.retryAfterSeconds) };
  }
  return {};
}

/** The shape of Nest's own bodies, with the reason. */
function bodyOf(reason: RefusalReason, debugMode: boolean): object {
  const { status: statusCode, description } = REFUSALS[reason];
  const error = STATUS_CODES[statusCode];
  if (debugMode) return { message: description, error, statusCode, reason };
  return { message: error, statusCode, ...(reason === 'step_up_required' && { reason }) };
}

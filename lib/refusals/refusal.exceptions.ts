import {
  BadRequestException,
  ForbiddenException,
  HttpException,
  HttpStatus,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type { TokenRefusalReason } from './token-refusal.js';
import {
  REFUSAL_DESCRIPTIONS,
  type CallerRefusalReason,
  type CredentialRefusalReason,
  type OrgRefusalReason,
  type RefusalReason,
  type UnavailableReason,
} from './refusal-reason.js';

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
  /** The value of the `WWW-Authenticate` header that belongs to the answer (RFC 6750, section 3). */
  readonly challenge: string;

  /**
   * @param reason why the token or the API key was refused
   * @param debugMode whether the body says why
   */
  constructor(
    readonly reason: TokenRefusalReason | CredentialRefusalReason,
    debugMode: boolean,
  ) {
    super(debugMode ? debugBody(reason, HttpStatus.UNAUTHORIZED, 'Unauthorized') : undefined);
    // RFC 6750, section 3.1: no error code for a request that did not try to authenticate.
    this.challenge = WITHOUT_CREDENTIAL.has(reason) ? 'Bearer' : 'Bearer error="invalid_token"';
  }
}

const WITHOUT_CREDENTIAL = new Set<RefusalReason>([
  'token_missing',
  'api_key_missing',
  'credential_missing',
]);

/**
 * The caller is known but may not do this: 403. Thrown by {@link PropelAuthGuard} and {@link PropelAuthService} for a failed
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
  /** The value of the `WWW-Authenticate` header that belongs to the answer (RFC 6750, section 3.1). */
  readonly challenge = 'Bearer error="insufficient_scope"';

  /**
   * @param reason which check failed
   * @param debugMode whether the body says why; that a step-up grant is missing it always says, since the front end has to know
   */
  constructor(
    readonly reason: OrgRefusalReason | CallerRefusalReason,
    debugMode: boolean,
  ) {
    super(forbiddenBody(reason, debugMode));
  }
}

/**
 * The API key is used more often than PropelAuth allows: 429.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthTooManyRequestsException) jobs.retry(error.retryAfterSeconds);
 * ```
 *
 * @publicApi
 */
export class PropelAuthTooManyRequestsException extends HttpException {
  /** The reason, in the words of the other refusals. */
  readonly reason = 'api_key_rate_limited';

  /**
   * @param retryAfterSeconds the value of the `Retry-After` header that belongs to the answer (RFC 9110, section 10.2.3)
   * @param debugMode whether the body says why
   */
  constructor(
    readonly retryAfterSeconds: number,
    debugMode: boolean,
  ) {
    const status = HttpStatus.TOO_MANY_REQUESTS;
    super(
      debugMode
        ? debugBody('api_key_rate_limited', status, 'Too Many Requests')
        : { statusCode: status, message: 'Too Many Requests' },
      status,
    );
  }
}

/**
 * The request cannot be decided about: no verification key could be fetched yet, or PropelAuth cannot be asked about an API key or
 * a step-up grant: 503.
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
   * @param reason what is not to be had
   * @param retryAfterSeconds the value of the `Retry-After` header that belongs to the answer (RFC 9110, section 10.2.3);
   * `undefined` when it is not known
   * @param debugMode whether the body says why
   */
  constructor(
    readonly reason: UnavailableReason,
    readonly retryAfterSeconds: number | undefined,
    debugMode: boolean,
  ) {
    super(
      debugMode
        ? debugBody(reason, HttpStatus.SERVICE_UNAVAILABLE, 'Service Unavailable')
        : undefined,
    );
  }
}

/**
 * The request to a webhook is not an event that PropelAuth has just signed: 400.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthWebhookException) metrics.count(error.reason);
 * ```
 *
 * @publicApi
 */
export class PropelAuthWebhookException extends BadRequestException {
  /** The reason, in the words of the other refusals. */
  readonly reason = 'webhook_invalid';

  /** @param debugMode whether the body says why */
  constructor(debugMode: boolean) {
    super(
      debugMode ? debugBody('webhook_invalid', HttpStatus.BAD_REQUEST, 'Bad Request') : undefined,
    );
  }
}

const REFUSAL_EXCEPTIONS = [
  PropelAuthUnauthorizedException,
  PropelAuthForbiddenException,
  PropelAuthTooManyRequestsException,
  PropelAuthUnavailableException,
  PropelAuthWebhookException,
];

/** An answer that refuses a request. */
export type RefusalException = InstanceType<(typeof REFUSAL_EXCEPTIONS)[number]>;

/** Whether an error is an answer of this package, and not one of the application or of something that broke. */
export function isRefusalException(error: unknown): error is RefusalException {
  return REFUSAL_EXCEPTIONS.some((exception) => error instanceof exception);
}

/** The headers that belong to the answer. */
export function headersOf(refusal: RefusalException): Record<string, string> {
  if ('challenge' in refusal) return { 'WWW-Authenticate': refusal.challenge };
  if ('retryAfterSeconds' in refusal && refusal.retryAfterSeconds !== undefined) {
    return { 'Retry-After': String(refusal.retryAfterSeconds) };
  }
  return {};
}

function forbiddenBody(
  reason: OrgRefusalReason | CallerRefusalReason,
  debugMode: boolean,
): object | undefined {
  if (debugMode) return debugBody(reason, HttpStatus.FORBIDDEN, 'Forbidden');
  if (reason !== 'step_up_required') return undefined;
  return { message: 'Forbidden', statusCode: HttpStatus.FORBIDDEN, reason };
}

/** The shape of Nest's own bodies with a description, and the reason beside it. */
function debugBody(reason: RefusalReason, statusCode: HttpStatus, error: string): object {
  return { message: REFUSAL_DESCRIPTIONS[reason], error, statusCode, reason };
}

import { HttpStatus, type HttpException } from '@nestjs/common';
import { REJECTIONS, type RejectionReason } from './rejection-table.js';

/**
 * How a rule of the application denies a call.
 *
 * @example
 * ```ts
 * const denial: Denial = { rule: 'plan', code: 'plan_required', status: 402 };
 * ```
 *
 * @publicApi
 */
export interface Denial {
  /** The name of the rule. */
  readonly rule: string;
  /** The code in the body of the response. */
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;
  /** The response, if the rule is a guard that threw it. Default: one of this package. */
  readonly response?: HttpException;
}

interface RejectionDetails {
  /** What happened, for logs, health checks, and the 401 and 403 of `debugMode`. Default: the reason. */
  readonly detail?: string;
  /** In how many seconds it is worth trying again; at least one. Of more than an hour, an hour is left. */
  readonly retryAfterSeconds?: number | undefined;
  /** The organization that the rule was about, where the caller is a member of it. */
  readonly orgId?: string;
  /** Only for `rule_denied`. */
  readonly denial?: Denial;
}

/** No mistake in an answer of PropelAuth keeps a client away for longer, nor makes a number that a header cannot hold. */
const MAXIMUM_RETRY_AFTER_SECONDS = 3_600;

/**
 * A rejected call, and the reason. It contains no token, API key or claim, so that none can reach a log or a response, except for the roles
 * of a caller who lacks one, and a permission that a rule names in other upper and lower case.
 */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  readonly retryAfterSeconds: number | undefined;
  readonly orgId: string | undefined;
  readonly detail: string | undefined;
  readonly denial: Denial | undefined;

  constructor(
    readonly reason: RejectionReason,
    { detail, retryAfterSeconds, orgId, denial }: RejectionDetails = {},
  ) {
    super(detail ?? reason);
    this.detail = detail;
    this.retryAfterSeconds =
      retryAfterSeconds && Math.min(retryAfterSeconds, MAXIMUM_RETRY_AFTER_SECONDS);
    this.orgId = orgId;
    this.denial = denial;
  }
}

/** PropelAuth gave no usable answer, which may pass: 503. */
export function unavailable(detail: string, retryAfterSeconds?: number): Rejection {
  return new Rejection('propelauth_unavailable', { detail, retryAfterSeconds });
}

/** The end user's API key may not be used again before this wait is over: 429. */
export function rateLimited(waitSeconds: number): Rejection {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitSeconds));
  return new Rejection('api_key_rate_limited', { retryAfterSeconds });
}

/** A rule of the application denies a call. */
export function denied(denial: Denial, retryAfterSeconds?: number): Rejection {
  const detail = `the rule '${denial.rule}': ${denial.code}`;
  return new Rejection('rule_denied', { detail, denial, retryAfterSeconds });
}

/** Whether an error says that the caller's credential is missing or invalid, and not that it could not be checked. */
export function isUnauthenticated(error: unknown): error is Rejection {
  return error instanceof Rejection && REJECTIONS[error.reason].status === HttpStatus.UNAUTHORIZED;
}

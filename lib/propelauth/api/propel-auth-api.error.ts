import type { PropelAuthApiErrorCode } from '../../types/propel-auth-api-error-code.js';

/** The status for the client and the message, by error code. */
const KINDS: Record<PropelAuthApiErrorCode, [status: number, words: (call: string) => string]> = {
  timeout: [503, (call) => `PropelAuth did not respond to ${call} in time`],
  unreachable: [503, (call) => `The connection to PropelAuth failed for ${call}`],
  rate_limited: [429, (call) => `PropelAuth rate limited ${call}`],
  integration_key_invalid: [
    500,
    (call) =>
      `PropelAuth rejected ${call}: apiKey is not an API key of this PropelAuth project. Copy the key from the ` +
      'Backend Integration page of your PropelAuth dashboard, in the same environment as authUrl',
  ],
  not_enabled: [500, (call) => `${call} is not enabled: enable it in your PropelAuth dashboard`],
  invalid_request: [400, (call) => `PropelAuth rejected ${call} as invalid`],
  step_up_code_invalid: [400, (call) => `PropelAuth rejected the code of ${call}`],
  mfa_not_enabled: [400, (call) => `${call} failed: the user has not set up MFA`],
  forbidden: [403, (call) => `PropelAuth does not allow ${call}`],
  not_found: [404, (call) => `${call} failed: the user, organization or group does not exist`],
  invalid_arguments: [500, (call) => `Invalid arguments for ${call}: nothing was sent`],
  unexpected_response: [502, (call) => `PropelAuth returned an unexpected response to ${call}`],
};

/** @inline */
type PropelAuthApiErrorDetails = Partial<
  Pick<PropelAuthApiError, 'cause' | 'fields' | 'outcomeUnknown' | 'retryAfterSeconds'>
> & {
  /** Added to the message in parentheses, such as `ECONNREFUSED`. Default: none. */
  readonly detail?: string;
};

/**
 * The error of every failed call of {@link PropelAuthApi}: `code` is the reason. {@link PropelAuthApiErrorFilter} returns `status` to the
 * client.
 *
 * The message is safe to log: it contains no secret, no argument of the call and nothing of PropelAuth's response.
 *
 * @example
 * ```ts
 * try {
 *   await propelAuthApi.createUser({ email, password });
 * } catch (error) {
 *   if (error instanceof PropelAuthApiError && error.code === 'invalid_request') {
 *     throw new BadRequestException({ invalid: error.fields });
 *   }
 *   throw error;
 * }
 * ```
 *
 * @publicApi
 */
export class PropelAuthApiError extends Error {
  /** The name of the class. */
  override readonly name = 'PropelAuthApiError';
  /** The HTTP status for the client, derived from `code`. */
  readonly status: number;
  /** Whether PropelAuth may have carried out the call. If so, check before you retry. Always `false` for functions named `fetch…`. */
  readonly outcomeUnknown: boolean;
  /** How many seconds to wait before a retry, if PropelAuth's response names a time. */
  readonly retryAfterSeconds?: number;
  /** The invalid fields, by their names in PropelAuth's API, such as `first_name`. Empty if unknown. */
  readonly fields: readonly string[];
  /** The original error: one of {@link PropelAuthExceptions}, or an error of `fetch`. It may quote PropelAuth's response. */
  declare readonly cause?: unknown;

  /**
   * Creates the error, for a test in which a call fails: `new PropelAuthApiError('not_found', 'createAccessToken')`.
   *
   * @param code why the call failed
   * @param call the function of {@link PropelAuthApi}, such as `createUser`
   * @param details the other fields of the error, and a `detail` for its message. Default: none
   */
  constructor(
    readonly code: PropelAuthApiErrorCode,
    readonly call: string,
    details: PropelAuthApiErrorDetails = {},
  ) {
    const { retryAfterSeconds, fields = [], outcomeUnknown = false, detail } = details;
    const [status, words] = KINDS[code];
    const wait = retryAfterSeconds && `retry after ${retryAfterSeconds} s`;
    const facts = [detail, ...fields, wait].filter(Boolean).join(', ');
    const doubt = outcomeUnknown ? ' The call may have taken effect: check before retrying.' : '';
    super(`${words(call)}${facts && ` (${facts})`}.${doubt}`, details);
    this.status = status;
    this.outcomeUnknown = outcomeUnknown;
    this.retryAfterSeconds = retryAfterSeconds;
    this.fields = fields;
  }
}

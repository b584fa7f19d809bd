import { HttpStatus } from '@nestjs/common';

/**
 * What a failed call may come with.
 *
 * @publicApi
 */
export interface PropelAuthApiErrorOptions {
  /** What PropelAuth's client threw. Default: nothing, as when it did not answer in time. */
  readonly cause?: unknown;
  /** Whether PropelAuth may have carried out the call nonetheless. Default: `false`. */
  readonly outcomeUnknown?: boolean;
}

/**
 * A call of {@link PropelAuthApi} failed. What is thrown is always one of the subclasses, each with a `status` for an HTTP answer;
 * {@link PropelAuthApiErrorFilter} gives it.
 *
 * The message says what happened to which call and may be logged: it holds neither what was passed to the call nor what PropelAuth
 * answered. `cause` is the exception of PropelAuth's client, one of {@link PropelAuthExceptions} or an error of `fetch`; it may quote
 * PropelAuth's answer.
 *
 * @example
 * ```ts
 * try {
 *   await propelAuthApi.createOrg({ name });
 * } catch (error) {
 *   if (error instanceof PropelAuthApiError && error.outcomeUnknown) metrics.count('createOrg');
 *   throw error;
 * }
 * ```
 *
 * @publicApi
 */
export abstract class PropelAuthApiError extends Error {
  /** The status of an HTTP answer that says so to a client. */
  abstract readonly status: number;

  /**
   * Whether PropelAuth may have carried out the call nonetheless. Never for reads, the functions whose names begin with `fetch`. Look
   * before you repeat the call.
   */
  readonly outcomeUnknown: boolean;

  /**
   * @param call the function of {@link PropelAuthApi} that was called, such as `createUser`
   * @param message what happened
   * @param options the cause, and whether the outcome is unknown
   */
  constructor(
    readonly call: string,
    message: string,
    options: PropelAuthApiErrorOptions = {},
  ) {
    super(options.outcomeUnknown ? `${message}. Whether it was done is unknown` : message, options);
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

/**
 * PropelAuth did not answer within `apiTimeoutMs`: 503.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthApiTimeoutError) metrics.count(error.call);
 * ```
 *
 * @publicApi
 */
export class PropelAuthApiTimeoutError extends PropelAuthApiError {
  /** The name of the class. */
  override readonly name = 'PropelAuthApiTimeoutError';
  readonly status = HttpStatus.SERVICE_UNAVAILABLE;

  /**
   * @param call the function that was called
   * @param milliseconds how long was waited
   * @param options the cause, and whether the outcome is unknown
   */
  constructor(call: string, milliseconds: number, options?: PropelAuthApiErrorOptions) {
    super(call, `PropelAuth did not answer ${call} within ${milliseconds} ms`, options);
  }
}

/**
 * PropelAuth could not be reached, or the connection was lost: 503.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthApiUnreachableError && !error.outcomeUnknown) jobs.retry();
 * ```
 *
 * @publicApi
 */
export class PropelAuthApiUnreachableError extends PropelAuthApiError {
  /** The name of the class. */
  override readonly name = 'PropelAuthApiUnreachableError';
  readonly status = HttpStatus.SERVICE_UNAVAILABLE;

  /**
   * @param call the function that was called
   * @param code how the network puts it, such as `ECONNREFUSED`
   * @param options the cause, and whether the outcome is unknown
   */
  constructor(call: string, code: string | undefined, options?: PropelAuthApiErrorOptions) {
    super(call, `PropelAuth cannot be reached for ${call}${code ? ` (${code})` : ''}`, options);
  }
}

/**
 * PropelAuth limits the rate of calls, or that of the end-user API key that was to be validated: 429.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthApiRateLimitedError) jobs.retry(error.retryAfterSeconds ?? 60);
 * ```
 *
 * @publicApi
 */
export class PropelAuthApiRateLimitedError extends PropelAuthApiError {
  /** The name of the class. */
  override readonly name = 'PropelAuthApiRateLimitedError';
  readonly status = HttpStatus.TOO_MANY_REQUESTS;

  /**
   * @param call the function that was called
   * @param retryAfterSeconds in how many seconds it is worth trying again, if PropelAuth says so
   * @param options the cause
   */
  constructor(
    call: string,
    readonly retryAfterSeconds?: number,
    options?: PropelAuthApiErrorOptions,
  ) {
    const wait = retryAfterSeconds === undefined ? '' : ` for ${retryAfterSeconds} s`;
    super(call, `PropelAuth limits the rate of calls and refuses ${call}${wait}`, options);
  }
}

/**
 * The option `apiKey` is not an API key of the PropelAuth project: 500.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthApiIntegrationKeyError) metrics.count('wrong-api-key');
 * ```
 *
 * @publicApi
 */
export class PropelAuthApiIntegrationKeyError extends PropelAuthApiError {
  /** The name of the class. */
  override readonly name = 'PropelAuthApiIntegrationKeyError';
  readonly status = HttpStatus.INTERNAL_SERVER_ERROR;

  /**
   * @param call the function that was called
   * @param options the cause
   */
  constructor(call: string, options?: PropelAuthApiErrorOptions) {
    super(
      call,
      `PropelAuth refuses ${call}: apiKey is not an API key of this PropelAuth project. Copy the key of the same environment as ` +
        'authUrl from the page "Backend Integration" of your PropelAuth dashboard',
      options,
    );
  }
}

/**
 * The PropelAuth project is not set up for this call, or its pricing plan does not have it: 500.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthApiNotEnabledError) throw new NotImplementedException();
 * ```
 *
 * @publicApi
 */
export class PropelAuthApiNotEnabledError extends PropelAuthApiError {
  /** The name of the class. */
  override readonly name = 'PropelAuthApiNotEnabledError';
  readonly status = HttpStatus.INTERNAL_SERVER_ERROR;

  /**
   * @param call the function that was called
   * @param feature what has to be enabled, such as `B2B support`
   * @param options the cause
   */
  constructor(call: string, feature: string, options?: PropelAuthApiErrorOptions) {
    super(
      call,
      `PropelAuth refuses ${call}: ${feature} is not enabled. Enable it in your PropelAuth dashboard`,
      options,
    );
  }
}

/**
 * PropelAuth refused what it was asked for: 400, 403 or 404. Nothing was done.
 *
 * @example
 * ```ts
 * try {
 *   return await propelAuthApi.createUser({ email, password });
 * } catch (error) {
 *   if (error instanceof PropelAuthApiRequestError && error.fields.includes('password')) {
 *     throw new BadRequestException('Choose another password');
 *   }
 *   throw error;
 * }
 * ```
 *
 * @publicApi
 */
export class PropelAuthApiRequestError extends PropelAuthApiError {
  /** The name of the class. */
  override readonly name = 'PropelAuthApiRequestError';

  /**
   * @param call the function that was called
   * @param status 400 for a request that cannot be carried out, 404 for a user or an organization that does not exist, 403 for what
   * must not be done
   * @param fields the fields that PropelAuth complains of, by their names in PropelAuth's API (`first_name`); what it says of each is in
   * `cause`
   * @param options the cause
   */
  constructor(
    call: string,
    readonly status: 400 | 403 | 404,
    readonly fields: readonly string[] = [],
    options?: PropelAuthApiErrorOptions,
  ) {
    const complaint = fields.length > 0 ? ` because of ${fields.join(', ')}` : '';
    super(call, `PropelAuth refuses ${call}${complaint} (${status})`, options);
  }
}

/**
 * What was passed to the call makes no request, such as `undefined` in place of an object: 500. Nothing was sent.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthApiArgumentError) metrics.count(error.call);
 * ```
 *
 * @publicApi
 */
export class PropelAuthApiArgumentError extends PropelAuthApiError {
  /** The name of the class. */
  override readonly name = 'PropelAuthApiArgumentError';
  readonly status = HttpStatus.INTERNAL_SERVER_ERROR;

  /**
   * @param call the function that was called
   * @param options the cause
   */
  constructor(call: string, options?: PropelAuthApiErrorOptions) {
    super(call, `What was passed to ${call} makes no request`, options);
  }
}

/**
 * PropelAuth answered with something that its client does not understand, such as an error of its own or a page of a proxy: 502.
 *
 * @example
 * ```ts
 * if (error instanceof PropelAuthApiResponseError) throw new BadGatewayException();
 * ```
 *
 * @publicApi
 */
export class PropelAuthApiResponseError extends PropelAuthApiError {
  /** The name of the class. */
  override readonly name = 'PropelAuthApiResponseError';
  readonly status = HttpStatus.BAD_GATEWAY;

  /**
   * @param call the function that was called
   * @param options the cause, and whether the outcome is unknown
   */
  constructor(call: string, options?: PropelAuthApiErrorOptions) {
    super(call, `PropelAuth answered ${call} with an error or with nonsense`, options);
  }
}

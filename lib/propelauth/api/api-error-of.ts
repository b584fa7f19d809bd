import { DeadlineError } from '../backend/deadline.js';
import {
  isNetworkError,
  mayHaveBeenSent,
  nameOf,
  networkErrorCode,
} from '../backend/network-error.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';
import type { PropelAuthApiErrorCode } from '../../types/propel-auth-api-error-code.js';
import { PropelAuthApiError } from './propel-auth-api.error.js';
import {
  ApiKeyValidateRateLimitedException,
  FeatureGatedException,
  ForbiddenException,
  IncorrectMfaCodeException,
  InvalidRequestFieldsException,
  MfaNotEnabledException,
  RateLimitedException,
  UnauthorizedException,
  UserNotFoundException,
} from './vendor-exceptions.js';

/** How PropelAuth's client says why a call failed: by an exception class, or by the message of a plain Error. */
type Sign = RegExp | (abstract new (...parameters: never[]) => Error);

const REJECTIONS: [sign: Sign, code: PropelAuthApiErrorCode, detail?: string][] = [
  [UnauthorizedException, 'integration_key_invalid'],
  [FeatureGatedException, 'not_enabled', 'a feature of another pricing plan'],
  [ApiKeyValidateRateLimitedException, 'rate_limited'],
  [RateLimitedException, 'rate_limited'],
  [UserNotFoundException, 'not_found'],
  [ForbiddenException, 'forbidden'],
  [InvalidRequestFieldsException, 'invalid_request'],
  [IncorrectMfaCodeException, 'step_up_code_invalid'],
  [MfaNotEnabledException, 'mfa_not_enabled'],
  // Some messages continue with PropelAuth's response.
  [/^integrationApiKey is incorrect$/, 'integration_key_invalid'],
  [/^Access token creation is not enabled$/, 'not_enabled', 'access token creation'],
  [/^Cannot use organizations unless B2B support is enabled/, 'not_enabled', 'B2B support'],
  [/^(Org|Organization) not found$/, 'not_found'],
  [/^(Invalid query |Bad request |Invalid orgId$)/, 'invalid_request'],
];

const FIELD_NAME = /^[a-z][a-z0-9_]{0,63}$/i;

/** Whether a call only reads, so that it may be repeated. PropelAuth's client names these functions `fetch…`, and no others. */
export function isRead(call: string): boolean {
  return call.startsWith('fetch');
}

/** The error for a failed call. */
export function apiErrorOf(thrown: unknown, call: string): PropelAuthApiError {
  const isWrite = !isRead(call);
  if (thrown instanceof DeadlineError) {
    const detail = `${thrown.milliseconds} ms`;
    return new PropelAuthApiError('timeout', call, { detail, outcomeUnknown: isWrite });
  }
  if (isNetworkError(thrown)) {
    return new PropelAuthApiError('unreachable', call, {
      detail: networkErrorCode(thrown),
      cause: thrown,
      outcomeUnknown: isWrite && mayHaveBeenSent(thrown),
    });
  }
  return (
    rejectionOf(thrown, call) ??
    // The client does not tell a rejected call from a failure of PropelAuth here.
    new PropelAuthApiError('unexpected_response', call, { cause: thrown, outcomeUnknown: isWrite })
  );
}

/** The error for a call that failed before anything was sent. */
export function argumentErrorOf(thrown: unknown, call: string): PropelAuthApiError {
  // For an invalid id the client means to throw an ApiKeyFetchException or the like, but fails to parse its own message.
  const code = nameOf(thrown) === 'SyntaxError' ? 'invalid_request' : 'invalid_arguments';
  return rejectionOf(thrown, call) ?? new PropelAuthApiError(code, call, { cause: thrown });
}

function rejectionOf(thrown: unknown, call: string): PropelAuthApiError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const [, known, detail] = REJECTIONS.find(([sign]) => isSignOf(thrown, sign)) ?? [];
  // The client's other exceptions for a 400 have this field.
  const code = known ?? ('fieldToErrors' in thrown ? 'invalid_request' : undefined);
  if (code === undefined) return undefined;
  return new PropelAuthApiError(code, call, {
    detail,
    fields: rejectedFields(thrown),
    retryAfterSeconds: code === 'rate_limited' ? waitSecondsIn(thrown.message) : undefined,
    cause: thrown,
  });
}

function isSignOf(thrown: Error, sign: Sign): boolean {
  return sign instanceof RegExp ? sign.test(thrown.message) : thrown instanceof sign;
}

/** The wait in PropelAuth's response. The client's exceptions for rate limits have the response as their message. */
function waitSecondsIn(response: string): number | undefined {
  try {
    const body: unknown = JSON.parse(response);
    const wait = isJsonObject(body) ? body['wait_seconds'] : undefined;
    const seconds = typeof wait === 'number' ? Math.ceil(wait) : 0;
    return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The names of the invalid fields in an exception of PropelAuth's client. PropelAuth's text about a field is left out: it may quote the
 * value.
 */
function rejectedFields(exception: unknown): string[] {
  return Object.keys(fieldErrorsIn(answerIn(exception))).filter((name) => FIELD_NAME.test(name));
}

/** PropelAuth's response. The client keeps the response under one of two names. */
function answerIn(exception: unknown): unknown {
  if (!isJsonObject(exception)) return undefined;
  return exception['fieldToErrors'] ?? exception['errorBody'];
}

/** The errors by field: `{ field_errors: { email: '…' } }` in newer responses, `{ email: ['…'] }` in older ones. */
function fieldErrorsIn(answer: unknown): JsonObject {
  if (!isJsonObject(answer)) return {};
  if (isJsonObject(answer['field_errors'])) return answer['field_errors'];
  return Object.fromEntries(Object.entries(answer).filter(([, errors]) => Array.isArray(errors)));
}

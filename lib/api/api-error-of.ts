import { isJsonObject } from '../values/json-object.js';
import { DeadlinePassed } from '../backend/deadline.js';
import {
  isNetworkError,
  mayHaveBeenSent,
  nameOf,
  networkErrorCode,
} from '../backend/network-error.js';
import {
  PropelAuthApiArgumentError,
  PropelAuthApiIntegrationKeyError,
  PropelAuthApiNotEnabledError,
  PropelAuthApiRateLimitedError,
  PropelAuthApiRequestError,
  PropelAuthApiResponseError,
  PropelAuthApiTimeoutError,
  PropelAuthApiUnreachableError,
  type PropelAuthApiError,
} from './propel-auth-api.errors.js';
import { isRead } from './read-calls.js';
import { refusedFields } from './refused-fields.js';
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

/** What PropelAuth's client says in plain errors, which often go on with PropelAuth's answer. */
const KEY_MESSAGE = 'integrationApiKey is incorrect';
const ACCESS_TOKENS_MESSAGE = 'Access token creation is not enabled';
const ORGANIZATIONS_MESSAGE = 'Cannot use organizations unless B2B support is enabled';
const BAD_REQUEST_MESSAGE = /^(Invalid query |Bad request |Invalid orgId$)/;
const NOT_FOUND_MESSAGE = /^(Org|Organization) not found$/;

/** The error for what a call ended in. */
export function apiErrorOf(thrown: unknown, call: string): PropelAuthApiError {
  if (thrown instanceof DeadlinePassed) {
    return new PropelAuthApiTimeoutError(call, thrown.milliseconds, {
      outcomeUnknown: !isRead(call),
    });
  }
  if (isNetworkError(thrown)) {
    return new PropelAuthApiUnreachableError(call, networkErrorCode(thrown), {
      cause: thrown,
      outcomeUnknown: !isRead(call) && mayHaveBeenSent(thrown),
    });
  }
  return (
    setUpErrorOf(thrown, call) ??
    rateLimitErrorOf(thrown, call) ??
    requestErrorOf(thrown, call) ??
    // The client does not tell a refusal from a failure here.
    new PropelAuthApiResponseError(call, { cause: thrown, outcomeUnknown: !isRead(call) })
  );
}

/** The error for what a call threw before it sent anything. */
export function argumentErrorOf(thrown: unknown, call: string): PropelAuthApiError {
  const refusal = requestErrorOf(thrown, call);
  if (refusal !== undefined) return refusal;
  // The client means to throw an ApiKeyFetchException or the like for an id that cannot be one, and trips over its own message.
  if (nameOf(thrown) === 'SyntaxError') {
    return new PropelAuthApiRequestError(call, 400, [], { cause: thrown });
  }
  return new PropelAuthApiArgumentError(call, { cause: thrown });
}

function setUpErrorOf(thrown: unknown, call: string): PropelAuthApiError | undefined {
  const message = messageOf(thrown);
  if (thrown instanceof UnauthorizedException || message === KEY_MESSAGE) {
    return new PropelAuthApiIntegrationKeyError(call, { cause: thrown });
  }
  const feature = missingFeature(thrown, message);
  return feature === undefined
    ? undefined
    : new PropelAuthApiNotEnabledError(call, feature, { cause: thrown });
}

function missingFeature(thrown: unknown, message: string): string | undefined {
  if (thrown instanceof FeatureGatedException) return 'a feature of another pricing plan';
  if (message === ACCESS_TOKENS_MESSAGE) return 'the creation of access tokens';
  if (message.startsWith(ORGANIZATIONS_MESSAGE)) return 'B2B support';
  return undefined;
}

function rateLimitErrorOf(thrown: unknown, call: string): PropelAuthApiError | undefined {
  if (thrown instanceof ApiKeyValidateRateLimitedException) {
    return new PropelAuthApiRateLimitedError(call, wholeSeconds(thrown.waitSeconds), {
      cause: thrown,
    });
  }
  if (thrown instanceof RateLimitedException) {
    return new PropelAuthApiRateLimitedError(call, waitSecondsIn(thrown.message), {
      cause: thrown,
    });
  }
  return undefined;
}

/** The wait in the answer to a call that was limited, which is the message of the client's exception. */
function waitSecondsIn(answer: string): number | undefined {
  try {
    const body: unknown = JSON.parse(answer);
    return isJsonObject(body) ? wholeSeconds(body['wait_seconds']) : undefined;
  } catch {
    return undefined;
  }
}

function wholeSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'number' ? Math.ceil(value) : 0;
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}

function requestErrorOf(thrown: unknown, call: string): PropelAuthApiError | undefined {
  const status = requestStatusOf(thrown);
  return status === undefined
    ? undefined
    : new PropelAuthApiRequestError(call, status, refusedFields(thrown), { cause: thrown });
}

function requestStatusOf(thrown: unknown): 400 | 403 | 404 | undefined {
  if (thrown instanceof UserNotFoundException) return 404;
  if (thrown instanceof ForbiddenException) return 403;
  if (isBadRequest(thrown)) return 400;
  const message = messageOf(thrown);
  if (BAD_REQUEST_MESSAGE.test(message)) return 400;
  return NOT_FOUND_MESSAGE.test(message) ? 404 : undefined;
}

function isBadRequest(thrown: unknown): boolean {
  return (
    thrown instanceof InvalidRequestFieldsException ||
    thrown instanceof IncorrectMfaCodeException ||
    thrown instanceof MfaNotEnabledException ||
    // All others that the client throws for a 400 have this.
    (isJsonObject(thrown) && 'fieldToErrors' in thrown)
  );
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : '';
}

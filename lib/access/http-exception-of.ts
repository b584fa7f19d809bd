import { KeysUnavailable } from '../token/keys-unavailable.js';
import { TokenRefusal } from '../token/token-refusal.js';
import { OrgRefusal } from './org-refusal.js';
import {
  PropelAuthForbiddenException,
  PropelAuthUnauthorizedException,
  PropelAuthUnavailableException,
} from './refusal.exceptions.js';

/** The HTTP answer to a refusal. Anything else is an error of its own kind and stays what it is. */
export function httpExceptionOf(error: unknown, debugMode: boolean): unknown {
  if (error instanceof TokenRefusal)
    return new PropelAuthUnauthorizedException(error.reason, debugMode);
  if (error instanceof OrgRefusal) return new PropelAuthForbiddenException(error.reason, debugMode);
  if (error instanceof KeysUnavailable) {
    return new PropelAuthUnavailableException(error.retryAfterSeconds, debugMode);
  }
  return error;
}

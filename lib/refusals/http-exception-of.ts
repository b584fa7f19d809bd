import { ApiKeyRateLimited } from './api-key-rate-limited.js';
import { ApiKeyRefusal } from './api-key-refusal.js';
import { PropelAuthOutOfReach } from './out-of-reach.js';
import { KeysUnavailable } from './keys-unavailable.js';
import { TokenRefusal } from './token-refusal.js';
import { WebhookRefusal } from './webhook-refusal.js';
import { CallerRefusal } from './caller-refusal.js';
import { CredentialRefusal } from './credential-refusal.js';
import { OrgRefusal } from './org-refusal.js';
import {
  PropelAuthForbiddenException,
  PropelAuthTooManyRequestsException,
  PropelAuthUnauthorizedException,
  PropelAuthUnavailableException,
  PropelAuthWebhookException,
} from './refusal.exceptions.js';

/** The HTTP answer to a refusal. Anything else is an error of its own kind and stays what it is. */
export function httpExceptionOf(error: unknown, debugMode: boolean): unknown {
  if (
    error instanceof TokenRefusal ||
    error instanceof CredentialRefusal ||
    error instanceof ApiKeyRefusal
  ) {
    return new PropelAuthUnauthorizedException(error.reason, debugMode);
  }
  if (error instanceof OrgRefusal || error instanceof CallerRefusal) {
    return new PropelAuthForbiddenException(error.reason, debugMode);
  }
  if (error instanceof ApiKeyRateLimited) {
    return new PropelAuthTooManyRequestsException(error.waitSeconds, debugMode);
  }
  if (error instanceof KeysUnavailable) {
    return new PropelAuthUnavailableException(
      'keys_unavailable',
      error.retryAfterSeconds,
      debugMode,
    );
  }
  if (error instanceof PropelAuthOutOfReach) {
    return new PropelAuthUnavailableException(
      'propelauth_unavailable',
      error.retryAfterSeconds,
      debugMode,
    );
  }
  if (error instanceof WebhookRefusal) return new PropelAuthWebhookException(debugMode);
  return error;
}

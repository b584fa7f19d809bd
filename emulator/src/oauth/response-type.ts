import { OAuthError } from './oauth-error.js';
import type { RequestParameters } from './request-parameters.js';

/** @throws {OAuthError} unless an authorization request asks for a code (RFC 6749, section 4.1.1) */
export function readCodeResponse(parameters: RequestParameters): void {
  if (parameters.require('response_type') === 'code') return;
  throw new OAuthError('unsupported_response_type', 'response_type must be code.');
}

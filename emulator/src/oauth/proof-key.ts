import { OAuthError } from './oauth-error.js';
import type { RequestParameters } from './request-parameters.js';

/** SHA-256 in base64url. */
const S256_CHALLENGE = /^[\w-]{43}$/;

/** RFC 7636, section 4.1. */
const CODE_VERIFIER = /^[\w.~-]{43,128}$/;

/**
 * Reads the challenge of an authorization request for a code (RFC 6749, section 4.1.1, and RFC 7636, section 4.3).
 *
 * @throws {OAuthError} without one, for the method `plain`, and unless the request is for a code
 */
export function readCodeChallenge(parameters: RequestParameters): string {
  if (parameters.require('response_type') !== 'code') {
    throw new OAuthError('unsupported_response_type', 'response_type must be code.');
  }
  const challenge = parameters.require('code_challenge');
  // The default is "plain", which reveals the verifier to anyone who sees this request.
  if (parameters.get('code_challenge_method') !== 'S256') {
    throw new OAuthError('invalid_request', 'code_challenge_method must be S256.');
  }
  if (S256_CHALLENGE.test(challenge)) return challenge;
  throw new OAuthError('invalid_request', 'code_challenge is not a SHA-256 hash in base64url.');
}

/**
 * Reads the verifier of a token request (RFC 7636, section 4.5).
 *
 * @throws {OAuthError} if it is missing or malformed
 */
export function readCodeVerifier(parameters: RequestParameters): string {
  const verifier = parameters.require('code_verifier');
  if (CODE_VERIFIER.test(verifier)) return verifier;
  throw new OAuthError('invalid_request', 'code_verifier is malformed.');
}

import { HttpStatus } from '@nestjs/common';
import type { ErrorCode } from './error-code.js';

/** The response to a rejection. */
export interface RejectionResponse {
  readonly status: HttpStatus;
  /** What the client should do. Reasons that tell about others' accounts, keys or organizations share a code. */
  readonly code: ErrorCode;
  /** The description in the body under `debugMode`. */
  readonly description: string;
  /** The `WWW-Authenticate` header (RFC 6750, section 3). */
  readonly challenge: string | undefined;
}

const rejection =
  (status: HttpStatus, usualCode: ErrorCode, challenge?: string) =>
  (description: string, code = usualCode): RejectionResponse => ({
    status,
    code,
    description,
    challenge,
  });

const INSUFFICIENT_SCOPE = 'Bearer error="insufficient_scope"';

// RFC 6750, section 3.1: no error code for a request that did not try to authenticate.
const unauthenticated = rejection(HttpStatus.UNAUTHORIZED, 'token_missing', 'Bearer');
const invalid = rejection(HttpStatus.UNAUTHORIZED, 'token_invalid', 'Bearer error="invalid_token"');
const forbidden = rejection(HttpStatus.FORBIDDEN, 'access_denied', INSUFFICIENT_SCOPE);
const orgForbidden = rejection(HttpStatus.FORBIDDEN, 'org_access_denied', INSUFFICIENT_SCOPE);
const rateLimited = rejection(HttpStatus.TOO_MANY_REQUESTS, 'rate_limited');
const unavailable = rejection(HttpStatus.SERVICE_UNAVAILABLE, 'unavailable');

/** Every reason to reject a call, with the status, the code, the description and the challenge of the response. */
export const REJECTIONS = {
  token_missing: unauthenticated('The request has no Authorization header with the scheme Bearer'),
  token_malformed: invalid('The Authorization header is not exactly one "Bearer <access token>"'),
  token_expired: invalid('The access token has expired', 'token_expired'),
  token_not_yet_valid: invalid(
    'The access token was issued in the future: compare the clocks of this machine and of PropelAuth',
  ),
  token_revoked: invalid(
    'The user of the credential has since been disabled, deleted or removed from its organization',
  ),
  signature_invalid: invalid(
    'The signature of the access token does not match the verification key',
  ),
  algorithm_not_allowed: invalid('The access token is not signed with RS256'),
  issuer_mismatch: invalid('The access token was issued for another auth URL'),
  claims_invalid: invalid('The access token has a missing or invalid exp, iat or iss claim'),
  user_invalid: invalid(
    'The access token is signed, but its claims do not describe a PropelAuth user',
  ),
  credential_missing: unauthenticated(
    'The request has no credential of a kind that the route accepts',
    'credential_missing',
  ),
  credential_invalid: invalid('The credential is unknown, or it has expired', 'credential_invalid'),
  kind_not_accepted: invalid(
    'The request has a credential, but not of a kind that the route accepts',
    'credential_missing',
  ),
  credential_unavailable: unavailable('The application could not check the credential in time'),
  credentials_ambiguous: invalid(
    'The request has more than one credential. Send only one',
    'credential_invalid',
  ),
  mcp_token_missing: unauthenticated(
    'The request has no Authorization header with the scheme Bearer',
  ),
  mcp_token_invalid: invalid('The token is not an active access token of an MCP client'),
  mcp_audience_mismatch: invalid('The token was issued for another resource, or for none'),
  scope_missing: forbidden('The token does not have the required scope', 'scope_missing'),
  origin_not_allowed: forbidden('The request was sent by a web page of another origin'),
  api_key_missing: unauthenticated(
    'The request has no API key in X-API-Key or after Bearer in the Authorization header',
    'api_key_missing',
  ),
  api_key_unknown: invalid(
    'The API key is unknown to this PropelAuth project, has expired, or its creator has left its organization',
    'api_key_invalid',
  ),
  api_key_kind: invalid('The route accepts another kind of API key', 'api_key_invalid'),
  metadata_mismatch: forbidden(
    'The metadata of the credential does not contain what the route requires',
  ),
  org_missing: orgForbidden('The request names no organization where the access rule looks for it'),
  org_mismatch: orgForbidden(
    'The access rules of this route find different organizations in the request',
  ),
  not_a_member: orgForbidden('The caller is not a member of the organization'),
  role_missing: orgForbidden('The caller does not have the required role in the organization'),
  permission_missing: orgForbidden(
    'The caller does not have the required permission in the organization',
  ),
  impersonation_denied: forbidden(
    'The route rejects employees who impersonate a user',
    'impersonation_denied',
  ),
  step_up_required: forbidden(
    'The user has to pass another MFA challenge for this action',
    'step_up_required',
  ),
  account_missing: forbidden('The application has no account of the caller', 'account_required'),
  rule_denied: forbidden('The application has a rule that denies the call'),
  rule_unavailable: unavailable(
    'The application has a rule or a loader that did not answer in time',
  ),
  rules_contradict: forbidden(
    'The access rules of the route contradict each other, so every call is rejected',
  ),
  message_not_object: forbidden(
    'The message is a string or number, but the handler has its own tokenSource or org source. Send an object',
  ),
  api_key_rate_limited: rateLimited('The API key has exceeded its rate limit'),
  propelauth_unavailable: unavailable(
    'PropelAuth is unavailable, so the request cannot be authorized',
  ),
  keys_unavailable: unavailable('The verification key has not been fetched from PropelAuth yet'),
  signature_unverified: unavailable(
    'The access token may be signed with a key that has not been fetched from PropelAuth yet',
  ),
} satisfies Record<string, RejectionResponse>;

/**
 * The reason for a rejected call, which is the `reason` of exceptions and, with `debugMode`, of the body of the response.
 *
 * @useDeclaredType
 * @publicApi
 */
export type RejectionReason = keyof typeof REJECTIONS;

/** The challenge of a reason. RFC 9110, section 11.6.1: a 401 has one. */
export function challengeOf(reason: RejectionReason): string {
  return REJECTIONS[reason].challenge ?? 'Bearer';
}

import type { TokenRefusalReason } from './token-refusal.js';

/**
 * Why a verified caller may not do something in an organization: one of {@link RefusalReason}.
 *
 * @publicApi
 */
export type OrgRefusalReason =
  'org_missing' | 'org_mismatch' | 'not_a_member' | 'role_missing' | 'permission_missing';

/**
 * Why a request to a route for API keys is not let in by what it shows.
 *
 * @publicApi
 */
export type CredentialRefusalReason =
  | 'credential_missing'
  | 'credentials_ambiguous'
  | 'api_key_missing'
  | 'api_key_unknown'
  | 'api_key_kind';

/**
 * Why a caller may not do something, whatever the organization.
 *
 * @publicApi
 */
export type CallerRefusalReason =
  'impersonation_denied' | 'step_up_required' | 'rules_contradict' | 'message_bare';

/**
 * Why a request could not be decided about.
 *
 * @publicApi
 */
export type UnavailableReason = 'keys_unavailable' | 'propelauth_unavailable';

/**
 * Why a request was refused. The same codes stand in the body under `debugMode` and in `reason` of the exceptions.
 *
 * @publicApi
 */
export type RefusalReason =
  | TokenRefusalReason
  | CredentialRefusalReason
  | OrgRefusalReason
  | CallerRefusalReason
  | UnavailableReason
  | 'api_key_rate_limited'
  | 'webhook_invalid';

/** What each reason means, for the body under `debugMode`. */
export const REFUSAL_DESCRIPTIONS: Record<RefusalReason, string> = {
  token_missing: 'The request has no Authorization header with the scheme Bearer',
  token_malformed: 'The Authorization header is not exactly one "Bearer <access token>"',
  token_expired: 'The access token has expired',
  token_not_yet_valid:
    'The access token is from the future: compare the clocks of this machine and of PropelAuth',
  signature_invalid: 'The signature of the access token does not match the verification key',
  algorithm_not_allowed: 'The access token is not signed with RS256',
  issuer_mismatch: 'The access token was issued for another auth URL',
  claims_invalid: 'The access token lacks exp, iat or iss, or has one of another type',
  user_invalid: 'The access token is signed but its claims are not those of a PropelAuth user',
  org_missing: 'The request names no organization where the access rule looks for it',
  org_mismatch: 'The request names different organizations to the access rules of this route',
  not_a_member: 'The user is not a member of the organization',
  role_missing: 'The user does not have the required role in the organization',
  permission_missing: 'The user does not have the required permission in the organization',
  credential_missing: 'The request has neither an access token nor an API key',
  credentials_ambiguous: 'The request has more than one credential: send one only',
  api_key_missing:
    'The request has no API key in X-API-Key or behind Bearer in the Authorization header',
  api_key_unknown: 'The API key is not one of this PropelAuth project, or it has expired',
  api_key_kind: 'The API key is of another kind than the route takes',
  api_key_rate_limited: 'The API key is used more often than its limit allows',
  impersonation_denied: 'The route is not for an employee who impersonates the user',
  step_up_required: 'The user has to pass another MFA challenge for this action',
  rules_contradict:
    'The access rules of the route contradict each other, so that nobody may call it',
  message_bare:
    'The message is a bare text or number, and the handler has a tokenSource or org source of its own: send an object',
  webhook_invalid: 'The request is not an event that PropelAuth has just signed',
  propelauth_unavailable: 'PropelAuth could not be asked whether the request may be let in',
  keys_unavailable: 'The verification key could not be fetched from PropelAuth yet',
};

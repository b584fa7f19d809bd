import type { TokenRefusalReason } from '../token/token-refusal.js';

/**
 * Why a verified caller may not do something in an organization: one of {@link RefusalReason}.
 *
 * @publicApi
 */
export type OrgRefusalReason =
  'org_missing' | 'org_mismatch' | 'not_a_member' | 'role_missing' | 'permission_missing';

/**
 * Why a request was refused. The same codes stand in the body under `debugMode` and in `reason` of the exceptions.
 *
 * @publicApi
 */
export type RefusalReason = TokenRefusalReason | OrgRefusalReason | 'keys_unavailable';

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
  keys_unavailable: 'The verification key could not be fetched from PropelAuth yet',
};

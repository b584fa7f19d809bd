import type { RejectionReason } from './rejection-table.js';

/**
 * What a client should do about a rejected call. Unlike {@link RejectionReason}, a code tells a caller without access nothing about the
 * organization, the keys or the rules of the application, so bodies have it in production. The body of the response has it in `code`; where
 * `code` has another meaning (GraphQL, messages, MCP), it is in `errorCode`. The exceptions have it in `code` and, since Nest 12, in
 * `errorCode`.
 *
 * - `token_missing`: sign in, and send the access token.
 * - `token_expired`: refresh the access token, and send the call again. Only tokens with a valid signature get this code.
 * - `token_invalid`: sign in again. MCP clients also get it for expired tokens, and refresh them first.
 * - `api_key_missing`: send an API key.
 * - `api_key_invalid`: replace the API key. It is unknown, revoked or expired, or of a kind that the route does not accept.
 * - `credential_missing`: sign in, or send another credential that the route accepts, such as an API key. There is none, or of another kind.
 * - `credential_invalid`: send one valid credential. There is more than one, or it is not valid.
 * - `org_access_denied`: choose another organization, or ask its administrator for access. It does not exist, the caller is not a member of
 *   it, lacks a role or permission, or the call names no organization.
 * - `account_required`: register with the application. PropelAuth knows the caller, and the application has no record of them.
 * - `scope_missing`: ask the user to grant the MCP client the scopes in `WWW-Authenticate`.
 * - `impersonation_denied`: end the impersonation of the user.
 * - `step_up_required`: ask for an MFA code, and send the call again with the grant. Bodies have this code even if `errorCodes` is `false`.
 * - `access_denied`: do not send the call again. No action of the user helps.
 * - `rate_limited`: send the call again after `Retry-After`.
 * - `unavailable`: the same. The call could not be checked.
 *
 * @publicApi
 */
export type ErrorCode =
  | 'token_missing'
  | 'token_expired'
  | 'token_invalid'
  | 'api_key_missing'
  | 'api_key_invalid'
  | 'credential_missing'
  | 'credential_invalid'
  | 'org_access_denied'
  | 'account_required'
  | 'scope_missing'
  | 'impersonation_denied'
  | 'step_up_required'
  | 'access_denied'
  | 'rate_limited'
  | 'unavailable';

/** The code of each reason. Reasons that an attacker could tell apart to learn about others' accounts, keys or organizations share one. */
export const ERROR_CODES: Record<RejectionReason, ErrorCode> = {
  token_missing: 'token_missing',
  mcp_token_missing: 'token_missing',
  token_expired: 'token_expired',
  token_malformed: 'token_invalid',
  token_not_yet_valid: 'token_invalid',
  token_revoked: 'token_invalid',
  signature_invalid: 'token_invalid',
  algorithm_not_allowed: 'token_invalid',
  issuer_mismatch: 'token_invalid',
  claims_invalid: 'token_invalid',
  user_invalid: 'token_invalid',
  mcp_token_invalid: 'token_invalid',
  mcp_audience_mismatch: 'token_invalid',
  api_key_missing: 'api_key_missing',
  api_key_unknown: 'api_key_invalid',
  api_key_kind: 'api_key_invalid',
  credential_missing: 'credential_missing',
  kind_not_accepted: 'credential_missing',
  credential_invalid: 'credential_invalid',
  credentials_ambiguous: 'credential_invalid',
  org_missing: 'org_access_denied',
  org_mismatch: 'org_access_denied',
  not_a_member: 'org_access_denied',
  role_missing: 'org_access_denied',
  permission_missing: 'org_access_denied',
  account_missing: 'account_required',
  metadata_mismatch: 'access_denied',
  scope_missing: 'scope_missing',
  impersonation_denied: 'impersonation_denied',
  step_up_required: 'step_up_required',
  origin_not_allowed: 'access_denied',
  rules_contradict: 'access_denied',
  message_not_object: 'access_denied',
  api_key_rate_limited: 'rate_limited',
  credential_unavailable: 'unavailable',
  propelauth_unavailable: 'unavailable',
  keys_unavailable: 'unavailable',
  signature_unverified: 'unavailable',
};

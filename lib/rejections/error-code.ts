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

import type { Context } from 'hono';
import { redirectTo } from '../pages/page-response.js';

/** The error codes of OAuth 2.0 (RFC 6749, sections 4.1.2.1 and 5.2), of client registration and of resource indicators. */
export type OAuthErrorCode =
  | 'access_denied'
  | 'invalid_client'
  | 'invalid_client_metadata'
  | 'invalid_grant'
  | 'invalid_redirect_uri'
  | 'invalid_request'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type';

/** Why a request of a client is rejected. Its message has nothing that was sent. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';

  constructor(
    readonly code: OAuthErrorCode,
    description: string,
    readonly status: 400 | 401 = 400,
  ) {
    super(description);
  }
}

/**
 * Sends the browser back to its client with an error (RFC 6749, section 4.1.2.1).
 *
 * @param parameters what else the client gets
 * @throws the error if it is another one
 */
export function redirectWithError(
  context: Context,
  error: unknown,
  redirectUri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): Response {
  if (!(error instanceof OAuthError)) throw error;
  const { code, message } = error;
  return redirectTo(context, redirectUri, {
    error: code,
    error_description: message,
    ...parameters,
  });
}

/** Sends what a client that is no browser gets. */
export function sendOAuthError(error: Error, context: Context): Response {
  if (!(error instanceof OAuthError)) throw error;
  if (error.status === 401) context.header('WWW-Authenticate', 'Basic realm="client"');
  return context.json({ error: error.code, error_description: error.message }, error.status);
}

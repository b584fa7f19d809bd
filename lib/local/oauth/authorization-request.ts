import type { OAuthClient } from './oauth-client.js';
import type { RequestParameters } from '../request-parameters.js';

/** The parts of an authorization request that the code is bound to. */
export interface AuthorizationRequest {
  readonly codeChallenge: string;
  /** The organization that the access token is scoped to. */
  readonly orgId?: string;
}

/** The client is unknown, so the browser is not redirected. */
export class UnknownClientError extends Error {
  override readonly name = 'UnknownClientError';
}

/** The error that the client gets at its redirect URI (RFC 6749, section 4.1.2.1). */
export class AuthorizationError extends Error {
  override readonly name = 'AuthorizationError';

  constructor(
    readonly code: 'access_denied' | 'invalid_request' | 'unsupported_response_type',
    description: string,
  ) {
    super(description);
  }
}

/** SHA-256 in base64url. */
const S256_CHALLENGE = /^[\w-]{43}$/;

/**
 * Reads an authorization request (RFC 6749, section 4.1.1, and RFC 7636, section 4.3).
 *
 * It ignores `prompt`: every request shows the sign-in page, so that you can choose another user than the one of the front end.
 *
 * @throws {UnknownClientError} for another client or redirect URI
 * @throws {AuthorizationError} if the request is otherwise invalid
 */
export function readAuthorizationRequest(
  parameters: RequestParameters,
  client: OAuthClient,
): AuthorizationRequest {
  assertFromClient(parameters, client);
  assertNoRepeatedParameter(parameters);
  assertResponseTypeIsCode(parameters);
  return { codeChallenge: readCodeChallenge(parameters), orgId: parameters.get('org_id') };
}

function assertFromClient(
  parameters: RequestParameters,
  { id, redirectUri, page }: OAuthClient,
): void {
  if (parameters.get('client_id') !== id) {
    throw new UnknownClientError(`The only client_id is ${id}.`);
  }
  if (parameters.get('redirect_uri') !== redirectUri) {
    throw new UnknownClientError(
      `The only redirect_uri is ${redirectUri}. It has to match exactly: start again at ${page}`,
    );
  }
}

function assertNoRepeatedParameter({ hasRepeated }: RequestParameters): void {
  if (!hasRepeated) return;
  throw new AuthorizationError('invalid_request', 'A parameter is repeated.');
}

function assertResponseTypeIsCode(parameters: RequestParameters): void {
  const responseType = parameters.get('response_type');
  if (responseType === 'code') return;
  throw responseType === undefined
    ? new AuthorizationError('invalid_request', 'response_type is missing: it must be code.')
    : new AuthorizationError('unsupported_response_type', 'response_type must be code.');
}

function readCodeChallenge(parameters: RequestParameters): string {
  const challenge = parameters.get('code_challenge');
  if (challenge === undefined) {
    throw new AuthorizationError('invalid_request', 'code_challenge is missing.');
  }
  // The default is "plain", which reveals the verifier to anyone who sees this request.
  if (parameters.get('code_challenge_method') !== 'S256') {
    throw new AuthorizationError('invalid_request', 'code_challenge_method must be S256.');
  }
  if (S256_CHALLENGE.test(challenge)) return challenge;
  throw new AuthorizationError(
    'invalid_request',
    'code_challenge is not a SHA-256 hash in base64url.',
  );
}

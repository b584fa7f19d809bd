import type { OAuthClient } from './oauth-client.js';
import type { OAuthParameters } from './oauth-parameters.js';

/** What of a request for authorization goes into the code. */
export interface AuthorizationRequest {
  readonly codeChallenge: string;
  /** The organization that the access token shall be scoped to. */
  readonly orgId?: string;
}

/** Where the browser comes from is not known, so it may be sent nowhere. */
export class UnknownClientError extends Error {
  override readonly name = 'UnknownClientError';
}

/** What the client is told at its redirect URI (RFC 6749, section 4.1.2.1). */
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
 * Reads a request for authorization (RFC 6749, section 4.1.1, and RFC 7636, section 4.3).
 *
 * `prompt` is not looked at: nobody stays signed in here, so every request asks who it is.
 *
 * @throws {UnknownClientError} when it is not from the client, or wants the code sent elsewhere
 * @throws {AuthorizationError} when anything else is wrong with it
 */
export function readAuthorizationRequest(
  parameters: OAuthParameters,
  client: OAuthClient,
): AuthorizationRequest {
  assertFromClient(parameters, client);
  assertNothingRepeated(parameters);
  assertAsksForCode(parameters);
  return { codeChallenge: readCodeChallenge(parameters), orgId: parameters.get('org_id') };
}

function assertFromClient(parameters: OAuthParameters, { id, redirectUri }: OAuthClient): void {
  if (parameters.get('client_id') !== id) {
    throw new UnknownClientError(`The only client_id is ${id}.`);
  }
  if (parameters.get('redirect_uri') !== redirectUri) {
    throw new UnknownClientError(
      `The only redirect_uri is ${redirectUri}, letter for letter: ` +
        `start again at ${new URL('.', redirectUri).href}`,
    );
  }
}

function assertNothingRepeated({ areRepeated }: OAuthParameters): void {
  if (!areRepeated) return;
  throw new AuthorizationError('invalid_request', 'A parameter is there more than once.');
}

function assertAsksForCode(parameters: OAuthParameters): void {
  const responseType = parameters.get('response_type');
  if (responseType === 'code') return;
  throw responseType === undefined
    ? new AuthorizationError('invalid_request', 'response_type is missing: it must be code.')
    : new AuthorizationError('unsupported_response_type', 'response_type must be code.');
}

function readCodeChallenge(parameters: OAuthParameters): string {
  const challenge = parameters.get('code_challenge');
  if (challenge === undefined) {
    throw new AuthorizationError('invalid_request', 'code_challenge is missing.');
  }
  // Left out it would mean "plain", which shows the verifier to whoever sees this request.
  if (parameters.get('code_challenge_method') !== 'S256') {
    throw new AuthorizationError('invalid_request', 'code_challenge_method must be S256.');
  }
  if (S256_CHALLENGE.test(challenge)) return challenge;
  throw new AuthorizationError('invalid_request', 'code_challenge is no SHA-256 in base64url.');
}

import type { Redemption } from './authorization-codes.js';
import type { OAuthClient } from './oauth-client.js';
import { RequestParameters } from '../request-parameters.js';
import { TokenError } from './token-error.js';

const FORM = 'application/x-www-form-urlencoded';

/** RFC 7636, section 4.1. */
const CODE_VERIFIER = /^[\w.~-]{43,128}$/;

/**
 * Reads an access token request (RFC 6749, section 4.1.3, and RFC 7636, section 4.5).
 *
 * @throws {TokenError} if the request is invalid
 */
export function readTokenRequest(
  contentType: string | undefined,
  body: unknown,
  client: OAuthClient,
): Redemption {
  assertForm(contentType);
  const parameters = new RequestParameters(body);
  assertNoRepeatedParameter(parameters);
  assertGrantTypeIsCode(parameters);
  assertFromClient(parameters, client);
  return {
    code: read(parameters, 'code'),
    clientId: client.id,
    redirectUri: read(parameters, 'redirect_uri'),
    codeVerifier: readCodeVerifier(parameters),
  };
}

function assertForm(contentType: string | undefined): void {
  const [mediaType = ''] = contentType?.split(';') ?? [];
  if (mediaType.trim().toLowerCase() === FORM) return;
  throw new TokenError('invalid_request', `The Content-Type must be ${FORM}.`);
}

function assertNoRepeatedParameter({ hasRepeated }: RequestParameters): void {
  if (!hasRepeated) return;
  throw new TokenError('invalid_request', 'A parameter is repeated.');
}

function assertGrantTypeIsCode(parameters: RequestParameters): void {
  if (read(parameters, 'grant_type') === 'authorization_code') return;
  throw new TokenError('unsupported_grant_type', 'grant_type must be authorization_code.');
}

function assertFromClient(parameters: RequestParameters, { id }: OAuthClient): void {
  if (read(parameters, 'client_id') !== id) {
    throw new TokenError('invalid_client', `The only client_id is ${id}.`);
  }
  if (parameters.get('client_secret') !== undefined) {
    throw new TokenError('invalid_client', `${id} has no client_secret.`);
  }
}

function readCodeVerifier(parameters: RequestParameters): string {
  const verifier = read(parameters, 'code_verifier');
  if (CODE_VERIFIER.test(verifier)) return verifier;
  throw new TokenError('invalid_request', 'code_verifier is malformed.');
}

function read(parameters: RequestParameters, name: string): string {
  const value = parameters.get(name);
  if (value !== undefined) return value;
  throw new TokenError('invalid_request', `${name} is missing.`);
}

import type { Origins } from '../../access/origins.js';
import { readCodeChallenge } from '../proof-key.js';
import { readRedirectUri } from '../redirect-uri.js';
import type { RequestParameters } from '../request-parameters.js';

export const MAXIMUM_CLIENT_ID_LENGTH = 200;

/** Who sends an authorization request, and where the browser goes on. */
export interface Requester {
  readonly clientId: string;
  readonly redirectUri: string;
}

/** Why an authorization request is rejected without a redirect. */
export interface Rejection {
  readonly reason: string;
}

/**
 * Reads who sends an authorization request. The emulator has no list of clients, so every name is one: what counts is where the browser is
 * sent.
 */
export function readRequester(
  parameters: RequestParameters,
  origins: Origins,
): Requester | Rejection {
  const clientId = parameters.get('client_id');
  if (clientId === undefined || clientId.length > MAXIMUM_CLIENT_ID_LENGTH) {
    return { reason: 'client_id is missing, repeated or too long.' };
  }
  const redirectUri = readRedirectUri(parameters, origins);
  return typeof redirectUri === 'string' ? { clientId, redirectUri } : redirectUri;
}

/** What a code is bound to, besides its client. */
export interface AuthorizationRequest {
  readonly codeChallenge: string;
  /** The organization that the access token is scoped to. */
  readonly orgId?: string;
}

/**
 * Reads the rest of an authorization request (RFC 6749, section 4.1.1, and RFC 7636, section 4.3).
 *
 * It ignores `prompt`: every request shows the sign-in page, so that you can choose another user than the one of the front end.
 *
 * @throws {OAuthError} the error that the client gets at its redirect URI
 */
export function readAuthorizationRequest(parameters: RequestParameters): AuthorizationRequest {
  parameters.assertNoneRepeated();
  return { codeChallenge: readCodeChallenge(parameters), orgId: parameters.get('org_id') };
}

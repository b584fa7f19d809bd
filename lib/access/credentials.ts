import {
  readAuthorizationHeader,
  readBearerToken,
  type RequestHeaders,
} from '../token/bearer-token.js';
import { TokenRefusal } from '../token/token-refusal.js';
import { CredentialRefusal } from './credential-refusal.js';

/** The one thing that a request shows to say who is calling. */
export type Credential =
  | { readonly kind: 'access-token'; readonly token: string }
  | { readonly kind: 'api-key'; readonly apiKey: string };

const API_KEY_HEADER = 'x-api-key';

/**
 * The credential of a request to a route that takes API keys: in `Authorization: Bearer` an access token, if it has three parts
 * separated by dots, else an API key; in `X-API-Key` an API key.
 *
 * @returns the credential; `undefined` when there is none
 * @throws {CredentialRefusal} `credentials_ambiguous` when there is more than one
 * @throws {TokenRefusal} `token_malformed` for an Authorization header that is not exactly one `Bearer <credential>`
 */
export function readCredential(request: RequestHeaders): Credential | undefined {
  const bearer = readBearer(request);
  const apiKey = readApiKeyHeader(request);
  if (bearer !== undefined && apiKey !== undefined) {
    throw new CredentialRefusal('credentials_ambiguous');
  }
  if (apiKey !== undefined) return { kind: 'api-key', apiKey };
  if (bearer === undefined) return undefined;
  return hasThreeParts(bearer)
    ? { kind: 'access-token', token: bearer }
    : { kind: 'api-key', apiKey: bearer };
}

/** What stands behind `Bearer`. Another scheme is the business of others. */
function readBearer(request: RequestHeaders): string | undefined {
  try {
    return readBearerToken(readAuthorizationHeader(request));
  } catch (error) {
    if (error instanceof TokenRefusal && error.reason === 'token_missing') return undefined;
    throw error;
  }
}

function readApiKeyHeader(request: RequestHeaders): string | undefined {
  if (countHeaders(request, API_KEY_HEADER) > 1) {
    throw new CredentialRefusal('credentials_ambiguous');
  }
  return request.headers[API_KEY_HEADER] as string | undefined;
}

/** Node.js joins what it gets of an unknown header several times; only the raw headers still tell. */
function countHeaders(request: RequestHeaders, name: string): number {
  const rawHeaders = request.rawHeaders ?? request.raw?.rawHeaders ?? [];
  return rawHeaders.filter((header, index) => index % 2 === 0 && header.toLowerCase() === name)
    .length;
}

function hasThreeParts(text: string): boolean {
  return text.split('.').length === 3;
}

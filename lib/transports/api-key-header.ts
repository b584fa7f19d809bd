import { readAuthorizationHeader } from './http/http-call.js';
import type { RequestHeaders } from './request-headers.js';
import { tokenInAuthorization } from './one-token.js';
import { Rejection } from '../rejections/rejection.js';

const API_KEY_HEADER = 'x-api-key';

/**
 * The API key of a request: in `X-API-Key`, or in `Authorization: Bearer` if the text there is not an access token, which has three parts
 * separated by dots.
 *
 * @returns the key; `undefined` when there is none
 * @throws {Rejection} `credentials_ambiguous` when there is more than one credential
 * @throws {Rejection} `token_malformed` for an Authorization header that is not exactly one `Bearer <credential>`
 */
export function readApiKey(request: RequestHeaders): string | undefined {
  const bearer = tokenInAuthorization(readAuthorizationHeader(request));
  const apiKey = readApiKeyHeader(request);
  if (bearer !== undefined && apiKey !== undefined) {
    throw new Rejection('credentials_ambiguous');
  }
  return apiKey ?? (bearer !== undefined && !hasThreeParts(bearer) ? bearer : undefined);
}

function readApiKeyHeader(request: RequestHeaders): string | undefined {
  if (countHeaders(request, API_KEY_HEADER) > 1) {
    throw new Rejection('credentials_ambiguous');
  }
  return request.headers[API_KEY_HEADER] as string | undefined;
}

/** Node.js joins what it gets of an unknown header several times; only the raw headers still tell. */
function countHeaders(request: RequestHeaders, name: string): number {
  const rawHeaders = request.rawHeaders ?? request.raw?.rawHeaders ?? [];
  return rawHeaders.filter((header, index) => index % 2 === 0 && header.toLowerCase() === name)
    .length;
}

/** Whether a text is taken for an access token, and never for an API key. */
export function hasThreeParts(text: string): boolean {
  return text.split('.').length === 3;
}

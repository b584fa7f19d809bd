import { OAuthError } from './oauth-error.js';
import type { RequestParameters } from './request-parameters.js';

/** How a client says who it is at the token endpoint (RFC 6749, section 2.3.1). */
export interface ClientCredentials {
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'none';
  readonly clientId: string;
  /** Only with a method that has one. */
  readonly clientSecret?: string;
}

/** @throws {OAuthError} without an id, with two methods at once, and for a header that cannot be read */
export function readClientCredentials(
  authorization: string | undefined,
  parameters: RequestParameters,
): ClientCredentials {
  const idInBody = parameters.get('client_id');
  const secretInBody = parameters.get('client_secret');
  if (authorization === undefined) {
    const clientId = parameters.require('client_id');
    return secretInBody === undefined
      ? { method: 'none', clientId }
      : { method: 'client_secret_post', clientId, clientSecret: secretInBody };
  }
  const inHeader = readBasic(authorization);
  if (secretInBody !== undefined || (idInBody ?? inHeader.clientId) !== inHeader.clientId) {
    throw new OAuthError('invalid_request', 'The client authenticates in more than one way.');
  }
  return { method: 'client_secret_basic', ...inHeader };
}

/** @throws {OAuthError} for a header that cannot be read */
export function readBasic(authorization: string): { clientId: string; clientSecret: string } {
  const [, encoded = ''] = /^Basic ([\w+/=-]+)$/i.exec(authorization) ?? [];
  const [, id = '', secret = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  try {
    const [clientId, clientSecret] = [decode(id), decode(secret)];
    if (clientId !== '') return { clientId, clientSecret };
  } catch {
    // An escape that is none.
  }
  throw new OAuthError(
    'invalid_client',
    'The Authorization header is not "Basic" and the credentials of a client.',
    401,
  );
}

/** Both are encoded as in a form, before they are encoded in base64. */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

import { randomUUID } from 'node:crypto';
import { isLoopbackHostname } from '../../access/origins.js';
import { omitUndefined } from '../../issuer/access-token-claims.js';
import { isJsonObject, type JsonObject } from '../../json-object.js';
import { OAuthError } from '../oauth-error.js';
import { newToken } from '../store/grants.js';
import type { ClientAuthMethod, McpClient } from './mcp-clients.js';
import { CLIENT_AUTH_METHODS, GRANT_TYPES } from './metadata.js';

export const MAXIMUM_REDIRECT_URIS = 10;
export const MAXIMUM_REDIRECT_URI_LENGTH = 1_000;
export const MAXIMUM_NAME_LENGTH = 100;

/** Schemes whose URLs a browser runs, shows or reads itself, instead of an application. */
const SCHEMES_OF_BROWSERS = /^(about|blob|data|file|filesystem|javascript|vbscript|view-source):$/;

/** Printable, and without what has a meaning in HTML or in a content security policy. */
const PLAIN_URI = /^[\w.~:/?[\]@!$&()*+,=%-]+$/;

/**
 * Reads a registration request (RFC 7591, section 2). Everything that is not read here is ignored, and nothing is fetched.
 *
 * The scope is ignored: a client may ask for other scopes than those that it had in mind when it registered, as a step-up does.
 *
 * @throws {OAuthError} if the metadata is not accepted
 */
export function readRegistration(body: unknown): McpClient {
  if (!isJsonObject(body)) throw invalidMetadata('The body is not a JSON object.');
  const redirectUris = readRedirectUris(body['redirect_uris']);
  const authMethod = readAuthMethod(body['token_endpoint_auth_method'] ?? 'client_secret_basic');
  readNames(body, 'response_types', ['code'], 'code');
  return {
    clientId: randomUUID(),
    issuedAt: Math.floor(Date.now() / 1000),
    clientSecret: authMethod === 'none' ? undefined : newToken(),
    clientName: readClientName(body['client_name'] ?? undefined),
    redirectUris,
    grantTypes: readNames(body, 'grant_types', GRANT_TYPES, 'authorization_code'),
    authMethod,
  };
}

/** The response to a registration (RFC 7591, section 3.2.1). */
export function registeredMetadata(client: McpClient): object {
  const { clientSecret } = client;
  return omitUndefined({
    client_id: client.clientId,
    client_id_issued_at: client.issuedAt,
    client_secret: clientSecret,
    // Never.
    client_secret_expires_at: clientSecret === undefined ? undefined : 0,
    client_name: client.clientName,
    redirect_uris: client.redirectUris,
    grant_types: client.grantTypes,
    response_types: ['code'],
    token_endpoint_auth_method: client.authMethod,
  });
}

function readClientName(name: unknown): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name === 'string' && name !== '' && name.length <= MAXIMUM_NAME_LENGTH) return name;
  throw invalidMetadata(`client_name is not a string of 1 to ${MAXIMUM_NAME_LENGTH} characters.`);
}

function readAuthMethod(name: unknown): ClientAuthMethod {
  const method = CLIENT_AUTH_METHODS.find((each) => each === name);
  if (method !== undefined) return method;
  throw invalidMetadata(
    `token_endpoint_auth_method is not one of ${CLIENT_AUTH_METHODS.join(', ')}.`,
  );
}

/** A list of known names with the one that every client needs, which is also the default. */
function readNames(
  body: JsonObject,
  field: string,
  known: readonly string[],
  needed: string,
): readonly string[] {
  const names = body[field] ?? [needed];
  if (Array.isArray(names) && names.includes(needed)) {
    const read = known.filter((name) => names.includes(name));
    if (names.every((name) => known.includes(name as string))) return read;
  }
  throw invalidMetadata(
    `${field} is not a list with ${needed}. The known values are ${known.join(', ')}.`,
  );
}

function readRedirectUris(uris: unknown): string[] {
  if (Array.isArray(uris) && uris.length > 0 && uris.length <= MAXIMUM_REDIRECT_URIS) {
    return uris.map(readRedirectUri);
  }
  throw invalidRedirectUri(`redirect_uris is not a list of 1 to ${MAXIMUM_REDIRECT_URIS} URIs.`);
}

function readRedirectUri(uri: unknown): string {
  if (typeof uri !== 'string' || uri.length > MAXIMUM_REDIRECT_URI_LENGTH || !PLAIN_URI.test(uri)) {
    throw invalidRedirectUri(
      `A redirect URI is not a URI of at most ${MAXIMUM_REDIRECT_URI_LENGTH} characters, without a fragment.`,
    );
  }
  if (URL.canParse(uri) && isRedirectTarget(new URL(uri))) return uri;
  throw invalidRedirectUri(
    'A redirect URI has to be an https URL, an http URL of localhost, 127.0.0.1 or [::1], or to have the scheme of an application.',
  );
}

function isRedirectTarget({ protocol, hostname, username, password }: URL): boolean {
  if (username !== '' || password !== '') return false;
  if (protocol === 'http:') return isLoopbackHostname(hostname);
  return protocol === 'https:' || !SCHEMES_OF_BROWSERS.test(protocol);
}

function invalidMetadata(description: string): OAuthError {
  return new OAuthError('invalid_client_metadata', description);
}

function invalidRedirectUri(description: string): OAuthError {
  return new OAuthError('invalid_redirect_uri', description);
}

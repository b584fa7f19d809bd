import { isLoopbackHostname } from '../access/loopback.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';

export const MAXIMUM_REDIRECT_URIS = 10;
export const MAXIMUM_REDIRECT_URI_LENGTH = 1_000;
export const MAXIMUM_NAME_LENGTH = 100;

/** What is kept of the metadata of a client. Everything else is ignored (RFC 7591, section 2), and nothing is fetched. */
interface ClientMetadata {
  readonly redirect_uris: readonly string[];
  readonly application_type: 'web' | 'native';
  readonly [name: string]: unknown;
}

/** The metadata is rejected: the error code of RFC 7591, section 3.2.2. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';

  constructor(
    readonly code: 'invalid_redirect_uri' | 'invalid_client_metadata',
    description: string,
  ) {
    super(description);
  }
}

/** Schemes whose URLs a browser runs, shows or reads itself, instead of an application. */
const SCHEMES_OF_BROWSERS = /^(about|blob|data|file|filesystem|javascript|vbscript|view-source):$/;

/** Printable, and without what has a meaning in HTML or in a content security policy. */
const PLAIN_URI = /^[\w.~:/?[\]@!$&()*+,=%-]+$/;

/**
 * Reads a registration request, and leaves out what this server does not use.
 *
 * The scope is ignored: a client may ask for other scopes than those that it had in mind when it registered, as a step-up does.
 *
 * @throws {RegistrationError} if the metadata is not accepted
 */
export function readRegistration(body: unknown): ClientMetadata {
  if (!isJsonObject(body)) {
    throw new RegistrationError('invalid_client_metadata', 'The body is not a JSON object.');
  }
  const redirectUris = readRedirectUris(body['redirect_uris']);
  const { client_name, token_endpoint_auth_method } = body;
  return {
    redirect_uris: redirectUris,
    client_name: readName(client_name, 'client_name'),
    token_endpoint_auth_method: readName(token_endpoint_auth_method, 'token_endpoint_auth_method'),
    grant_types: readNames(body, 'grant_types'),
    response_types: readNames(body, 'response_types'),
    // For oidc-provider, which has rules of its own for each.
    application_type: redirectUris.every(isOfWeb) ? 'web' : 'native',
  };
}

/** What a client is told that it has registered. `oidc-provider` adds properties of OpenID Connect. */
const METADATA_OF_OAUTH = [
  'client_id',
  'client_id_issued_at',
  'client_secret',
  'client_secret_expires_at',
  'client_name',
  'redirect_uris',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
];

/** The response to a registration (RFC 7591, section 3.2.1). */
export function registeredMetadata(client: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    METADATA_OF_OAUTH.filter((name) => name in client).map((name) => [name, client[name]]),
  );
}

function readName(name: unknown, field: string): string | undefined {
  if (name === undefined || name === null) return undefined;
  if (typeof name === 'string' && name.length <= MAXIMUM_NAME_LENGTH) return name;
  throw new RegistrationError(
    'invalid_client_metadata',
    `${field} is not a string of at most ${MAXIMUM_NAME_LENGTH} characters.`,
  );
}

/** Of any length, since the body has one; of texts, since others can be nested too deeply to be written again. */
function readNames(body: JsonObject, field: string): string[] | undefined {
  const names = body[field] ?? undefined;
  if (names === undefined) return undefined;
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw new RegistrationError('invalid_client_metadata', `${field} is not a list of strings.`);
}

function readRedirectUris(uris: unknown): string[] {
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > MAXIMUM_REDIRECT_URIS) {
    throw new RegistrationError(
      'invalid_redirect_uri',
      `redirect_uris is not a list of 1 to ${MAXIMUM_REDIRECT_URIS} URIs.`,
    );
  }
  return uris.map(readRedirectUri);
}

function readRedirectUri(uri: unknown): string {
  if (typeof uri !== 'string' || uri.length > MAXIMUM_REDIRECT_URI_LENGTH || !PLAIN_URI.test(uri)) {
    throw new RegistrationError(
      'invalid_redirect_uri',
      `A redirect URI is not a URI of at most ${MAXIMUM_REDIRECT_URI_LENGTH} characters, without a fragment.`,
    );
  }
  if (URL.canParse(uri) && isRedirectTarget(new URL(uri))) return uri;
  throw new RegistrationError(
    'invalid_redirect_uri',
    'A redirect URI has to be an https URL, an http URL of localhost, 127.0.0.1 or [::1], or to have the scheme of an application.',
  );
}

function isRedirectTarget({ protocol, hostname, username, password }: URL): boolean {
  if (username !== '' || password !== '') return false;
  if (protocol === 'http:') return isLoopbackHostname(hostname);
  return protocol === 'https:' || !SCHEMES_OF_BROWSERS.test(protocol);
}

function isOfWeb(uri: string): boolean {
  return /^https?:/i.test(uri);
}

import { isLoopbackHostname } from '../../access/origins.js';
import { OAuthError } from '../oauth-error.js';

const MAXIMUM_SCOPES = 50;
const MAXIMUM_SCOPE_LENGTH = 100;
const MAXIMUM_RESOURCE_LENGTH = 1_000;

/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/**
 * Reads what a token is to be for (RFC 8707, section 2). Every MCP server may be, since the emulator is the same for all.
 *
 * @throws {OAuthError} `invalid_target` unless it is an `https` URL, or an `http` URL of this machine, without a fragment
 */
export function readResource(resource: string | undefined): string {
  if (resource === undefined) throw invalidTarget('resource is missing.');
  const isUsable =
    resource.length <= MAXIMUM_RESOURCE_LENGTH &&
    !resource.includes('#') &&
    URL.canParse(resource) &&
    isResource(new URL(resource));
  if (isUsable) return resource;
  throw invalidTarget(
    `resource is not an https URL, or an http URL of this machine, of at most ${MAXIMUM_RESOURCE_LENGTH} characters, without a fragment.`,
  );
}

/**
 * Checks the resource of a token request, which may be left out.
 *
 * @throws {OAuthError} `invalid_target` unless it is the one that the user has authorized the client for
 */
export function assertSameResource(
  resource: string | undefined,
  granted: string | undefined,
): void {
  if (resource === undefined) return;
  if (granted !== undefined && withoutSlash(resource) === withoutSlash(granted)) return;
  throw invalidTarget('resource is not the one that the user authorized.');
}

/**
 * Reads the scopes of a request.
 *
 * @throws {OAuthError} `invalid_scope` if there are too many, or one is too long or no scope
 */
export function readScopes(scope: string | undefined): string[] {
  if (scope === undefined) return [];
  const scopes = [...new Set(scope.split(' '))];
  const isValid =
    scopes.length <= MAXIMUM_SCOPES &&
    scopes.every((each) => each.length <= MAXIMUM_SCOPE_LENGTH && SCOPE.test(each));
  if (isValid) return scopes;
  throw new OAuthError(
    'invalid_scope',
    `scope is not a list of at most ${MAXIMUM_SCOPES} scopes of at most ${MAXIMUM_SCOPE_LENGTH} characters, with one space between them.`,
  );
}

/**
 * The scopes of a token.
 *
 * @param scope those that the client asks for; all that the user granted if it asks for none
 * @throws {OAuthError} `invalid_scope` if it asks for one that the user did not grant
 */
export function narrowedScopes(
  scope: string | undefined,
  granted: readonly string[],
): readonly string[] {
  if (scope === undefined) return granted;
  const scopes = readScopes(scope);
  if (scopes.every((each) => granted.includes(each))) return scopes;
  throw new OAuthError('invalid_scope', 'The user did not grant one of the scopes.');
}

function isResource({ protocol, hostname, username, password }: URL): boolean {
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHostname(hostname));
}

function withoutSlash(resource: string): string {
  return resource.replace(/\/$/, '');
}

function invalidTarget(description: string): OAuthError {
  return new OAuthError('invalid_target', description);
}

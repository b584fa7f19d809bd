import { HTTPException } from 'hono/http-exception';
import { OAuthError } from '../oauth-error.js';
import { readCodeChallenge } from '../proof-key.js';
import type { RequestParameters } from '../request-parameters.js';
import type { McpClient } from './mcp-clients.js';
import { readResource, readScopes } from './resource-and-scopes.js';

const MAXIMUM_STATE_LENGTH = 4_000;

/** The parameters of PropelAuth's authorization endpoint. All others are ignored (RFC 6749, section 3.1). */
const PARAMETERS = [
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'redirect_uri',
  'resource',
  'response_type',
  'scope',
  'state',
];

/** The request of a client that waits for a user. */
export interface McpAuthorizationRequest {
  readonly clientId: string;
  readonly clientName: string | undefined;
  readonly redirectUri: string;
  readonly state: string;
  readonly codeChallenge: string;
  readonly resource: string;
  readonly scopes: readonly string[];
}

/** Where errors of an authorization request are sent. */
export interface Requester {
  readonly client: McpClient;
  readonly redirectUri: string;
}

/**
 * Reads who sends an authorization request.
 *
 * @throws {HTTPException} for an unknown client, and for a redirect URI that it has not registered: the browser must not be sent there
 */
export function readRequester(
  parameters: RequestParameters,
  findClient: (id: string) => McpClient | undefined,
): Requester {
  const client = findClient(parameters.get('client_id') ?? '');
  // PropelAuth compares the port, too.
  const redirectUri = client?.redirectUris.find((uri) => uri === parameters.get('redirect_uri'));
  if (client !== undefined && redirectUri !== undefined) return { client, redirectUri };
  throw new HTTPException(400, { message: UNKNOWN });
}

/**
 * Reads the rest of an authorization request (RFC 6749, section 4.1.1), with what PropelAuth demands beyond OAuth 2.1.
 *
 * @throws {OAuthError} the error that the client gets at its redirect URI
 */
export function readAuthorizationRequest(
  parameters: RequestParameters,
  { client: { clientId, clientName }, redirectUri }: Requester,
): McpAuthorizationRequest {
  parameters.assertNoneRepeated(PARAMETERS);
  const codeChallenge = readCodeChallenge(parameters);
  const state = parameters.require('state');
  if (state.length > MAXIMUM_STATE_LENGTH) {
    throw new OAuthError(
      'invalid_request',
      `state has more than ${MAXIMUM_STATE_LENGTH} characters.`,
    );
  }
  const resource = readResource(parameters.get('resource'));
  const scopes = readScopes(parameters.get('scope'));
  return { clientId, clientName, redirectUri, state, codeChallenge, resource, scopes };
}

const UNKNOWN =
  'The client_id is unknown, or the client has not registered the redirect_uri. An emulator that started from its seed has forgotten its clients: ' +
  'remove the connection in the MCP client, and add it again.';

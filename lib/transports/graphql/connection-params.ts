import { isObject } from '../../values/is-object.js';
import { Rejection } from '../../rejections/rejection.js';
import { tokenInAuthorization } from '../one-token.js';

const MAXIMUM_PARAMETERS = 50;
const MAXIMUM_AUTHORIZATION_LENGTH = 16_384 + 'Bearer '.length;

const TOO_MANY = `The connection has more than ${MAXIMUM_PARAMETERS} connection parameters`;
const IN_HEADERS =
  'The connection parameter headers contains an Authorization header. Send "Bearer <access token>" in the connection ' +
  'parameter Authorization';

/** What the parameters of a connection say about the access token. */
export interface ConnectionParams {
  /** The parameter `Authorization` as the client has given it. */
  readonly authorization?: unknown;
  readonly token?: string | undefined;
  /** Why the parameters are rejected. */
  readonly rejection?: Rejection;
  /** What `debugMode` says about that, where it is not about the parameter `Authorization`. */
  readonly description?: string;
}

/** The parameters of each connection: read once, since a client may send megabytes of them and ask about every field. */
const knownParams = new WeakMap<object, ConnectionParams>();

/**
 * The token in the connection parameter `Authorization` of graphql-ws.
 *
 * @throws {Rejection} `token_malformed` for two of that name, one that is no text or longer than a token, one in the parameter `headers`
 * and more than 50 parameters
 */
export function tokenInConnectionParams(connectionParams: unknown): string | undefined {
  const { token, rejection } = connectionParamsOf(connectionParams);
  if (rejection !== undefined) throw rejection;
  return token;
}

/** What a connection was opened with; read when it is asked about first. */
export function connectionParamsOf(connectionParams: unknown): ConnectionParams {
  if (!isObject(connectionParams)) return {};
  const known =
    knownParams.get(connectionParams) ?? read(connectionParams as Record<string, unknown>);
  knownParams.set(connectionParams, known);
  return known;
}

function read(parameters: Record<string, unknown>): ConnectionParams {
  const names = Object.keys(parameters);
  // Mercurius makes them headers of the opening request, once there is a subscription: before, they are not there.
  const { headers } = parameters;
  const headerNames = isObject(headers) ? Object.keys(headers) : [];
  if (names.length + headerNames.length > MAXIMUM_PARAMETERS) return malformed(TOO_MANY);
  if (headerNames.some(isAuthorization)) return malformed(IN_HEADERS);
  const [name, ...others] = names.filter(isAuthorization);
  if (name === undefined) return {};
  const authorization = parameters[name];
  if (others.length > 0 || isTooLong(authorization)) return { ...malformed(), authorization };
  return { ...readToken(authorization), authorization };
}

function readToken(authorization: unknown): ConnectionParams {
  try {
    return { token: tokenInAuthorization(authorization) };
  } catch (error) {
    if (error instanceof Rejection) return { rejection: error };
    throw error;
  }
}

function malformed(description?: string): ConnectionParams {
  const rejection = new Rejection('token_malformed');
  return description === undefined ? { rejection } : { rejection, description };
}

/** In any case, as header names are. */
function isAuthorization(name: string): boolean {
  return name.length === 13 && name.toLowerCase() === 'authorization';
}

function isTooLong(authorization: unknown): boolean {
  return typeof authorization === 'string' && authorization.length > MAXIMUM_AUTHORIZATION_LENGTH;
}

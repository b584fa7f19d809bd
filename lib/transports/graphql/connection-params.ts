import { isObject } from '../../values/is-object.js';
import { Rejection } from '../../rejections/rejection.js';
import { readBearerToken } from '../http/http-call.js';

const MAXIMUM_PARAMETERS = 50;
const MAXIMUM_AUTHORIZATION_LENGTH = 16_384 + 'Bearer '.length;

const TOO_MANY = `The connection has more than ${MAXIMUM_PARAMETERS} connection parameters`;
const IN_HEADERS =
  'The connection parameter headers contains an Authorization header. Send "Bearer <access token>" in the connection ' +
  'parameter Authorization';

/** What the parameters of a connection say about the access token. */
interface ConnectionParams {
  /** The parameter `Authorization` as the client has given it. */
  readonly authorization?: unknown;
  readonly token?: string | undefined;
  /** Why the parameters are rejected. */
  readonly rejection?: Rejection;
  /** What `debugMode` says about the rejection, if its cause is not the parameter `Authorization`. */
  readonly description?: string;
}

/** The parameters of each connection: read once, because a client may send megabytes of them, and query many guarded fields. */
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

/** What the parameters of a connection say, read on first use. */
export function connectionParamsOf(connectionParams: unknown): ConnectionParams {
  if (!isObject(connectionParams)) return {};
  const known =
    knownParams.get(connectionParams) ?? read(connectionParams as Record<string, unknown>);
  knownParams.set(connectionParams, known);
  return known;
}

function read(parameters: Record<string, unknown>): ConnectionParams {
  const names = Object.keys(parameters);
  // Mercurius adds the parameter headers to those of the opening request, but only once there is a subscription.
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
    return { token: readBearerToken(authorization) };
  } catch (error) {
    if (error instanceof Rejection) return { rejection: error };
    throw error;
  }
}

function malformed(description?: string): ConnectionParams {
  const rejection = new Rejection('token_malformed');
  return description === undefined ? { rejection } : { rejection, description };
}

/** In upper or lower case, like header names. */
function isAuthorization(name: string): boolean {
  return name.length === 13 && name.toLowerCase() === 'authorization';
}

function isTooLong(authorization: unknown): boolean {
  return typeof authorization === 'string' && authorization.length > MAXIMUM_AUTHORIZATION_LENGTH;
}

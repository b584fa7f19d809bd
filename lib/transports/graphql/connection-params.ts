import { isObject } from '../../values/is-object.js';
import { Rejection } from '../../rejections/rejection.js';
import { readBearerToken } from '../http/http-call.js';
import { readOnce } from '../read-once.js';

const MAXIMUM_PARAMETERS = 50;
const MAXIMUM_AUTHORIZATION_LENGTH = 16_384 + 'Bearer '.length;

const TOO_MANY = `The connection has more than ${MAXIMUM_PARAMETERS} connection parameters`;
const IN_HEADERS =
  'The connection parameter headers contains an Authorization header. Send "Bearer <access token>" in the connection ' +
  'parameter Authorization';

/**
 * The token in the connection parameter `Authorization` of graphql-ws. It is read once for each connection, because a client may send
 * megabytes of parameters, and query many guarded fields.
 *
 * @throws {Rejection} `token_malformed` for two of that name, one that is no text or longer than a token, one in the parameter `headers`
 * and more than 50 parameters
 */
export function tokenInConnectionParams(connectionParams: unknown): string | undefined {
  if (!isObject(connectionParams)) return undefined;
  return readOnce(connectionParams, 'the token', undefined, () =>
    readToken(connectionParams as Record<string, unknown>),
  );
}

function readToken(parameters: Record<string, unknown>): string | undefined {
  const names = Object.keys(parameters);
  // Mercurius adds the parameter headers to those of the opening request, but only once there is a subscription.
  const { headers } = parameters;
  const headerNames = isObject(headers) ? Object.keys(headers) : [];
  if (names.length + headerNames.length > MAXIMUM_PARAMETERS) throw malformed(TOO_MANY);
  if (headerNames.some(isAuthorization)) throw malformed(IN_HEADERS);
  const [name, ...others] = names.filter(isAuthorization);
  if (name === undefined) return undefined;
  const authorization = parameters[name];
  if (others.length > 0 || isTooLong(authorization)) throw malformed();
  return readBearerToken(authorization);
}

function malformed(detail?: string): Rejection {
  return new Rejection('token_malformed', { detail });
}

/** In upper or lower case, like header names. */
function isAuthorization(name: string): boolean {
  return name.length === 13 && name.toLowerCase() === 'authorization';
}

function isTooLong(authorization: unknown): boolean {
  return typeof authorization === 'string' && authorization.length > MAXIMUM_AUTHORIZATION_LENGTH;
}

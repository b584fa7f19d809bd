import { isObject } from '../../values/is-object.js';
import { Refusal } from '../../refusals/refusal.js';
import { tokenInAuthorization } from '../one-token.js';

const MAXIMUM_PARAMETERS = 50;
const MAXIMUM_AUTHORIZATION_LENGTH = 16_384 + 'Bearer '.length;

/** What the parameters of each connection say: read once, since a client may send megabytes of them and ask about every field. */
const tokens = new WeakMap<object, { readonly token: string | undefined } | Refusal>();

/**
 * The token in the connection parameter `Authorization` of graphql-ws.
 *
 * @throws {Refusal} `token_malformed` for two of that name, one that is no text or longer than a token, and more than 50 parameters
 */
export function tokenInConnectionParams(connectionParams: unknown): string | undefined {
  if (!isObject(connectionParams)) return undefined;
  const known = tokens.get(connectionParams) ?? readToken(connectionParams);
  tokens.set(connectionParams, known);
  if (known instanceof Refusal) throw known;
  return known.token;
}

function readToken(connectionParams: object): { token: string | undefined } | Refusal {
  try {
    const authorization = authorizationIn(connectionParams);
    return { token: tokenInAuthorization(authorization) };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** The connection parameter `Authorization` as the client has given it, among as many parameters as are looked at. */
export function authorizationParamOf(connectionParams: unknown): unknown {
  if (!isObject(connectionParams)) return undefined;
  let count = 0;
  for (const name in connectionParams) {
    count++;
    if (count > MAXIMUM_PARAMETERS) return undefined;
    if (isAuthorization(name)) return (connectionParams as Record<string, unknown>)[name];
  }
  return undefined;
}

function isAuthorization(name: string): boolean {
  return name.length === 13 && name.toLowerCase() === 'authorization';
}

/** The parameter, in any case as header names are. */
function authorizationIn(connectionParams: object): unknown {
  let authorization: unknown;
  let count = 0;
  for (const name in connectionParams) {
    if (!Object.hasOwn(connectionParams, name)) continue;
    count++;
    if (count > MAXIMUM_PARAMETERS) throw new Refusal('token_malformed');
    if (!isAuthorization(name)) continue;
    if (authorization !== undefined) throw new Refusal('token_malformed');
    authorization = (connectionParams as Record<string, unknown>)[name];
    if (typeof authorization === 'string' && authorization.length > MAXIMUM_AUTHORIZATION_LENGTH)
      throw new Refusal('token_malformed');
  }
  return authorization;
}

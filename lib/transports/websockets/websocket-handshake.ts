import { readBearerText } from '../credential-headers.js';
import { readOnce } from '../read-once.js';
import type { RequestHeaders } from '../request-headers.js';
import { oneToken } from '../one-token.js';
import { describeTokenIn } from '../token-places.js';
import { isSocketIoClient, type SocketIoClient } from './websocket-clients.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { Rejection } from '../../rejections/rejection.js';

/** The subprotocol that a browser, which cannot set headers on a WebSocket, offers before the token. */
const BEARER_SUBPROTOCOL = 'bearer';

/**
 * The requests that opened the connections of `ws`. A client of `ws` does not know its request. Only `handleConnection` gets it, so
 * `PropelAuthService.authenticateConnection` keeps it here for the guard.
 */
const upgradeRequests = new WeakMap<object, RequestHeaders>();

/** Keeps the request that opened a connection, for as long as the connection lasts. */
export function rememberUpgradeRequest(client: object, request: RequestHeaders): void {
  upgradeRequests.set(client, request);
}

/** The request that opened a connection, if it is known. */
export function handshakeRequestOf(client: object): RequestHeaders | undefined {
  return isSocketIoClient(client) ? socketIoRequestOf(client) : upgradeRequests.get(client);
}

/**
 * The access token that a connection was opened with: of socket.io in `auth.token` or the Authorization header, of `ws` in the
 * Authorization header or behind the subprotocol `bearer`. Never in the query string, which ends up in logs.
 *
 * @returns `undefined` if there is none
 * @throws {Rejection} for different ones
 */
export function handshakeTokenOf(client: object): string | undefined {
  const request = handshakeRequestOf(client);
  if (request === undefined) return undefined;
  return oneToken(
    readBearerText(request),
    isSocketIoClient(client) ? tokenInAuth(client) : tokenInSubprotocols(request),
  );
}

/** The reasons for a credential that is missing in the request that opened a connection. */
const CREDENTIAL_MISSING: readonly RejectionReason[] = [
  'token_missing',
  'api_key_missing',
  'credential_missing',
];

/** What `debugMode` says about a connection whose credential is missing or malformed. */
export function describeHandshakeRejection(
  reason: RejectionReason,
  client: object,
): string | undefined {
  const request = handshakeRequestOf(client);
  if (request !== undefined) {
    const place = isSocketIoClient(client) ? 'auth.token' : 'the subprotocol header';
    return describeTokenIn(`${place} or the Authorization header of the handshake`, reason);
  }
  if (!CREDENTIAL_MISSING.includes(reason)) return undefined;
  return (
    'The request that opened the connection is not known. Call PropelAuthService.authenticateConnection(client, request) in ' +
    'handleConnection() of the gateway'
  );
}

/**
 * The headers as the handshake has them, which adapters may have prepared, and the raw ones of the request itself: one object for each
 * connection, by which they are read once.
 */
function socketIoRequestOf({ handshake, request }: SocketIoClient): RequestHeaders {
  return readOnce(handshake, 'the request', request, () => ({
    get headers() {
      return handshake.headers;
    },
    rawHeaders: request?.rawHeaders,
    ip: handshake.address,
    socket: request?.socket,
  }));
}

function tokenInAuth({ handshake: { auth } }: SocketIoClient): string | undefined {
  if (typeof auth !== 'object' || auth === null || !Object.hasOwn(auth, 'token')) return undefined;
  const { token } = auth as { token: unknown };
  if (token === undefined || token === null) return undefined;
  if (typeof token !== 'string') throw new Rejection('token_malformed');
  return token;
}

/** `Sec-WebSocket-Protocol: bearer, <token>`; the server answers with the first one and so does not repeat the token. */
function tokenInSubprotocols(request: RequestHeaders): string | undefined {
  const header = request.headers['sec-websocket-protocol'];
  return readOnce(request, 'the subprotocols', header, () => {
    const offered = header?.split(',').map((protocol) => protocol.trim()) ?? [];
    const places = offered.flatMap((protocol, index) =>
      protocol.toLowerCase() === BEARER_SUBPROTOCOL ? [index] : [],
    );
    const [place, ...others] = places;
    if (place === undefined) return undefined;
    const token = offered[place + 1];
    if (others.length > 0 || token === undefined) throw new Rejection('token_malformed');
    return token;
  });
}

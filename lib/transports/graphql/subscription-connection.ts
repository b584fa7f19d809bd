import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';
import { nodeRequestOf } from '../http/node-request.js';
import {
  endConnection,
  isNativeClient,
  type NativeClient,
} from '../websockets/websocket-clients.js';
import { resolverArgumentsOf } from './resolver-arguments.js';

/** What says that a connection has closed: its WebSocket, or the socket of the request that opened it. */
interface Closable {
  once(event: 'close', listener: () => void): unknown;
}

/** The connection that the events of subscriptions are sent over. */
class SubscriptionConnection {
  /** Kept here, because a listener on the socket for each subscription of a connection would look like a leak. */
  private readonly listeners = new Set<() => void>();
  private isClosed = false;

  /** @param webSocket `undefined` if it is not known, so that the connection cannot be closed */
  constructor(
    socket: Closable,
    private readonly webSocket: NativeClient | undefined,
  ) {
    socket.once('close', () => {
      this.isClosed = true;
      for (const listener of this.listeners) listener();
    });
  }

  /**
   * Closes the connection, so that nothing more is sent and the client connects again.
   *
   * @returns whether it is closed
   */
  close(reason: string): boolean {
    if (this.webSocket !== undefined && !this.isClosed) {
      this.isClosed = true;
      endConnection(this.webSocket, reason);
    }
    return this.isClosed;
  }

  /** @returns a function that removes the listener */
  onClosed(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const connections = new WeakMap<Closable, SubscriptionConnection>();

/**
 * The connection of a subscription. It can be closed if the context value has the WebSocket as `extra.socket`, which graphql-ws documents:
 * the Apollo driver passes this on in `req`, applications may pass it on themselves. Otherwise, the socket of the request that opened the
 * connection tells that it has closed: Mercurius never ends a subscription whose id is used again.
 */
export function subscriptionConnectionOf(
  context: ExecutionContext,
): SubscriptionConnection | undefined {
  const { contextValue } = resolverArgumentsOf(context);
  const extra = property(contextValue, 'extra') ?? property(property(contextValue, 'req'), 'extra');
  const value = property(extra, 'socket');
  const webSocket = isNativeClient(value) ? value : undefined;
  const socket = webSocket ?? socketOfOpeningRequest(contextValue);
  if (socket === undefined) return undefined;
  const connection = connections.get(socket) ?? new SubscriptionConnection(socket, webSocket);
  connections.set(socket, connection);
  return connection;
}

/** The socket of the request that opened a WebSocket (RFC 6455, section 4.1). A request over HTTP may share its socket with others. */
function socketOfOpeningRequest(contextValue: unknown): Closable | undefined {
  const request = property(contextValue, 'request') ?? property(contextValue, 'req');
  if (!isObject(request)) return undefined;
  const { headers, socket } = nodeRequestOf(request) as Partial<IncomingMessage>;
  return headers?.upgrade === undefined ? undefined : socket;
}

function property(value: unknown, name: string): unknown {
  return isObject(value) ? (value as Record<string, unknown>)[name] : undefined;
}

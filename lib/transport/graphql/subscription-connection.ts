import type { EventEmitter } from 'node:events';
import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';
import { isNativeClient } from '../websocket/websocket-clients.js';
import { graphqlCallOf } from './graphql-call.js';

/** `Forbidden` of the protocol `graphql-transport-ws`: clients connect again, with new connection parameters, and subscribe again. */
const FORBIDDEN = 4403;
const REASON = 'Forbidden';

/** How long a client may take to answer the close frame. Nothing is sent to it meanwhile. */
const CLOSE_TIMEOUT_MILLISECONDS = 5_000;

/** A WebSocket of the package `ws`. */
interface WebSocket extends EventEmitter {
  close(code: number, reason: string): void;
  terminate(): void;
}

/** The stream below a WebSocket. */
interface Socket extends EventEmitter {
  destroy(): unknown;
}

/** Where drivers and applications leave the connection. */
interface ContextValue {
  /** Apollo: the connection of graphql-ws, or what the application has put in its place. */
  readonly req?: unknown;
  /** Where the application returns the connection of graphql-ws itself, or its parts. */
  readonly extra?: unknown;
  /** Mercurius: the request that opened the WebSocket. */
  readonly request?: unknown;
  /** Mercurius: the application of Fastify that has the WebSocket. */
  readonly app?: unknown;
}

const connections = new WeakMap<EventEmitter, SubscriptionConnection>();

/** @returns `undefined` where the application has made a context without the connection */
export function subscriptionConnectionOf(
  context: ExecutionContext,
): SubscriptionConnection | undefined {
  const { contextValue } = graphqlCallOf(context);
  if (!isObject(contextValue)) return undefined;
  const { req, extra = property(req, 'extra'), request, app } = contextValue as ContextValue;
  const webSocket = property(extra, 'socket');
  if (isWebSocket(webSocket)) return connectionOf(webSocket, () => closeWebSocket(webSocket));
  const socket = socketOf(property(extra, 'request') ?? req) ?? socketOf(request);
  return socket && connectionOf(socket, () => closeSocket(socket, app));
}

/** The connection that the events of subscriptions are sent over. */
export class SubscriptionConnection {
  /** Its own, since many subscriptions of one connection would be many listeners of one emitter. */
  private readonly listeners = new Set<() => void>();
  private isClosed = false;

  constructor(
    emitter: EventEmitter,
    private readonly closeTransport: () => void,
  ) {
    emitter.once('close', () => {
      this.isClosed = true;
      for (const listener of this.listeners) listener();
    });
  }

  /** Closes it, so that nothing more is sent. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.closeTransport();
  }

  /** @returns a function that removes the listener */
  onClosed(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function connectionOf(emitter: EventEmitter, closeTransport: () => void): SubscriptionConnection {
  const known = connections.get(emitter) ?? new SubscriptionConnection(emitter, closeTransport);
  connections.set(emitter, known);
  return known;
}

function closeWebSocket(webSocket: WebSocket): void {
  const timer = setTimeout(() => webSocket.terminate(), CLOSE_TIMEOUT_MILLISECONDS);
  timer.unref();
  webSocket.once('close', () => clearTimeout(timer));
  webSocket.close(FORBIDDEN, REASON);
}

/** Closes a connection of which only the request is known that opened it. */
function closeSocket(socket: Socket, fastify: unknown): void {
  const webSocket = webSocketOver(socket, fastify);
  if (webSocket === undefined) socket.destroy();
  else closeWebSocket(webSocket);
}

/** The WebSockets of Fastify, by the streams below them: `ws` keeps a stream in a property that it does not document. */
const webSockets = new WeakMap<object, WebSocket>();

/** The WebSocket over a stream, which Mercurius hands to nobody. */
function webSocketOver(socket: Socket, fastify: unknown): WebSocket | undefined {
  if (!webSockets.has(socket)) {
    const clients = property(property(fastify, 'websocketServer'), 'clients');
    for (const client of clients instanceof Set ? (clients as Set<unknown>) : []) {
      const stream = property(client, '_socket');
      if (isObject(stream) && isWebSocket(client)) webSockets.set(stream, client);
    }
  }
  return webSockets.get(socket);
}

/** The stream below the WebSocket that a request opened, be it Node's request or Fastify's around it. */
function socketOf(request: unknown): Socket | undefined {
  const raw = property(request, 'raw') ?? request;
  // A request that is answered over HTTP may share its socket with others.
  if (property(property(raw, 'headers'), 'upgrade') === undefined) return undefined;
  const socket = property(raw, 'socket');
  return isSocket(socket) ? socket : undefined;
}

function property(value: unknown, name: string): unknown {
  return isObject(value) ? (value as Record<string, unknown>)[name] : undefined;
}

function isWebSocket(value: unknown): value is WebSocket {
  return (
    isNativeClient(value) &&
    typeof (value as unknown as Partial<WebSocket>).terminate === 'function'
  );
}

function isSocket(value: unknown): value is Socket {
  return isObject(value) && typeof (value as Partial<Socket>).destroy === 'function';
}

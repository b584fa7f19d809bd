import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';
import {
  endConnection,
  isNativeClient,
  type NativeClient,
} from '../websockets/websocket-clients.js';
import { resolverArgumentsOf } from './resolver-arguments.js';

/** Where drivers and applications leave the connection of a subscription. */
interface ContextValue {
  /** Apollo: the connection of graphql-ws, or what the application has put in its place. */
  readonly req?: unknown;
  /** What graphql-ws knows of the connection, where the application has passed it on. */
  readonly extra?: unknown;
  /** Mercurius: the request that opened the WebSocket. */
  readonly request?: unknown;
  /** Mercurius: the Fastify instance, which has the WebSockets of Mercurius. */
  readonly app?: unknown;
}

/** A WebSocket, or the stream below it. */
interface Transport {
  once(event: 'close', listener: () => void): unknown;
}

interface Stream extends Transport {
  destroy(): unknown;
}

/** The connection that the events of subscriptions are sent over. */
export class SubscriptionConnection {
  /** Kept here, because a listener on the transport for each subscription of a connection would look like a leak. */
  private readonly listeners = new Set<() => void>();
  private isClosed = false;

  constructor(
    transport: Transport,
    private readonly closeTransport: (reason: string) => void,
  ) {
    transport.once('close', () => {
      this.isClosed = true;
      for (const listener of this.listeners) listener();
    });
  }

  /** Closes the connection, so that nothing more is sent and the client connects again. */
  close(reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.closeTransport(reason);
  }

  /** @returns a function that removes the listener */
  onClosed(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const connections = new WeakMap<Transport, SubscriptionConnection>();

/** @returns `undefined` where the application has made a context without the connection */
export function subscriptionConnectionOf(
  context: ExecutionContext,
): SubscriptionConnection | undefined {
  const { contextValue } = resolverArgumentsOf(context);
  if (!isObject(contextValue)) return undefined;
  const { req, extra = property(req, 'extra'), request, app } = contextValue as ContextValue;
  const webSocket = property(extra, 'socket');
  if (isNativeClient(webSocket)) {
    return connectionOf(webSocket, (reason) => endConnection(webSocket, reason));
  }
  const stream = streamOf(req) ?? streamOf(request);
  return stream && connectionOf(stream, (reason) => endStream(stream, app, reason));
}

function connectionOf(
  transport: Transport,
  close: (reason: string) => void,
): SubscriptionConnection {
  const known = connections.get(transport) ?? new SubscriptionConnection(transport, close);
  connections.set(transport, known);
  return known;
}

/** The stream of the WebSocket that a request opened: of Node's request, or of the one inside Fastify's. */
function streamOf(request: unknown): Stream | undefined {
  const raw = property(request, 'raw') ?? request;
  // Other requests may share the connection of a request that is answered over HTTP.
  if (property(property(raw, 'headers'), 'upgrade') === undefined) return undefined;
  const stream = property(raw, 'socket');
  return isStream(stream) ? stream : undefined;
}

/** If the WebSocket is not found, the stream is destroyed. The client takes the connection for lost, and connects again as well. */
function endStream(stream: Stream, fastify: unknown, reason: string): void {
  const webSocket = webSocketOver(stream, fastify);
  if (webSocket === undefined) stream.destroy();
  else endConnection(webSocket, reason);
}

/** The WebSockets of Fastify, by the streams below them. */
const webSockets = new WeakMap<object, NativeClient>();

/** Finds the WebSocket over a stream, because Mercurius does not pass it on. `ws` does not document where it keeps the stream. */
function webSocketOver(stream: Stream, fastify: unknown): NativeClient | undefined {
  const known = webSockets.get(stream);
  if (known !== undefined) return known;
  const clients = property(property(fastify, 'websocketServer'), 'clients');
  for (const client of clients instanceof Set ? (clients as Set<unknown>) : []) {
    const below = property(client, '_socket');
    if (isObject(below) && isNativeClient(client)) webSockets.set(below, client);
  }
  return webSockets.get(stream);
}

function property(value: unknown, name: string): unknown {
  return isObject(value) ? (value as Record<string, unknown>)[name] : undefined;
}

function isStream(value: unknown): value is Stream {
  return isObject(value) && typeof (value as Partial<Stream>).destroy === 'function';
}

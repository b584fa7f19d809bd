import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';
import {
  endConnection,
  isNativeClient,
  type NativeClient,
} from '../websockets/websocket-clients.js';
import { resolverArgumentsOf } from './resolver-arguments.js';

/** The WebSocket that the events of subscriptions are sent over. */
class SubscriptionConnection {
  /** Kept here, because a listener on the WebSocket for each subscription of a connection would look like a leak. */
  private readonly listeners = new Set<() => void>();
  private isClosed = false;

  constructor(private readonly webSocket: NativeClient) {
    webSocket.once('close', () => {
      this.isClosed = true;
      for (const listener of this.listeners) listener();
    });
  }

  /** Closes the connection, so that nothing more is sent and the client connects again. */
  close(reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    endConnection(this.webSocket, reason);
  }

  /** @returns a function that removes the listener */
  onClosed(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const connections = new WeakMap<NativeClient, SubscriptionConnection>();

/**
 * The connection, if the context value has it: as `extra.socket`, which graphql-ws documents. The Apollo driver passes this on in `req`,
 * applications may pass it on themselves.
 */
export function subscriptionConnectionOf(
  context: ExecutionContext,
): SubscriptionConnection | undefined {
  const { contextValue } = resolverArgumentsOf(context);
  const extra = property(contextValue, 'extra') ?? property(property(contextValue, 'req'), 'extra');
  const webSocket = property(extra, 'socket');
  if (!isNativeClient(webSocket)) return undefined;
  const known = connections.get(webSocket) ?? new SubscriptionConnection(webSocket);
  connections.set(webSocket, known);
  return known;
}

function property(value: unknown, name: string): unknown {
  return isObject(value) ? (value as Record<string, unknown>)[name] : undefined;
}

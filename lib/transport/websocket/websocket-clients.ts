import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHeaders } from '../transport.interface.js';
import { isObject } from '../../values/is-object.js';

/** A socket of socket.io, as far as it matters here. */
export interface SocketIoClient {
  readonly handshake: {
    readonly auth?: unknown;
    readonly headers: IncomingHttpHeaders;
    readonly address?: unknown;
  };
  /** The HTTP request of the handshake. */
  readonly request?: Partial<RequestHeaders>;
  readonly connected: boolean;
  emit(event: string, ...values: unknown[]): unknown;
  disconnect(): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/** A WebSocket of the package `ws`, as far as it matters here. */
export interface NativeClient {
  readonly readyState: number;
  send(data: string): void;
  close(code: number, reason: string): void;
  once(event: 'close', listener: () => void): unknown;
}

/** `OPEN` of the WebSocket standard. */
const OPEN = 1;

export function isSocketIoClient(client: unknown): client is SocketIoClient {
  return (
    isObject(client) &&
    isObject((client as Partial<SocketIoClient>).handshake) &&
    typeof (client as Partial<SocketIoClient>).emit === 'function'
  );
}

export function isNativeClient(client: unknown): client is NativeClient {
  return (
    isObject(client) &&
    typeof (client as Partial<NativeClient>).readyState === 'number' &&
    typeof (client as Partial<NativeClient>).send === 'function'
  );
}

/** Whether something can still be sent to a client. */
export function isConnected(client: SocketIoClient | NativeClient): boolean {
  return isSocketIoClient(client) ? client.connected : client.readyState === OPEN;
}

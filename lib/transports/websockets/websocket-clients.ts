import type { IncomingHttpHeaders } from 'node:http';
import type { WebSocket } from 'ws';
import type { RequestHeaders } from '../request-headers.js';
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
  /** The connection below it, which the sockets of other namespaces may share. */
  readonly conn: { close(discard?: boolean): unknown };
  readonly rooms: ReadonlySet<string>;
  leave(room: string): unknown;
  emit(event: string, ...values: unknown[]): unknown;
  disconnect(): unknown;
  once(event: 'disconnecting' | 'disconnect', listener: () => void): unknown;
}

/** A WebSocket of the package `ws`, as far as it matters here. */
export type NativeClient = Pick<WebSocket, 'readyState' | 'send' | 'close' | 'terminate' | 'once'>;

export type SocketClient = SocketIoClient | NativeClient;

/** `OPEN` of the WebSocket standard. */
const OPEN = 1;

/**
 * The close code of graphql-ws for missing access, from the range for applications (RFC 6455, section 7.4.2). Its clients connect again
 * after it.
 */
const FORBIDDEN = 4403;

/** How long a client has to close its side, so that what was sent can arrive. Nothing more is sent meanwhile. */
const CLOSING_MILLISECONDS = 3_000;

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

export function isSocketClient(client: unknown): client is SocketClient {
  return isSocketIoClient(client) || isNativeClient(client);
}

/** Whether something can still be sent to a client. */
export function isConnected(client: SocketClient): boolean {
  return isSocketIoClient(client) ? client.connected : client.readyState === OPEN;
}

export function onceClosed(client: SocketClient, listener: () => void): void {
  if (isSocketIoClient(client)) client.once('disconnect', listener);
  else client.once('close', listener);
}

/** The connections below clients of socket.io that were ended here. */
const ended = new WeakSet<object>();

/** Keeps socket.io from putting a client whose connection was ended here back into its rooms (`connectionStateRecovery`). */
export function leaveRoomsAtEnd(client: SocketClient): void {
  if (!isSocketIoClient(client)) return;
  client.once('disconnecting', () => {
    if (!ended.has(client.conn)) return;
    for (const room of client.rooms) void client.leave(room);
  });
}

/**
 * Ends a connection so that its client connects again. For clients of socket.io, the connection looks lost, because after `disconnect()`
 * they would not connect again. A client that does not close its side is cut off.
 */
export function endConnection(client: SocketClient, reason: string): void {
  const timer = setTimeout(() => cutOff(client), CLOSING_MILLISECONDS);
  timer.unref();
  onceClosed(client, () => clearTimeout(timer));
  if (isSocketIoClient(client)) {
    ended.add(client.conn);
    client.conn.close();
  } else client.close(FORBIDDEN, reason);
}

function cutOff(client: SocketClient): void {
  if (isSocketIoClient(client)) client.conn.close(true);
  else client.terminate();
}

import { STATUS_CODES } from 'node:http';
import { once } from 'node:events';
import type { ModuleMetadata } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { WebSocket } from 'ws';
import { startApplication, type RunningApplication } from './application.js';
import { registerCleanup } from './clean-up.js';

/** What a client gets for a message: the answer of the handler, or what the `exception` event says. */
export interface Answer {
  event: string;
  data: unknown;
}

/** A client of a gateway, whichever adapter the gateway runs on. */
export interface GatewayClient {
  send(event: string, data?: unknown): void;
  /** Sends a message and waits for the answer to it. */
  ask(event: string, data?: unknown): Promise<Answer>;
  /** The next thing that the server says by itself. */
  next(): Promise<Answer>;
  /** Waits until the server has ended the connection. */
  closed(): Promise<void>;
  close(): void;
}

/** What the server says, in order, for whoever waits for it. */
class Inbox {
  private readonly answers: Answer[] = [];
  private waiting: ((answer: Answer) => void) | undefined;

  put(answer: Answer): void {
    if (this.waiting === undefined) this.answers.push(answer);
    else this.waiting(answer);
    this.waiting = undefined;
  }

  take(): Promise<Answer> {
    const answer = this.answers.shift();
    if (answer !== undefined) return Promise.resolve(answer);
    return new Promise((resolve) => (this.waiting = resolve));
  }
}

/** Connects with socket.io. */
export function connectSocketIo(
  { url }: RunningApplication,
  options: Partial<ManagerOptions & SocketOptions> = {},
): GatewayClient {
  const socket: Socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    ...options,
  });
  const inbox = new Inbox();
  const closed = new Promise<void>((resolve) => socket.once('disconnect', () => resolve()));
  socket.onAny((event: string, data: unknown) => inbox.put({ event, data }));
  registerCleanup(() => socket.close());
  const send = (event: string, data?: unknown) =>
    void (data === undefined ? socket.emit(event) : socket.emit(event, data));
  return {
    send,
    ask: (event, data) => {
      send(event, data);
      return inbox.take();
    },
    next: () => inbox.take(),
    closed: () => closed,
    close: () => socket.close(),
  };
}

/** Connects with `ws`, and waits until the connection is open. */
export async function connectNative(
  { url }: RunningApplication,
  { headers = {}, protocols = [] as string[], path = '/' } = {},
): Promise<GatewayClient & { protocol: string; closeCode(): Promise<number> }> {
  const socket = new WebSocket(url.replace('http', 'ws') + path, protocols, { headers });
  const inbox = new Inbox();
  const closed = once(socket, 'close') as Promise<[number, Buffer]>;
  socket.on('message', (text: Buffer) => inbox.put(JSON.parse(text.toString()) as Answer));
  registerCleanup(() => socket.close());
  await once(socket, 'open');
  const send = (event: string, data?: unknown) => socket.send(JSON.stringify({ event, data }));
  return {
    protocol: socket.protocol,
    send,
    ask: (event, data) => {
      send(event, data);
      return inbox.take();
    },
    next: () => inbox.take(),
    closed: async () => {
      await closed;
    },
    closeCode: async () => (await closed)[0],
    close: () => socket.close(),
  };
}

/** The adapters of gateways: each starts an application, and connects to it with an access token or without one. */
export const GATEWAY_ADAPTERS = [
  {
    name: 'socket.io',
    start: (metadata: ModuleMetadata) => startApplication(metadata),
    connect: async (application: RunningApplication, token?: string): Promise<GatewayClient> =>
      connectSocketIo(application, token === undefined ? {} : { auth: { token } }),
  },
  {
    name: 'ws',
    start: (metadata: ModuleMetadata) =>
      startApplication(metadata, (app) => app.useWebSocketAdapter(new WsAdapter(app))),
    connect: (application: RunningApplication, token?: string): Promise<GatewayClient> =>
      connectNative(application, { protocols: token === undefined ? [] : ['bearer', token] }),
  },
];

/** What a client is told of a rejected message. */
export function exception(code: keyof typeof STATUSES, pattern: string) {
  const { data, event } = farewell(code);
  return { event, data: { ...data, cause: { pattern } } };
}

/** What a client is told when it is disconnected. */
export function farewell(code: keyof typeof STATUSES) {
  const statusCode = STATUSES[code];
  const message = STATUS_CODES[statusCode];
  return { event: 'exception', data: { status: 'error', statusCode, message, code } };
}

/** The status of each code. */
const STATUSES = {
  access_denied: 403,
  account_required: 403,
  credential_invalid: 401,
  token_missing: 401,
  token_expired: 401,
  token_invalid: 401,
  org_access_denied: 403,
  unavailable: 503,
};

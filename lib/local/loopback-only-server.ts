import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpException } from '@nestjs/common';
import { refusalOf } from './loopback-only.js';

/** With what an HTTP server hands a request on, each with the request and with whatever is answered through. */
const HANDED_ON = new Set<unknown>([
  'request',
  'checkContinue',
  'checkExpectation',
  'upgrade',
  'connect',
]);

const locked = new WeakSet<object>();

/** What is locked: the servers of `node:http`, `node:https` and `node:http2`. */
interface Emitter {
  emit(event: string | symbol, ...args: unknown[]): boolean;
}

/**
 * Lets the listeners of an HTTP server hear only of who asks on this machine for this machine. Some of them never ask the
 * application: WebSocket gateways listen for upgrades, and socket.io takes requests away before the application has them.
 */
export function lockServer(server: Emitter): void {
  if (locked.has(server)) return;
  locked.add(server);
  const emit = server.emit.bind(server);
  server.emit = (event, ...args) => {
    const refusal = HANDED_ON.has(event) ? refusalOf(args[0] as IncomingMessage) : undefined;
    if (refusal === undefined) return emit(event, ...args);
    refuse(args[1] as ServerResponse | Duplex, refusal);
    return true;
  };
}

function refuse(channel: ServerResponse | Duplex, refusal: HttpException): void {
  const status = refusal.getStatus();
  const body = JSON.stringify(refusal.getResponse());
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  };
  if ('writeHead' in channel) {
    channel.writeHead(status, headers).end(body);
    return;
  }
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  // Nobody else listens to it any more, and what nobody listens to stops the process.
  channel.on('error', () => channel.destroy());
  channel.once('finish', () => channel.destroy());
  channel.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

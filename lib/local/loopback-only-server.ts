import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpException } from '@nestjs/common';
import { refusalOf } from './loopback-only.js';

/** The events of an HTTP server that pass a request, with the response or the socket. */
const REQUEST_EVENTS = new Set<unknown>([
  'request',
  'checkContinue',
  'checkExpectation',
  'upgrade',
  'connect',
]);

const restricted = new WeakSet<object>();

/** A server of `node:http`, `node:https` or `node:http2`. */
interface Emitter {
  emit(event: string | symbol, ...args: unknown[]): boolean;
}

/**
 * Passes only requests from this machine to this machine to the listeners of an HTTP server. Some listeners bypass the
 * application: WebSocket gateways handle upgrades, and socket.io handles requests before the application does.
 */
export function restrictToLoopback(server: Emitter): void {
  if (restricted.has(server)) return;
  restricted.add(server);
  const emit = server.emit.bind(server);
  server.emit = (event, ...args) => {
    const refusal = REQUEST_EVENTS.has(event) ? refusalOf(args[0] as IncomingMessage) : undefined;
    if (refusal === undefined) return emit(event, ...args);
    reject(args[1] as ServerResponse | Duplex, refusal);
    return true;
  };
}

function reject(channel: ServerResponse | Duplex, refusal: HttpException): void {
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
  // An error event without a listener would end the process.
  channel.on('error', () => channel.destroy());
  channel.once('finish', () => channel.destroy());
  channel.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

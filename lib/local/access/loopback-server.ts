import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { HttpException } from '@nestjs/common';
import { refusalOf } from './loopback-requests.js';

/**
 * Ends the connections of requests that are not from this machine to this machine, before the other listeners of an HTTP server
 * answer them. It is for listeners that bypass the application's middleware: WebSocket gateways answer upgrades, and socket.io answers
 * requests before the application does. They find a socket that is closed.
 *
 * HTTP/2 has neither. There, the application's middleware is enough.
 */
export function restrictToLoopback(server: EventEmitter): void {
  server.prependListener('request', (request: IncomingMessage) => {
    if (request.httpVersionMajor === 1) rejectForeign(request, request.socket);
  });
  server.prependListener('upgrade', rejectForeign);
}

function rejectForeign(request: IncomingMessage, socket: Duplex): void {
  const refusal = refusalOf(request);
  if (refusal === undefined) return;
  // An error event without a listener would end the process.
  socket.on('error', () => {});
  socket.end(responseText(refusal));
  socket.destroy();
}

function responseText(refusal: HttpException): string {
  const status = refusal.getStatus();
  const body = JSON.stringify(refusal.getResponse());
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

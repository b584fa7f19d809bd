import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpException } from '@nestjs/common';
import { LimitedLog } from '../../values/limited-log.js';
import { isLoopbackAddress, refusalOf } from './loopback-requests.js';

/**
 * Restricts an HTTP server to this machine. It closes connections from others, and rejects requests for other hosts before the listeners
 * that bypass the application's middleware: WebSocket gateways answer upgrades, and socket.io answers requests.
 *
 * Without such a listener, Node.js treats a request for an upgrade like any other. So this listens to upgrades only if something else does.
 */
export function restrictToLoopback(server: EventEmitter): void {
  const log = new LimitedLog();
  server.prependListener('connection', (socket: Socket) => closeForeign(socket, log));
  server.prependListener('request', (request: IncomingMessage) => {
    // Browsers need a certificate for HTTP/2, which a page that pretends to be on this machine has not.
    if (request.httpVersionMajor === 1) rejectForeign(request, request.socket);
  });
  if (server.listenerCount('upgrade') > 0) rejectUpgrades(server);
  else rejectUpgradesOnceHeard(server);
}

function rejectUpgrades(server: EventEmitter): void {
  server.prependListener('upgrade', (request: IncomingMessage, socket: Duplex) => {
    rejectForeign(request, socket);
    // The other listeners are gone, so the request would never get a response.
    if (server.listenerCount('upgrade') === 1) socket.on('error', () => {}).destroy();
  });
}

/** For gateways that begin to listen later. */
function rejectUpgradesOnceHeard(server: EventEmitter): void {
  const attach = (event: string | symbol): void => {
    if (event !== 'upgrade') return;
    server.off('newListener', attach);
    rejectUpgrades(server);
  };
  server.on('newListener', attach);
}

function closeForeign(socket: Socket, log: LimitedLog): void {
  // Without an address, the client is gone, or came by a socket of the file system: the middleware rejects its requests.
  if (socket.remoteAddress === undefined || isLoopbackAddress(socket.remoteAddress)) return;
  socket.destroy();
  log.warn(
    'A connection from another machine was closed. The local PropelAuth accepts connections from this machine only.',
  );
}

function rejectForeign(request: IncomingMessage, socket: Duplex): void {
  const refusal = refusalOf(request);
  if (refusal === undefined || socket.destroyed) return;
  // An error event without a listener would end the process.
  socket.on('error', () => {});
  // The listeners after this find a socket that is closed.
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

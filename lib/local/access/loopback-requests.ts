import type { IncomingMessage } from 'node:http';
import { ForbiddenException, MisdirectedException, type HttpException } from '@nestjs/common';
import { isLoopbackHost } from '../../values/loopback-host.js';

const LOOPBACK_ADDRESS = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i;

/**
 * Why a request is rejected; `undefined` for a request from this machine to this machine.
 *
 * Requests that a proxy on this machine forwards look the same as those of this machine, whatever headers the proxy adds: the
 * {@link LocalSecret} tells them apart.
 */
export function refusalOf({ headers, socket }: IncomingMessage): HttpException | undefined {
  // HTTP/2 uses a pseudo-header instead.
  const host = headers.host ?? headers[':authority'];
  if (!isLoopbackHost(host)) {
    return new MisdirectedException('Only requests to localhost, 127.0.0.1 or [::1] are allowed.');
  }
  if (isLoopbackAddress(socket.remoteAddress)) return undefined;
  return new ForbiddenException('Only requests from this machine are allowed.');
}

/** Whether an address is one of this machine. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && LOOPBACK_ADDRESS.test(address);
}

import type { IncomingMessage } from 'node:http';
import { MisdirectedException } from '@nestjs/common';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Answers only to requests that name this machine. A web page can have its own name resolve to
 * 127.0.0.1 (DNS rebinding), and the browser then lets it read what is answered; but it sends the
 * page's name along, and that gives it away.
 */
export function loopbackHostsOnly(
  request: IncomingMessage,
  _response: unknown,
  next: (error?: unknown) => void,
): void {
  const { host } = request.headers;
  if (host !== undefined && LOOPBACK_HOST.test(host)) next();
  else
    next(new MisdirectedException('Only requests to localhost, 127.0.0.1 or [::1] are answered.'));
}

import type { IncomingMessage } from 'node:http';

/** The Fetch standard, and so Request, has none of them. */
const METHODS_WITHOUT_REQUEST: ReadonlySet<string | undefined> = new Set([
  'CONNECT',
  'TRACE',
  'TRACK',
]);

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const LOOPBACK_ADDRESS = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i;

/**
 * Why a request is rejected; `undefined` for a request from this machine to this machine.
 *
 * A web page can make its own hostname resolve to 127.0.0.1 (DNS rebinding), and the browser then lets it read responses: the `Host` header
 * shows the page's hostname.
 */
export function rejectionOf({
  headers,
  socket,
  method,
  url,
}: IncomingMessage): { status: number; reason: string } | undefined {
  // A target such as "http://evil.example/" has a host of its own, which proxies send (RFC 9112, section 3.2.2).
  const hasOwnHost = /^[a-z]/i.test(url ?? '');
  if (hasOwnHost || !LOOPBACK_HOST.test(headers.host ?? '')) {
    return { status: 421, reason: 'Only requests to localhost, 127.0.0.1 or [::1] are allowed.' };
  }
  if (!LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '')) {
    return { status: 403, reason: 'Only requests from this machine are allowed.' };
  }
  if (METHODS_WITHOUT_REQUEST.has(method)) {
    return { status: 405, reason: `The method ${method} is not supported.` };
  }
  return undefined;
}

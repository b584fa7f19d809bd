import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';

/** The Fetch standard, and so Request, has none of them. */
const METHODS_WITHOUT_REQUEST: ReadonlySet<string | undefined> = new Set([
  'CONNECT',
  'TRACE',
  'TRACK',
]);

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const LOOPBACK_ADDRESS = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i;

/**
 * Rejects requests that are not from this machine to this machine.
 *
 * A web page can make its own hostname resolve to 127.0.0.1 (DNS rebinding), and the browser then lets it read responses: the `Host` header
 * shows the page's hostname.
 */
export const fromThisMachine: MiddlewareHandler<{ Bindings: HttpBindings }> = async (
  context,
  next,
) => {
  const { headers, socket, method, url } = context.env.incoming;
  // A target such as "http://evil.example/" has a host of its own, which proxies send (RFC 9112, section 3.2.2).
  const hasOwnHost = /^[a-z]/i.test(url ?? '');
  if (hasOwnHost || !LOOPBACK_HOST.test(headers.host ?? '')) {
    const error = 'Only requests to localhost, 127.0.0.1 or [::1] are allowed.';
    return context.json({ error }, 421);
  }
  if (!LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '')) {
    return context.json({ error: 'Only requests from this machine are allowed.' }, 403);
  }
  if (METHODS_WITHOUT_REQUEST.has(method)) {
    return context.json({ error: `The method ${method} is not supported.` }, 405);
  }
  return next();
};

import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { PublicAccess } from './public-access.js';

/** The Fetch standard, and so Request, has none of them. */
const METHODS_WITHOUT_REQUEST: ReadonlySet<string | undefined> = new Set([
  'CONNECT',
  'TRACE',
  'TRACK',
]);

export interface ServerEnvironment {
  Bindings: HttpBindings;
  Variables: { publicOrigin?: string };
}

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const LOOPBACK_ADDRESS = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i;

/**
 * Rejects requests that are neither from this machine to this machine nor to the public URL.
 *
 * A web page can make its own hostname resolve to 127.0.0.1 (DNS rebinding), and the browser then lets it read responses: the `Host` header
 * shows the page's hostname.
 *
 * @returns a middleware that sets `publicOrigin` for requests to the public URL, wherever they come from
 */
export function toKnownHosts(access?: PublicAccess): MiddlewareHandler<ServerEnvironment> {
  const publicHost = access && new URL(access.origin).host;
  return async (context, next) => {
    const { headers, socket, method, url } = context.env.incoming;
    const host = headers.host?.toLowerCase() ?? '';
    // A target such as "http://evil.example/" has a host of its own, which proxies send (RFC 9112, section 3.2.2).
    const hasOwnHost = /^[a-z]/i.test(url ?? '');
    const isLoopback = LOOPBACK_HOST.test(host);
    if (hasOwnHost || !(isLoopback || host === publicHost)) {
      const known = ['localhost', '127.0.0.1', '[::1]', ...(publicHost ? [publicHost] : [])];
      const error = `Only requests to ${known.slice(0, -1).join(', ')} or ${known.at(-1)} are allowed.`;
      return context.json({ error }, 421);
    }
    const isLocal = isLoopback && LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '');
    if (!isLocal && host !== publicHost) {
      return context.json({ error: 'Only requests from this machine are allowed.' }, 403);
    }
    if (METHODS_WITHOUT_REQUEST.has(method)) {
      return context.json({ error: `The method ${method} is not supported.` }, 405);
    }
    if (!isLocal) context.set('publicOrigin', access?.origin);
    return next();
  };
}

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Whether a `Host` header means this machine. A web page can make its own hostname resolve to 127.0.0.1 (DNS rebinding), and the browser
 * then lets it read responses: the header shows the page's hostname.
 */
export function isLoopbackHost(host: unknown): boolean {
  return typeof host === 'string' && LOOPBACK_HOST.test(host);
}

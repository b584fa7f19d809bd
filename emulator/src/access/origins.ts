import type { Context } from 'hono';

const LOOPBACK_HOSTNAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** The origins of pages that may use the emulator: those of this machine, and those that an option allows. */
export class Origins {
  private readonly allowed: ReadonlySet<string>;

  /** @param allowed the option `--allow-origin` */
  constructor(allowed: readonly string[] = []) {
    this.allowed = new Set(allowed);
  }

  /** Whether a page of this origin may read responses (CORS), and whether the browser may be sent to it. */
  isTrusted(origin: string): boolean {
    return this.allowed.has(origin) || isLoopback(origin);
  }

  /** Whether the browser may be sent to this address. */
  mayReturnTo(address: string): boolean {
    if (!URL.canParse(address)) return false;
    const { protocol, host } = new URL(address);
    // Not the "origin" of the URL, which a blob: URL shares with the page that made it.
    return this.isTrusted(`${protocol}//${host}`);
  }
}

/** Whether an `http` or `https` origin is one of this machine, on any port. */
export function isLoopback(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return /^https?:$/.test(protocol) && isLoopbackHostname(hostname);
}

/** Whether a hostname is always one of this machine. */
export function isLoopbackHostname(hostname: string): boolean {
  return LOOPBACK_HOSTNAMES.includes(hostname);
}

/** Whether a request was sent by a script of a page of another origin, or for a part of a page, such as an image or a frame. */
export function isForeign(context: Context): boolean {
  const { origin, 'sec-fetch-dest': destination = 'document' } = context.req.header();
  return destination !== 'document' || (origin !== undefined && !isOwnForm(context));
}

/**
 * Whether a form was sent by a page of the emulator itself: browsers send the `Origin` header with every POST. Requests of scripts have none,
 * and are no forms of a browser.
 */
export function isOwnForm(context: Context): boolean {
  return context.req.header('origin') === new URL(context.req.url).origin;
}

/** Whether a request may name its user: one of a script, or of the address bar. No page of another origin, also of this machine, may. */
export function mayNameUser(context: Context): boolean {
  const site = context.req.header('sec-fetch-site');
  return (
    context.req.header('origin') === undefined &&
    (site === undefined || site === 'none' || site === 'same-origin')
  );
}

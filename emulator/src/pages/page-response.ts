import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Html } from './html.js';
import { STYLE } from './style.js';

/** What a page needs besides its own style and forms. */
export interface PageNeeds {
  /** The only script of the page, which may read other pages of the emulator. Default: none. */
  readonly script?: string;
  /** Where the response to a form of the page may redirect the browser to, if that is another site. Default: nowhere. */
  readonly next?: string;
}

/** Sends a page that must not be framed. */
export async function sendPage(
  context: Context,
  status: ContentfulStatusCode,
  page: Html,
  needs: PageNeeds = {},
): Promise<Response> {
  return context.html(await page, status, {
    'Content-Security-Policy': contentSecurityPolicy(needs),
    'Cross-Origin-Resource-Policy': 'same-origin',
    // Not "no-referrer": the page's own POST would lose its Origin header.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
}

/** Redirects the browser. The status 303 makes it use GET (RFC 9700, section 4.12). */
export function redirectTo(
  context: Context,
  uri: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): Response {
  context.header('Referrer-Policy', 'same-origin');
  return context.redirect(withParameters(uri, parameters), 303);
}

function withParameters(
  uri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  if (given.length === 0) return uri;
  const location = new URL(uri);
  for (const [name, value] of given) location.searchParams.set(name, value);
  // Some clients do not decode "+" as a space.
  location.search = location.search.replaceAll('+', '%20');
  return location.href;
}

/** Only the page's own style, script and forms, and no frames. */
function contentSecurityPolicy({ script, next }: PageNeeds): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(STYLE)}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`, "connect-src 'self'"]),
    // Chromium compares it with redirects after a form, too.
    `form-action 'self'${next === undefined ? '' : ` ${sourceOf(next)}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** How a policy names what is allowed inside of a page (CSP Level 3, section 2.3.1). */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Not the "origin" of the URL, which is "null" for the schemes of applications on a device. Of those, the scheme is enough. */
function sourceOf(uri: string): string {
  const { protocol, host } = new URL(uri);
  return /^https?:$/.test(protocol) && /^[\w.:[\]-]+$/.test(host)
    ? `${protocol}//${host}`
    : protocol;
}

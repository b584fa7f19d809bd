import { createHash } from 'node:crypto';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { STYLE } from './layout.js';

/** A response for the browser. */
export interface PageResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const styleHash = createHash('sha256').update(STYLE).digest('base64');

const HEADERS = {
  'Cache-Control': 'no-store',
  // Not "no-referrer": the page's own POST would lose its Origin header.
  'Referrer-Policy': 'same-origin',
};

const PAGE_HEADERS = {
  ...HEADERS,
  'Content-Type': 'text/html; charset=utf-8',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/**
 * A page that must not be cached or framed.
 *
 * @param next where the response to a form of the page may redirect the browser to, if that is another site
 */
export function pageResponse(status: number, body: string, next?: string): PageResponse {
  const headers = { ...PAGE_HEADERS, 'Content-Security-Policy': contentSecurityPolicy(next) };
  return { status, headers, body };
}

/** Only the page's own style and form, and no frames. */
function contentSecurityPolicy(next: string | undefined): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    // Chromium compares it with redirects after a form, too.
    `form-action 'self'${next === undefined ? '' : ` ${originOf(next)}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** Not its "origin", which is "null" for the schemes of applications on a device. */
function originOf(uri: string): string {
  const { protocol, host } = new URL(uri);
  return `${protocol}//${host}`;
}

/** Redirects the browser. The status 303 makes it use GET (RFC 9700, section 4.12). */
export function redirectResponse(uri: string, parameters: Record<string, string>): PageResponse {
  const location = new URL(uri);
  // Some clients do not decode "+" as a space.
  location.search = new URLSearchParams(parameters).toString().replaceAll('+', '%20');
  return redirectTo(location.href);
}

/**
 * The same, without parameters.
 *
 * @param cookie the value of a `Set-Cookie` header
 */
export function redirectTo(location: string, cookie?: string): PageResponse {
  const headers = { ...HEADERS, Location: location };
  return {
    status: 303,
    headers: cookie ? { ...headers, 'Set-Cookie': cookie } : headers,
    body: '',
  };
}

/** Sends a response with any HTTP adapter. */
export function send(adapter: AbstractHttpAdapter, response: unknown, page: PageResponse): void {
  for (const [name, value] of Object.entries(page.headers)) {
    adapter.setHeader(response, name, value);
  }
  adapter.reply(response, page.body, page.status);
}

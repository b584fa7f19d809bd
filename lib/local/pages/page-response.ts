import { createHash } from 'node:crypto';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { STYLE } from './style.js';

/** A response for the browser. */
export interface PageResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

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

/** What a page needs besides its own style and forms. */
export interface PageNeeds {
  /** The only script of the page, which may read other pages of the application. Default: none. */
  readonly script?: string;
  /** Where the response to a form of the page may redirect the browser to, if that is another site. Default: nowhere. */
  readonly next?: string;
}

/** A page that must not be cached or framed. */
export function pageResponse(status: number, body: string, needs: PageNeeds = {}): PageResponse {
  const headers = { ...PAGE_HEADERS, 'Content-Security-Policy': contentSecurityPolicy(needs) };
  return { status, headers, body };
}

/** Only the page's own style, script and forms, and no frames. */
function contentSecurityPolicy({ script, next }: PageNeeds): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(STYLE)}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`, "connect-src 'self'"]),
    // Chromium compares it with redirects after a form, too.
    `form-action 'self'${next === undefined ? '' : ` ${originOf(next)}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** How a policy names what is allowed inside of a page (CSP Level 3, section 2.3.1). */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Not its "origin", which is "null" for the schemes of applications on a device. Of those, the scheme is enough. */
function originOf(uri: string): string {
  const { protocol, host } = new URL(uri);
  return /^https?:$/.test(protocol) && /^[\w.:[\]-]+$/.test(host)
    ? `${protocol}//${host}`
    : protocol;
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

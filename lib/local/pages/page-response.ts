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
  // Only the page's own style and form, and no frames.
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** A page that must not be cached or framed. */
export function pageResponse(status: number, body: string): PageResponse {
  return { status, headers: PAGE_HEADERS, body };
}

/** Redirects the browser. The status 303 makes it use GET (RFC 9700, section 4.12). */
export function redirectResponse(uri: string, parameters: Record<string, string>): PageResponse {
  const location = new URL(uri);
  // Some clients do not decode "+" as a space.
  location.search = new URLSearchParams(parameters).toString().replaceAll('+', '%20');
  return { status: 303, headers: { ...HEADERS, Location: location.href }, body: '' };
}

/** Sends a response with any HTTP adapter. */
export function send(adapter: AbstractHttpAdapter, response: unknown, page: PageResponse): void {
  for (const [name, value] of Object.entries(page.headers)) {
    adapter.setHeader(response, name, value);
  }
  adapter.reply(response, page.body, page.status);
}

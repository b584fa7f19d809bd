import { createHash } from 'node:crypto';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { STYLE } from './layout.js';

/** What the browser gets. */
export interface PageResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const styleHash = createHash('sha256').update(STYLE).digest('base64');

const HEADERS = {
  'Cache-Control': 'no-store',
  // Not "no-referrer": the page's own POST would no longer say where it comes from.
  'Referrer-Policy': 'same-origin',
};

const PAGE_HEADERS = {
  ...HEADERS,
  'Content-Type': 'text/html; charset=utf-8',
  // Nothing but the page's own style and form, and in nobody's frame.
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

/** A page, not to be kept and not to be framed. */
export function pageResponse(status: number, body: string): PageResponse {
  return { status, headers: PAGE_HEADERS, body };
}

/** Sends the browser on, by GET whatever it came with (RFC 9700, section 4.12). */
export function redirectResponse(uri: string, parameters: Record<string, string>): PageResponse {
  const location = new URL(uri);
  // Some clients take "+" for what it is, so spaces are written the other way.
  location.search = new URLSearchParams(parameters).toString().replaceAll('+', '%20');
  return { status: 303, headers: { ...HEADERS, Location: location.href }, body: '' };
}

/** Answers a request, whatever the HTTP adapter. */
export function send(adapter: AbstractHttpAdapter, response: unknown, page: PageResponse): void {
  for (const [name, value] of Object.entries(page.headers)) {
    adapter.setHeader(response, name, value);
  }
  adapter.reply(response, page.body, page.status);
}

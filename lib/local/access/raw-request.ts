import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';

/** The address of a request as it was sent. Express changes `url` while it passes a request to middleware. */
export function urlOf({
  url = '/',
  originalUrl = url,
}: IncomingMessage & { originalUrl?: string }): string {
  return originalUrl;
}

/** Whether a browser asks for a page, or sends a form. Scripts ask for other types. */
export function acceptsPage({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/html') === true;
}

/** The request of Node.js, which Fastify wraps. */
export function rawRequestOf(context: ExecutionContext): IncomingMessage {
  return unwrapRequest(context.switchToHttp().getRequest());
}

/** The request of Node.js, of a request as handlers get it. */
export function unwrapRequest(request: unknown): IncomingMessage {
  const { raw = request } = request as { raw?: unknown };
  return raw as IncomingMessage;
}

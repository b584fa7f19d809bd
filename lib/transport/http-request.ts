import type { ExecutionContext } from '@nestjs/common';

/** Whether a call is an HTTP request. Libraries that call handlers themselves say so of others, too: it is Nest's default. */
export function isHttpRequest(context: ExecutionContext): boolean {
  if (context.getType() !== 'http') return false;
  const request = context.getArgByIndex<unknown>(0);
  // Without reading them: Node.js makes the headers of a request when they are first read.
  return typeof request === 'object' && request !== null && 'headers' in request;
}

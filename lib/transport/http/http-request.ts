import type { ExecutionContext } from '@nestjs/common';

/** Whether a call is an HTTP request. Libraries that call handlers themselves say so of others, too: it is Nest's default. */
export function isHttpRequest(context: ExecutionContext): boolean {
  if (context.getType() !== 'http') return false;
  const request = context.getArgByIndex<unknown>(0);
  if (typeof request !== 'object' || request === null) return false;
  return request === latestRequest || hasHeaders(request);
}

/** The request that was asked about last: guards and parameters of a call ask one right after the other. */
let latestRequest: object | undefined;

function hasHeaders(request: object): boolean {
  // Without reading them: Node.js makes the headers of a request when they are first read.
  if (!('headers' in request)) return false;
  latestRequest = request;
  return true;
}

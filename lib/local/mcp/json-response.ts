import type { IncomingMessage, ServerResponse } from 'node:http';

/** Clients that run in a browser can be on any origin. The endpoints with these headers take no cookies. */
export const CORS_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'WWW-Authenticate',
};

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, {
      ...CORS_HEADERS,
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
    })
    .end(JSON.stringify(body));
}

/** An error of OAuth 2.0 (RFC 6749, section 5.2, and RFC 7591, section 3.2.2). */
export function sendError(
  response: ServerResponse,
  error: string,
  description: string,
  status = 400,
): void {
  sendJson(response, status, { error, error_description: description });
}

export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

export function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(204, {
      ...CORS_HEADERS,
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '',
      'Access-Control-Max-Age': '3600',
    })
    .end();
}

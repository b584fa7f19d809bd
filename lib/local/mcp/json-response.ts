import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Lets pages of every origin read a response: clients can run in a browser, anywhere. The endpoints that do this take no cookies. It
 * replaces the CORS settings of the application, which Fastify applies before.
 */
export function allowEveryOrigin(response: ServerResponse): void {
  response.removeHeader('Access-Control-Allow-Credentials');
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', 'WWW-Authenticate');
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  allowEveryOrigin(response);
  response
    .writeHead(status, {
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
  allowEveryOrigin(response);
  response
    .writeHead(204, {
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '',
      'Access-Control-Max-Age': '3600',
    })
    .end();
}

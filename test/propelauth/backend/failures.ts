import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '../../support/propelauth-server.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML_TYPE = { 'content-type': 'text/html' };

/** More than any answer may hold, of JSON that would be valid. */
const OVERSIZE = `{}${' '.repeat(1_048_576)}`;

/** What a server or a network may do instead of withExceptions; `body` is what a proper answer would have been. */
export function failuresInsteadOf(body: object): [string, Answer][] {
  const text = JSON.stringify(body);
  return [
    ...[201, 202, 203, 204, 206, 226].map((status) => withExceptions(status, { status, body })),
    ...[301, 302, 303, 307, 308].map((status) =>
      withExceptions(status, { status, body, headers: { location: '/elsewhere' } }),
    ),
    ...[401, 402, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504].map((status) =>
      withExceptions(status, { status, body }),
    ),
    ['400 with HTML', { status: 400, body: '<html>', headers: HTML_TYPE }],
    ['400 with HTML that says it is JSON', { status: 400, body: '<html>' }],
    ['400 with nothing', { status: 400, body: '' }],
    ['400 with a list', { status: 400, body: ['api_key_token', 'grant'] }],
    ['400 with a text', { status: 400, body: '"api_key_token"' }],
    ['400 with null', { status: 400, body: 'null' }],
    ['400 about another field', { status: 400, body: { org_id: ['Invalid'] } }],
    [
      '400 about another field, by code',
      {
        status: 400,
        body: { error_code: 'invalid_request_fields', field_errors: { user_id: 'invalid' } },
      },
    ],
    ['400 with another code', { status: 400, body: { error_code: 'feature_gated' } }],
    ['429 with HTML', { status: 429, body: '<html>', headers: HTML_TYPE }],
    ['429 with JSON that is no object', { status: 429, body: '[7]' }],
    ['429 with a wait that is no number', { status: 429, body: { wait_seconds: '7' } }],
    ['429 with a wait that never ends', { status: 429, body: '{"wait_seconds":1e999}' }],
    ['a response in HTML', { status: 200, body: '<html>', headers: HTML_TYPE }],
    ['JSON that says it is HTML', { status: 200, body, headers: HTML_TYPE }],
    ['JSON of an unknown type', untyped(text)],
    ['HTML that says it is JSON', { status: 200, body: '<html>' }],
    ['an empty response', { status: 200, body: '' }],
    ['truncated JSON', { status: 200, body: text.slice(0, -1) }],
    ['JSON with something after it', { status: 200, body: `${text}{}` }],
    ['bytes that are not text', notText],
    ['null', { status: 200, body: 'null' }],
    ['a list', { status: 200, body: [body] }],
    ['a text', { status: 200, body: JSON.stringify(text) }],
    ['true', { status: 200, body: 'true' }],
    ['a response that is too long', { status: 200, body: OVERSIZE }],
    ['a response without an end', endless],
    ['an interrupted response', breakingOff(text)],
    ['a connection that is reset', (request) => request.socket.destroy()],
  ];
}

function withExceptions(status: number, answer: Answer): [string, Answer] {
  return [`status ${status}`, answer];
}

function untyped(text: string): Answer {
  return (_request, response) => {
    response.writeHead(200);
    response.end(text);
  };
}

function notText(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, JSON_TYPE);
  response.end(Buffer.from('{"a":"\xff"}', 'latin1'));
}

/** Writes for as long as somebody reads. */
export function endless(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, JSON_TYPE);
  const write = () => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
    if (!response.destroyed) response.once('drain', write);
  };
  write();
}

function breakingOff(text: string): Answer {
  return (_request, response) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': text.length + 1 });
    response.write(text, () => response.destroy());
  };
}

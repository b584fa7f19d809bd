import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rejectionOf } from './loopback.js';

/** More than any request to PropelAuth's backend has. */
const MAXIMUM_BODY_BYTES = 1_048_576;

/** Answers a request, as the global `fetch` does. */
export type Answer = (request: Request) => Promise<Response>;

/** Lets a function of the web platform's requests and responses answer those of Node.js. Bodies of requests are short, and not streamed. */
export function listenerFor(answer: Answer): RequestListener {
  return (request, response) => {
    void respond(answer, request, response)
      .catch(() => failure(500, 'The emulator failed to handle this request'))
      .then((result) => send(response, result))
      .catch(() => response.destroy());
  };
}

async function respond(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Response> {
  // Read to the end even if the request is rejected: clients read the response only after they have sent their body.
  const body = await readBody(request);
  const rejection = rejectionOf(request);
  if (rejection !== undefined) return failure(rejection.status, rejection.reason);
  if (body === undefined) return failure(413, 'The body is larger than 1 MiB');
  const webRequest = webRequestOf(request, body, response);
  return webRequest === undefined
    ? failure(400, 'The request is malformed')
    : await answer(webRequest);
}

/** @returns the body, or `undefined` if it is too large */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAXIMUM_BODY_BYTES) chunks.push(chunk);
  }
  return length <= MAXIMUM_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

/** @returns `undefined` for an address or a method that the web platform does not have, such as `TRACE` */
function webRequestOf(
  { method = 'GET', url = '', headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Request | undefined {
  // Not resolved against the origin: a path of two slashes would be another host.
  if (!url.startsWith('/')) return undefined;
  const takesBody = method !== 'GET' && method !== 'HEAD';
  try {
    return new Request(`http://${headers.host}${url}`, {
      method,
      headers: webHeadersOf(headers),
      ...(takesBody && body.length > 0 && { body: new Uint8Array(body) }),
      signal: signalOf(response),
    });
  } catch {
    return undefined;
  }
}

function webHeadersOf(headers: IncomingMessage['headers']): Headers {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each): [string, string] => [name, each]),
  );
  return new Headers(entries);
}

/** Is aborted when the client is gone. */
function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

function failure(status: number, error: string): Response {
  return Response.json({ error }, { status });
}

async function send(response: ServerResponse, result: Response): Promise<void> {
  const cookies = result.headers.getSetCookie();
  const headers = Object.fromEntries(result.headers);
  response.writeHead(result.status, {
    ...headers,
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
  });
  // Leases have no end, and are cancelled when the connection closes.
  await pipeline(result.body === null ? [] : Readable.fromWeb(result.body), response);
}

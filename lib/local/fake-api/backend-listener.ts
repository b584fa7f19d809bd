import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TestIssuer } from '../issuer/test-issuer.js';
import { isLoopbackHost } from '../../values/loopback-host.js';
import type { BackendResponse } from './backend-response.js';
import { BASE_PATH, type BackendRequest } from './endpoint.js';
import { FakeBackend } from './fake-backend.js';
import type { FakeProject } from './fake-project.js';
import { introspect, INTROSPECTION_PATH } from './introspection-endpoint.js';
import { objectOf } from './field-checks.js';

/** More than any request to PropelAuth's backend has. */
const MAXIMUM_BODY_BYTES = 1_048_576;

/** Answers HTTP requests like PropelAuth's backend, from a project in memory. */
export function backendListener(project: FakeProject): RequestListener {
  const backend = new FakeBackend(project);
  return (request, response) => {
    void respond(backend, project.issuer, request)
      .catch(() => failure(500, 'FakePropelAuthApi failed to handle this request'))
      .then((answer) => send(response, answer));
  };
}

async function respond(
  backend: FakeBackend,
  issuer: TestIssuer,
  request: IncomingMessage,
): Promise<BackendResponse> {
  // Read to the end even if the request is rejected: clients read the response only after they have sent their body.
  const text = await readBody(request);
  const isIntrospection = request.method === 'POST' && request.url === INTROSPECTION_PATH;
  const rejection =
    checkHost(request) ?? (isIntrospection ? undefined : checkAccount(issuer, request));
  if (rejection !== undefined) return rejection;
  if (text === undefined) return failure(413, 'The body is larger than 1 MiB');
  if (isIntrospection) return introspect(issuer, { headers: request.headers, body: text });
  const body = parseBody(text);
  if (body === undefined) return failure(400, 'The body is not a JSON object');
  const { method = '' } = request;
  const [path = '', query] = (request.url ?? '').split('?', 2);
  const answer = await backend.handle({ method, path, query: new URLSearchParams(query), body });
  return answer ?? notSupported(path);
}

/** @returns the body, or `undefined` if it is too large */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAXIMUM_BODY_BYTES) chunks.push(chunk);
  }
  return length <= MAXIMUM_BODY_BYTES ? Buffer.concat(chunks).toString() : undefined;
}

/** The API key is no secret: web pages, which can reach this machine by a name of their own, know it, too. */
function checkHost({ headers }: IncomingMessage): BackendResponse | undefined {
  return isLoopbackHost(headers.host)
    ? undefined
    : failure(421, 'The host of the request is not 127.0.0.1 or localhost');
}

/**
 * Checks the credentials of a request. PropelAuth's libraries name the project in `X-Propelauth-url`; requests to its REST API go to the
 * auth URL and do not have this header (PropelAuth, "Backend API Reference").
 */
function checkAccount(
  { authUrl, moduleOptions }: TestIssuer,
  { headers }: IncomingMessage,
): BackendResponse | undefined {
  if (headers.authorization !== `Bearer ${moduleOptions.apiKey}`) {
    return failure(
      401,
      'The Authorization header is not "Bearer" and the apiKey of issuer.moduleOptions',
    );
  }
  const { hostname } = new URL(authUrl);
  if ((headers['x-propelauth-url'] ?? hostname) !== hostname) {
    return failure(
      404,
      `The X-Propelauth-url header is not ${hostname}, the host of the issuer's authUrl`,
    );
  }
  return undefined;
}

function parseBody(text: string): BackendRequest['body'] | undefined {
  if (text === '') return {};
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Not 404 for endpoints of PropelAuth: its client would take that for an unknown id. */
function notSupported(path: string): BackendResponse {
  return path.startsWith(`${BASE_PATH}/`)
    ? failure(501, 'FakePropelAuthApi does not support this endpoint')
    : failure(404, 'There is no such endpoint');
}

function failure(status: number, error: string): BackendResponse {
  return { status, body: { error } };
}

function send(response: ServerResponse, { status, body, headers }: BackendResponse): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestHeaders } from '../request-headers.js';
import { routerOptionsOf } from './same-path.js';

interface UnparsedRequest extends RequestHeaders {
  readonly rawBody?: unknown;
}

/** A request at the path, before anything has parsed it. */
interface PathRequest extends UnparsedRequest {
  readonly stream: Readable | undefined;
}

/** The response to a request. */
export interface PathResponse {
  readonly status: number;
  /** `undefined` removes a header that the application has set. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** A path of the application that the package serves. */
export interface ServedPath {
  /** A plain path, which means the same to all routers: see `isPlainPath()`. The checks of the options ensure this. */
  readonly path: string;
  /**
   * `POST`: POST requests, with their body as a stream. `ALL`: requests of every method, whose body is not read; on Fastify, no hook and no
   * middleware of the application comes before it.
   */
  readonly methods: 'POST' | 'ALL';
  readonly handle: (request: PathRequest) => Promise<PathResponse>;
}

/** A request of Node.js. A request that is injected into Fastify has no `complete`: it has always arrived as a whole. */
interface Arriving {
  readonly complete?: boolean;
}

type ExpressRequest = UnparsedRequest & Readable & Arriving;

/** The HTTP adapters over which the package can serve a path. */
const SERVED = ['express', 'fastify'];

export function canServe(adapter: AbstractHttpAdapter): boolean {
  return SERVED.includes(adapter.getType());
}

/** The paths that are served, for the startup checks. Keyed by the host, because several applications may run. */
const pathsOfHosts = new WeakMap<HttpAdapterHost, string[]>();

export function pathsServedOn(adapterHost: HttpAdapterHost): readonly string[] {
  return pathsOfHosts.get(adapterHost) ?? [];
}

/**
 * Serves a path of the application, before Nest registers body parsers, middleware and routes: to be called in the constructor of a
 * provider.
 *
 * @returns whether the path is served, known once the application has an adapter. An application without HTTP has none
 */
export function servePath(
  adapterHost: HttpAdapterHost,
  served: ServedPath,
): { readonly isServed: boolean } {
  pathsOfHosts.set(adapterHost, [...pathsServedOn(adapterHost), served.path]);
  const state = { isServed: false };
  const serve = () => (state.isServed = serveOn(adapterHost.httpAdapter, served));
  // A testing module gets its adapter later. Since 11.1.4, Nest emits an event then.
  if (adapterHost.httpAdapter) serve();
  else (adapterHost as Partial<HttpAdapterHost>).init$?.subscribe(serve);
  return state;
}

function serveOn(adapter: AbstractHttpAdapter | null, served: ServedPath): boolean {
  if (!adapter || !canServe(adapter)) return false;
  if (adapter.getType() === 'express') serveOnExpress(adapter, served);
  else serveOnFastify(adapter, served);
  return true;
}

function serveOnExpress(adapter: AbstractHttpAdapter, { path, methods, handle }: ServedPath): void {
  const receive = (request: ExpressRequest, response: unknown) => {
    const { method, headers, rawBody } = request;
    const handled = handle({ method, headers, rawBody, stream: request });
    // Returned to Express, which handles a failure: middleware may have changed the response.
    return handled.then((answer) => reply(adapter, request, response, answer));
  };
  if (methods === 'ALL') adapter.all(path, receive);
  else adapter.post(path, receive);
}

/** Serves the path in a Fastify context of its own, so that the parsers of the application stay as they are. */
function serveOnFastify(adapter: AbstractHttpAdapter, { path, methods, handle }: ServedPath): void {
  const receive = (request: FastifyRequest & UnparsedRequest, response: FastifyReply) => {
    const { method, headers, rawBody, body } = request;
    // The body is what the parser made of it; there is none for a request without a body.
    const handled = handle({ method, headers, rawBody, stream: body as Readable | undefined });
    void handled.then((answer) => reply(adapter, request.raw, response, answer));
  };
  const instance = adapter.getInstance<FastifyInstance>();
  instance.register((scope, _options, done) => {
    if (methods === 'ALL') {
      // Before most of the application's hooks, which Fastify hands on to this context. It does not call `done`, so the request ends here.
      scope.addHook('onRequest', receive);
      // Replaces what other hooks, such as those for CORS, have answered.
      scope.addHook('onSend', async ({ method, headers }, response) => {
        const answer = await handle({ method, headers, stream: undefined });
        return replaceAnswer(adapter, response, answer);
      });
      for (const one of variantsOf(path, instance)) scope.all(one, () => {});
    } else {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
      scope.post(path, receive);
    }
    done();
  });
}

/** The path with and without the slash at its end, because clients use both. Express treats both as the same. */
function variantsOf(path: string, fastify: FastifyInstance): string[] {
  const { ignoreTrailingSlash } = routerOptionsOf(fastify);
  return path.endsWith('/') && ignoreTrailingSlash !== true ? [path, path.slice(0, -1)] : [path];
}

function replaceAnswer(
  adapter: AbstractHttpAdapter,
  response: unknown,
  { status, headers = {}, body }: PathResponse,
): string {
  const isEmpty = body === undefined;
  adapter.status(response, status);
  setHeaders(adapter, response, {
    ...headers,
    'Content-Length': undefined,
    'Content-Type': isEmpty ? undefined : 'application/json; charset=utf-8',
  });
  return isEmpty ? '' : JSON.stringify(body);
}

function setHeaders(
  adapter: AbstractHttpAdapter,
  response: unknown,
  headers: NonNullable<PathResponse['headers']>,
): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) (response as RemovableHeaders).removeHeader(name);
    else adapter.setHeader(response, name, value);
  }
}

/** The part of a response, of Node.js or of Fastify, that removes a header. */
interface RemovableHeaders {
  removeHeader(name: string): void;
}

async function reply(
  adapter: AbstractHttpAdapter,
  request: Arriving,
  response: unknown,
  { status, headers = {}, body }: PathResponse,
): Promise<void> {
  // A small body comes with the headers, and has arrived when that packet is parsed.
  if (request.complete === false) await setImmediate();
  // If Nest was given an existing server, that may limit the time of a request, and may have answered already.
  if (adapter.isHeadersSent(response)) return;
  // The rest of a body that has not arrived, or is too large, is not read, so the connection must not be used again.
  if (request.complete === false || status === 413) {
    adapter.setHeader(response, 'Connection', 'close');
  }
  setHeaders(adapter, response, headers);
  adapter.reply(response, body, status);
}

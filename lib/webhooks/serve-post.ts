import type { Readable } from 'node:stream';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { RawRequest } from './webhook-verifier.js';

/** A request at the path, before anything has parsed it. */
export interface WebhookRequest extends RawRequest {
  readonly stream: Readable | undefined;
}

/** What a request is answered with. */
export interface Response {
  readonly status: number;
  readonly body?: unknown;
}

type Handle = (request: WebhookRequest) => Promise<Response>;

type ExpressRequest = RawRequest & Readable;

/** Fastify's request: its body is what the parser made of it. */
interface FastifyRequest extends RawRequest {
  /** `undefined` for a request without a body. */
  readonly body?: Readable;
}

/** As much of Fastify as the route needs. */
interface Fastify {
  register(plugin: (scope: Fastify, options: unknown, done: () => void) => void): unknown;
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    contentType: string,
    parse: (
      request: unknown,
      payload: Readable,
      parsed: (error: null, body: Readable) => void,
    ) => void,
  ): void;
  post(path: string, handle: (request: FastifyRequest, reply: unknown) => void): void;
}

/** The HTTP adapters over which the package can serve a path. */
const SERVED = ['express', 'fastify'];

export function canServe(adapter: AbstractHttpAdapter): boolean {
  return SERVED.includes(adapter.getType());
}

/** Serves POST requests at a path of the application, with their body as a stream. */
export function servePost(adapter: AbstractHttpAdapter | null, path: string, handle: Handle): void {
  // An application without HTTP has none.
  if (!adapter || !canServe(adapter)) return;
  if (adapter.getType() === 'express') serveOnExpress(adapter, path, handle);
  else serveOnFastify(adapter, path, handle);
}

function serveOnExpress(adapter: AbstractHttpAdapter, path: string, handle: Handle): void {
  adapter.post(path, (request: ExpressRequest, response: unknown) => {
    const { method, headers, rawBody } = request;
    const handled = handle({ method, headers, rawBody, stream: request });
    void handled.then((answer) => reply(adapter, response, answer));
  });
}

/** In a context of its own, so that the parsers of the application stay as they are. */
function serveOnFastify(adapter: AbstractHttpAdapter, path: string, handle: Handle): void {
  adapter.getInstance<Fastify>().register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    scope.post(path, (request, response) => {
      const { method, headers, rawBody, body } = request;
      const handled = handle({ method, headers, rawBody, stream: body });
      void handled.then((answer) => reply(adapter, response, answer));
    });
    done();
  });
}

function reply(adapter: AbstractHttpAdapter, response: unknown, { status, body }: Response): void {
  // A server that was there before Nest may limit the time of a request.
  if (adapter.isHeadersSent(response)) return;
  // What is left of a body that is too large or too slow is not read.
  if (status === 413 || status === 408) adapter.setHeader(response, 'Connection', 'close');
  adapter.reply(response, body, status);
}

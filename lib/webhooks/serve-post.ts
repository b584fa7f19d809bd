import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
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

/** A request of Node. One that is injected into Fastify does not say whether it has arrived in whole: it has. */
interface Arriving {
  readonly complete?: boolean;
}

type ExpressRequest = RawRequest & Readable & Arriving;

/** Fastify's request: its body is what the parser made of it. */
interface FastifyRequest extends RawRequest {
  /** `undefined` for a request without a body. */
  readonly body?: Readable;
  readonly raw: NonNullable<RawRequest['raw']> & Arriving;
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

/**
 * Serves POST requests at a path of the application, with their body as a stream.
 *
 * @returns whether it does: an application without HTTP has no adapter
 */
export function servePost(
  adapter: AbstractHttpAdapter | null,
  path: string,
  handle: Handle,
): boolean {
  if (!adapter || !canServe(adapter)) return false;
  if (adapter.getType() === 'express') serveOnExpress(adapter, path, handle);
  else serveOnFastify(adapter, path, handle);
  return true;
}

function serveOnExpress(adapter: AbstractHttpAdapter, path: string, handle: Handle): void {
  adapter.post(path, (request: ExpressRequest, response: unknown) => {
    const { method, headers, rawBody } = request;
    const handled = handle({ method, headers, rawBody, stream: request });
    // To Express, which takes care of a failure: middleware can have changed the response.
    return handled.then((answer) => reply(adapter, request, response, answer));
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
      void handled.then((answer) => reply(adapter, request.raw, response, answer));
    });
    done();
  });
}

async function reply(
  adapter: AbstractHttpAdapter,
  request: Arriving,
  response: unknown,
  { status, body }: Response,
): Promise<void> {
  // A small body comes with the headers, and has arrived when that packet is parsed.
  if (request.complete === false) await setImmediate();
  // A server that was there before Nest may limit the time of a request.
  if (adapter.isHeadersSent(response)) return;
  // What has not arrived of a body, or is left of one that is too large, is not read.
  if (request.complete === false || status === 413) {
    adapter.setHeader(response, 'Connection', 'close');
  }
  adapter.reply(response, body, status);
}

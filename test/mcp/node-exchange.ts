import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request of Express, or of Fastify. */
export interface Incoming extends IncomingMessage {
  readonly raw?: IncomingMessage;
  readonly body?: unknown;
}

/** A response of Express, or of Fastify. */
export interface Outgoing extends ServerResponse {
  readonly raw?: ServerResponse;
  hijack?(): void;
}

/** The response of Node.js, for handlers that send it themselves, on Express and on Fastify. */
export function nodeResponseOf(response: Outgoing): ServerResponse {
  response.hijack?.();
  return response.raw ?? response;
}

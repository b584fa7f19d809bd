import type { IncomingHttpHeaders } from 'node:http';

/**
 * A request outside of Nest's handlers: one of Node.js, Express or Fastify, a `Request` of the Fetch API, or its parts.
 *
 * @publicApi
 */
export interface IdentifiableRequest {
  /** The headers, by names in any case. */
  readonly headers: Readonly<IncomingHttpHeaders> | Headers;
  /** The HTTP method. Default: unknown, so that a cookie counts only for a request of the own origin. */
  readonly method?: string | undefined;
  /** The address of the client, for limits, where the request is none of a server. Default: unknown. */
  readonly address?: string | undefined;
}

/**
 * Whom `identify()` and `authenticate()` look for in a request that belongs to no handler.
 *
 * @publicApi
 */
export interface IdentifyOptions {
  /** The kinds of callers that count, such as `['user', 'collab']`. No credential of another kind is looked at. */
  readonly kinds: readonly string[];
}

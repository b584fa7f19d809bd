import type { IncomingHttpHeaders } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';

/** What the guard has to know of a way that calls reach handlers: where the parts of a call are. */
export interface Transport {
  /**
   * The access token of a call.
   *
   * @throws {TokenRefusal} when there is none, or not exactly one
   */
  readToken(context: ExecutionContext): string;

  /** The headers that came with a call: of the request, or of the handshake of its connection. */
  headersOf(context: ExecutionContext): IncomingHttpHeaders | undefined;

  /** What the caller of a call is left on for logging and error tools, if there is such a thing. */
  annotatedBy(context: ExecutionContext): AnnotatedByGuard | undefined;

  /** What all calls have in common that one token came with, where it is verified once for all of them. */
  sharedRequestOf?(context: ExecutionContext): object | undefined;
}

/** What the guard leaves on a request, connection or message. Nothing here reads it back. */
export interface AnnotatedByGuard {
  user?: unknown;
  org?: unknown;
}

import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { OpenStreams, StreamAccess } from '../open-streams.js';

/** The code CANCEL (RFC 9113, section 7). All of node:http2 takes as long to load as half of this package. */
const HTTP2_CANCEL = 0x8;

/** The response of Node.js. Only over HTTP/2, where many responses share a connection, it has a stream. */
type RawResponse = ServerResponse & { readonly stream?: ServerHttp2Stream };

interface StreamRequest {
  /** The connection is watched, because the request itself is closed as soon as its body is read. */
  readonly socket?: Socket | null;
}

/** A request or response of Node.js, or that of Fastify around it. */
type MaybeWrapped<Raw> = Raw | { readonly raw: Raw };

/** How often a response that may still become a stream is checked. */
const CHECK_MILLISECONDS = 1_000;

/**
 * Ends a response when the access ends that allowed it.
 *
 * @param isStream `false` for a response that the handler may keep open, or send as a whole. If it has not begun when the access ends, it may
 * still be sent as a whole, because the call was allowed
 */
export function endResponseWithAccess(
  streams: OpenStreams,
  request: MaybeWrapped<StreamRequest>,
  response: MaybeWrapped<RawResponse>,
  access: StreamAccess,
  isStream: boolean,
): void {
  const rawResponse = rawOf(response);
  // Over HTTP/2, the connection outlives its responses, and each of them is closed.
  const connection = rawResponse.stream === undefined ? rawOf(request).socket : undefined;
  // The response has been sent already, or its client has gone.
  if (isOver(rawResponse, connection)) return;
  const end = isStream ? abort : abortOnceBegun;
  const remove = streams.add({ ...access, end: () => end(rawResponse, connection) });
  // A response that waits behind another one of its connection (pipelining) is never closed.
  connection?.once('close', remove);
  rawResponse.once('close', () => {
    remove();
    connection?.off('close', remove);
  });
}

function rawOf<Raw extends object>(value: MaybeWrapped<Raw>): Raw {
  return 'raw' in value ? value.raw : value;
}

function isOver(
  { destroyed, writableEnded, stream }: RawResponse,
  connection: Socket | null | undefined,
): boolean {
  const isClosed = destroyed || writableEnded || stream?.destroyed === true;
  return isClosed || connection?.destroyed === true;
}

/** Checks repeatedly, because no event says when a response begins. */
function abortOnceBegun(response: RawResponse, connection: Socket | null | undefined): void {
  if (isOver(response, connection)) return;
  if (response.headersSent) abort(response);
  else setTimeout(() => abortOnceBegun(response, connection), CHECK_MILLISECONDS).unref();
}

/** Ends a response as if the connection was lost: after a regular end, some clients do not connect again. */
function abort(response: RawResponse): void {
  if (response.stream === undefined) response.destroy();
  else response.stream.close(HTTP2_CANCEL);
}

import { constants } from 'node:http2';
import type { OpenStreams, StreamAccess } from './open-streams.js';

/** The response of Node.js, of HTTP/1 or HTTP/2. */
interface RawResponse {
  readonly destroyed?: boolean;
  readonly writableEnded: boolean;
  once(event: 'close', listener: () => void): unknown;
  destroy?(): unknown;
  /** Of HTTP/2, where many responses share a connection. */
  readonly stream?: { readonly destroyed: boolean; close(code: number): void };
}

interface RawRequest {
  /** Not the request itself: that is closed as soon as its body is read. */
  readonly socket?: Connection | null;
}

interface Connection {
  readonly destroyed?: boolean;
  once(event: 'close', listener: () => void): unknown;
  off(event: 'close', listener: () => void): unknown;
}

/** That of Node.js, or of Fastify around it. */
type MaybeWrapped<Raw> = Raw | { readonly raw: Raw };

/** Ends an event stream with the access that it was opened with. */
export function addEventStream(
  streams: OpenStreams,
  request: MaybeWrapped<RawRequest>,
  response: MaybeWrapped<RawResponse>,
  access: StreamAccess,
): void {
  const [rawRequest, rawResponse] = [rawOf(request), rawOf(response)];
  // Over HTTP/2, the connection outlives its responses, and each of them is closed.
  const connection = rawResponse.stream === undefined ? rawRequest.socket : undefined;
  // It has sent its event already, or its client has gone.
  if (connection?.destroyed === true || isClosed(rawResponse)) return;
  const remove = streams.add({ ...access, end: () => abort(rawResponse) });
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

function isClosed({ destroyed, writableEnded, stream }: RawResponse): boolean {
  return destroyed === true || writableEnded || stream?.destroyed === true;
}

/** As if the connection was lost: to a proper end, some clients do not connect again. */
function abort(response: RawResponse): void {
  if (response.stream === undefined) response.destroy?.();
  else response.stream.close(constants.NGHTTP2_CANCEL);
}

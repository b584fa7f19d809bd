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

/** That of Node.js, or of Fastify around it. */
type Response = RawResponse | { readonly raw: RawResponse };

/** Ends an event stream with the access that it was opened with. */
export function addEventStream(
  streams: OpenStreams,
  response: Response,
  access: StreamAccess,
): void {
  const raw = 'raw' in response ? response.raw : response;
  // It has sent its event already.
  if (isClosed(raw)) return;
  const remove = streams.add({ ...access, end: () => abort(raw) });
  raw.once('close', remove);
}

function isClosed({ destroyed, writableEnded, stream }: RawResponse): boolean {
  return destroyed === true || writableEnded || stream?.destroyed === true;
}

/** As if the connection was lost: to a proper end, some clients do not connect again. */
function abort(response: RawResponse): void {
  if (response.stream === undefined) response.destroy?.();
  else response.stream.close(constants.NGHTTP2_CANCEL);
}

import type { Readable } from 'node:stream';
import { PayloadTooLargeException, RequestTimeoutException } from '@nestjs/common';
import { DeadlineError, withinDeadline } from '../backend/deadline.js';
import type { RequestHeaders } from '../../transports/request-headers.js';
import { invalidEvent } from './svix.js';

/** How many chunks are kept apart. A sender can put each byte into its own chunk, which takes some 200 bytes of memory. */
const MAXIMUM_CHUNKS = 1024;

/** How long Svix waits for a response. The server may have no limit of its own: Fastify has none. */
const MAXIMUM_MILLISECONDS = 15_000;

/** A request whose body may not have been read yet. */
interface BodyRequest extends RequestHeaders {
  /** The body as it arrives; `undefined` for a request without one. */
  readonly stream: Readable | undefined;
  /** The body that a parser kept. A server that existed before Nest may have read the stream already. */
  readonly rawBody?: unknown;
}

/**
 * Reads the raw body of a request.
 *
 * @param maximumBytes the maximum length. If `Content-Length` is larger, nothing is read
 * @throws {PayloadTooLargeException} for a larger body
 * @throws {RequestTimeoutException} for a body that takes longer than 15 seconds
 * @throws {BadRequestException} for a body that does not arrive
 */
export async function readRawBody(
  { headers, stream, rawBody }: BodyRequest,
  maximumBytes: number,
): Promise<unknown> {
  if (stream === undefined) return Buffer.alloc(0);
  if (stream.readableDidRead) return rawBody;
  if (Number(headers['content-length']) > maximumBytes) throw new PayloadTooLargeException();
  const body = await withinDeadline(MAXIMUM_MILLISECONDS, () =>
    collect(stream, maximumBytes),
  ).catch((error: unknown) => {
    if (error instanceof DeadlineError) throw new RequestTimeoutException();
    throw invalidEvent();
  });
  if (body.length > maximumBytes) throw new PayloadTooLargeException();
  return body;
}

/** Reads a stream to its end, or until it is too long. The rest stays unread, so that the connection can still carry the response. */
async function collect(stream: Readable, maximumBytes: number): Promise<Buffer> {
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (chunks.length === MAXIMUM_CHUNKS) chunks = [Buffer.concat(chunks)];
    if (length > maximumBytes) break;
  }
  return Buffer.concat(chunks);
}

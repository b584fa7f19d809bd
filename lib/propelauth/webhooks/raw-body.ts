import type { Readable } from 'node:stream';
import { PayloadTooLargeException, RequestTimeoutException } from '@nestjs/common';
import { DeadlineError, withinDeadline } from '../backend/deadline.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RequestHeaders } from '../../transports/request-headers.js';

/** How many chunks are kept apart: a sender can put each byte into one, which takes some 200 bytes here. */
const MAXIMUM_CHUNKS = 1024;

/** As long as Svix waits for a response. A server need not have a limit of its own: Fastify has none. */
const MAXIMUM_MILLISECONDS = 15_000;

/** A request whose body may not have been read yet. */
interface BodyRequest extends RequestHeaders {
  /** The body as it arrives; `undefined` for a request without one. */
  readonly stream: Readable | undefined;
  /** What a parser kept that has read the body before: that of a server which was there before Nest. */
  readonly rawBody?: unknown;
}

/**
 * Reads the body of a request as it was sent.
 *
 * @param maximumBytes what it may have at most; of one whose `Content-Length` says more, nothing is read
 * @throws {PayloadTooLargeException} for a larger body
 * @throws {RequestTimeoutException} for one that takes longer than 15 seconds
 * @throws {Rejection} for one that does not arrive
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
    throw new Rejection('webhook_invalid');
  });
  if (body.length > maximumBytes) throw new PayloadTooLargeException();
  return body;
}

/** Reads a stream to its end, or until there is too much. What is left stays there, so that the connection can still be answered. */
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

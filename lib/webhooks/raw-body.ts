import type { Readable } from 'node:stream';
import { PayloadTooLargeException, RequestTimeoutException } from '@nestjs/common';
import { DeadlineError, withinDeadline } from '../backend/deadline.js';
import { Refusal } from '../refusals/refusal.js';

/** Far more than an event needs. */
const MAXIMUM_BYTES = 1_048_576;

/** How many chunks are kept apart: a sender can put each byte into one, which takes some 200 bytes here. */
const MAXIMUM_CHUNKS = 1024;

/** As long as Svix waits for a response. A server need not have a limit of its own: Fastify has none. */
const MAXIMUM_MILLISECONDS = 15_000;

/** A request whose body may not have been read yet. */
interface BodyRequest {
  /** The body as it arrives; `undefined` for a request without one. */
  readonly stream: Readable | undefined;
  /** What a parser kept that has read the body before: that of a server which was there before Nest. */
  readonly rawBody?: unknown;
}

/**
 * Reads the body of a request as it was sent.
 *
 * @throws {PayloadTooLargeException} for a body of more than 1 MiB
 * @throws {RequestTimeoutException} for one that takes longer than 15 seconds
 * @throws {Refusal} for one that does not arrive
 */
export async function readRawBody({ stream, rawBody }: BodyRequest): Promise<unknown> {
  if (stream === undefined) return Buffer.alloc(0);
  if (stream.readableDidRead) return rawBody;
  const body = await withinDeadline(MAXIMUM_MILLISECONDS, () => collect(stream)).catch(
    (error: unknown) => {
      if (error instanceof DeadlineError) throw new RequestTimeoutException();
      throw new Refusal('webhook_invalid');
    },
  );
  if (body.length > MAXIMUM_BYTES) throw new PayloadTooLargeException();
  return body;
}

/** Reads a stream to its end, or until there is too much. What is left stays there, so that the connection can still be answered. */
async function collect(stream: Readable): Promise<Buffer> {
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (chunks.length === MAXIMUM_CHUNKS) chunks = [Buffer.concat(chunks)];
    if (length > MAXIMUM_BYTES) break;
  }
  return Buffer.concat(chunks);
}

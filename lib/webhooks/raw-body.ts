import type { Readable } from 'node:stream';
import { PayloadTooLargeException } from '@nestjs/common';
import { Refusal } from '../refusals/refusal.js';

/** Far more than an event needs. */
const MAXIMUM_BYTES = 1_048_576;

/** A request whose body may not have been read yet. */
interface BodyRequest {
  /** The body as it arrives; `undefined` for a request without one. */
  readonly stream: Readable | undefined;
  /** What a parser kept that has read the body before: that of a server which was there before Nest. */
  readonly rawBody?: unknown;
}

/**
 * Reads the body of a request as it was sent. How long that may take is up to the server (`requestTimeout`).
 *
 * @throws {PayloadTooLargeException} for a body of more than 1 MiB
 * @throws {Refusal} for a body that does not arrive
 */
export async function readRawBody({ stream, rawBody }: BodyRequest): Promise<unknown> {
  if (stream?.readableDidRead) return rawBody;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream?.iterator({ destroyOnReturn: false }) ?? []) {
      length += (chunk as Buffer).length;
      if (length > MAXIMUM_BYTES) break;
      chunks.push(chunk as Buffer);
    }
  } catch {
    throw new Refusal('webhook_invalid');
  }
  if (length > MAXIMUM_BYTES) throw new PayloadTooLargeException();
  return Buffer.concat(chunks);
}

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** More than any request to these endpoints needs. */
export const MAXIMUM_BODY_BYTES = 16 * 1024;

/** The body is too long, or the client stopped sending it. */
export class UnreadableBodyError extends Error {
  override readonly name = 'UnreadableBodyError';
}

/**
 * The body of a request, as text.
 *
 * In testing modules, Express parses bodies before the local PropelAuth sees the request: then it is written as text again.
 *
 * @throws {UnreadableBodyError} if it has more than {@link MAXIMUM_BODY_BYTES}, or ends early
 */
export async function readBody(request: IncomingMessage & { body?: unknown }): Promise<string> {
  const { body } = request;
  if (body !== undefined && body !== null) return textOfParsed(body, request);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // The response to a body that is too long has to reach the client.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > MAXIMUM_BODY_BYTES) break;
      chunks.push(chunk as Buffer);
    }
  } catch {
    throw new UnreadableBodyError('The body ended early.');
  }
  if (length > MAXIMUM_BODY_BYTES) {
    throw new UnreadableBodyError(`The body has more than ${MAXIMUM_BODY_BYTES} bytes.`);
  }
  return Buffer.concat(chunks).toString();
}

function textOfParsed(body: unknown, { headers }: IncomingMessage): string {
  const text = headers['content-type']?.includes('json') ? jsonOf(body) : formOf(body);
  if (Buffer.byteLength(text) <= MAXIMUM_BODY_BYTES) return text;
  throw new UnreadableBodyError(`The body has more than ${MAXIMUM_BODY_BYTES} bytes.`);
}

/** What can be parsed can be nested too deeply to be written again. */
function jsonOf(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch {
    throw new UnreadableBodyError('The body is nested too deeply.');
  }
}

/** A parsed form as text. A parameter that was sent twice is a list. One with brackets in its name is an object, and is of no use here. */
function formOf(body: unknown): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body as object)) {
    for (const each of [value].flat() as unknown[]) {
      if (typeof each === 'string') form.append(name, each);
    }
  }
  return form.toString();
}

/** What a server that is mounted at a path gets instead of a request. */
export interface Replay {
  /** The path that the server is mounted at. */
  readonly mountPath: string;
  /** The path and query, below that path. */
  readonly url: string;
  readonly body: string;
}

/** A request with another address and another body. The request itself is not changed. */
export function replay(
  request: IncomingMessage,
  { mountPath, url, body }: Replay,
): IncomingMessage {
  const content = Readable.from([Buffer.from(body)]);
  const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(body)) };
  delete headers['transfer-encoding'];
  const properties: Record<string, unknown> = {
    url,
    originalUrl: mountPath + url,
    headers,
    body: undefined,
    readable: true,
    readableEncoding: null,
    iterator: content.iterator.bind(content),
  };
  return Object.create(
    request,
    Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, { value, writable: true }]),
    ),
  ) as IncomingMessage;
}

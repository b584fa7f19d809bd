import type { IncomingHttpHeaders } from 'node:http';
import { Rejection } from '../rejections/rejection.js';

/** The parts of a request that are used: an IncomingMessage, or an object of an HTTP adapter around one (`raw`, as in Fastify). */
export interface RequestHeaders {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders?: readonly string[] };
}

/**
 * The Authorization header of a request, if there is exactly one.
 *
 * Node.js keeps the first of several Authorization headers and drops the rest, so another reader of the same request (a
 * proxy, a log) could see another caller. Only the raw headers still tell.
 *
 * @throws {Rejection} `token_malformed` when there is more than one
 */
export function readAuthorizationHeader(request: RequestHeaders): string | undefined {
  const rawHeaders = request.rawHeaders ?? request.raw?.rawHeaders;
  if (rawHeaders !== undefined && countAuthorizationHeaders(rawHeaders) > 1) {
    throw new Rejection('token_malformed');
  }
  const header: unknown = request.headers.authorization;
  if (header !== undefined && typeof header !== 'string') throw new Rejection('token_malformed');
  return header;
}

/**
 * The token of an Authorization header: exactly `Bearer <token>`, any case of `Bearer` (RFC 6750, section 2.1; RFC 9110, section 11.1). The
 * text after the single space is not checked here.
 *
 * @throws {Rejection} `token_missing` without a header or under another scheme, `token_malformed` for `Bearer` alone
 */
export function readBearerToken(header: string | undefined): string {
  // As nearly everyone writes it.
  if (typeof header === 'string' && header.slice(0, 7) === 'Bearer ') return header.slice(7);
  if (typeof header !== 'string' || header.slice(0, 6).toLowerCase() !== 'bearer') {
    throw new Rejection('token_missing');
  }
  if (header.length === 6) throw new Rejection('token_malformed');
  // The name of another scheme that begins with the same letters.
  if (header[6] !== ' ') throw new Rejection('token_missing');
  return header.slice(7);
}

function countAuthorizationHeaders(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 13 && name.toLowerCase() === 'authorization') count++;
  }
  return count;
}

/** What HTTP adapters and Node.js say of where a request comes from. */
interface AddressedRequest {
  /** Of Express and Fastify, which respect their option to trust proxies. */
  readonly ip?: unknown;
  readonly socket?: { readonly remoteAddress?: unknown } | null;
}

/**
 * The address that a request comes from, as the application takes it: that of a client behind proxies which it trusts. `undefined` also
 * where the application's function that decides which proxies to trust fails.
 */
export function addressOfRequest(request: object | undefined): string | undefined {
  try {
    const { ip, socket } = (request ?? {}) as AddressedRequest;
    const address = ip ?? socket?.remoteAddress;
    return typeof address === 'string' && address !== '' ? address : undefined;
  } catch {
    return undefined;
  }
}

import type { ExecutionContext } from '@nestjs/common';
import { Rejection } from '../../rejections/rejection.js';
import { responseHeadersFor } from '../../rejections/exception-for.js';
import type { AnnotationTarget, RequestHeaders, Transport } from '../transport.interface.js';
import { addressOfRequest } from './client-address.js';

/** HTTP routes. The token is in the Authorization header of the request. */
export const httpTransport: Transport = {
  readToken: (context) => readBearerToken(readAuthorizationHeader(requestOf(context))),
  requestOf,
  annotationTargetOf: (context) => requestOf(context),
  tokenScopeOf: requestOf,
  decisionKeysOf: (context) => [requestOf(context)],
  operationScopeOf: requestOf,
  addressOf: (context) => addressOfRequest(requestOf(context)),
  translate(exception, context, { adapterHost }) {
    // An exception has no headers of its own.
    const response = context.switchToHttp().getResponse<unknown>();
    for (const [name, value] of Object.entries(responseHeadersFor(exception))) {
      adapterHost.httpAdapter.setHeader(response, name, value);
    }
    return exception;
  },
};

function requestOf(context: ExecutionContext): RequestHeaders & AnnotationTarget {
  return context.getArgByIndex<RequestHeaders & AnnotationTarget>(0);
}

/** Whether a call is an HTTP request. Calls of libraries may have the same type, because it is Nest's default. */
export function isHttpRequest(context: ExecutionContext): boolean {
  if (context.getType() !== 'http') return false;
  const request = context.getArgByIndex<unknown>(0);
  if (typeof request !== 'object' || request === null) return false;
  return request === latestRequest || hasHeaders(request);
}

/** The request that was asked about last: guards and parameters of a call ask one right after the other. */
let latestRequest: object | undefined;

function hasHeaders(request: object): boolean {
  // Without reading them: Node.js makes the headers of a request when they are first read.
  if (!('headers' in request)) return false;
  latestRequest = request;
  return true;
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

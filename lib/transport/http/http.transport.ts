import type { ExecutionContext } from '@nestjs/common';
import { headersOf } from '../../refusals/refusal.exceptions.js';
import type { AnnotatedByGuard, Transport } from '../transport.interface.js';
import {
  readAuthorizationHeader,
  readBearerToken,
  type RequestHeaders,
} from './authorization-header.js';
import { addressOfRequest } from './client-address.js';

/** HTTP routes. The token is in the Authorization header of the request. */
export const httpTransport: Transport = {
  readToken: (context) => readBearerToken(readAuthorizationHeader(requestOf(context))),
  requestOf,
  annotatedBy: (context) => requestOf(context),
  sharedRequestOf: requestOf,
  ownObjectOf: requestOf,
  callOf: requestOf,
  addressOf: (context) => addressOfRequest(requestOf(context)),
  answerTo(exception, context, { adapterHost }) {
    // An exception has no headers of its own.
    const response = context.switchToHttp().getResponse<unknown>();
    for (const [name, value] of Object.entries(headersOf(exception))) {
      adapterHost.httpAdapter.setHeader(response, name, value);
    }
    return exception;
  },
};

function requestOf(context: ExecutionContext): RequestHeaders & AnnotatedByGuard {
  return context.getArgByIndex<RequestHeaders & AnnotatedByGuard>(0);
}

/** Whether a call is an HTTP request. Libraries that call handlers themselves say so of others, too: it is Nest's default. */
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

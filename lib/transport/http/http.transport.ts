import type { ExecutionContext } from '@nestjs/common';
import {
  readAuthorizationHeader,
  readBearerToken,
  type RequestHeaders,
} from './authorization-header.js';
import { addressOfRequest } from './client-address.js';
import type { AnnotatedByGuard, Transport } from '../transport.interface.js';

/** HTTP routes. The token is in the Authorization header of the request. */
export const httpTransport: Transport = {
  readToken: (context) => readBearerToken(readAuthorizationHeader(requestOf(context))),
  requestOf,
  annotatedBy: (context) => requestOf(context),
  sharedRequestOf: requestOf,
  ownObjectOf: requestOf,
  callOf: requestOf,
  addressOf: (context) => addressOfRequest(requestOf(context)),
};

function requestOf(context: ExecutionContext): RequestHeaders & AnnotatedByGuard {
  return context.getArgByIndex<RequestHeaders & AnnotatedByGuard>(0);
}

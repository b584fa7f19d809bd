import type { ExecutionContext } from '@nestjs/common';
import { Rejection } from '../../rejections/rejection.js';
import { isObject } from '../../values/is-object.js';
import { addressOfRequest } from '../http/client-address.js';
import { readAuthorizationHeader, readBearerToken } from '../http/http.transport.js';
import type { AnnotationTarget, Transport } from '../transport.interface.js';
import { endpointRequestOf } from './endpoint-requests.js';
import { mcpContextOf, rawRequestOf } from './mcp-call.js';
import { mcpExceptionFor } from './mcp-exception.js';

/** Tools, resources and prompts of `@rekog/mcp-nest`. The token is in the Authorization header of the HTTP request that called them. */
export const mcpTransport: Transport = {
  readToken(context) {
    const request = rawRequestOf(context);
    // There is none over stdio.
    if (request === undefined) throw new Rejection('token_missing');
    return readBearerToken(readAuthorizationHeader(request));
  },
  requestOf: rawRequestOf,
  annotationTargetOf: (context) => mcpContextOf(context) as AnnotationTarget,
  tokenScopeOf: seenRequestOf,
  decisionKeysOf: (context) => context.getArgs<unknown[]>().filter(isObject),
  operationScopeOf: seenRequestOf,
  addressOf: (context) => addressOfRequest(seenRequestOf(context)),
  translate: (exception, _context, { packages }) => mcpExceptionFor(exception, packages),
};

/** The request as the guard of the endpoint controller has seen it: what it knows of the token need not be asked again. */
function seenRequestOf(context: ExecutionContext): object | undefined {
  const raw = rawRequestOf(context);
  return raw && (endpointRequestOf(raw) ?? raw);
}

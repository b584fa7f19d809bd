import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';
import type { AnnotationTarget, Transport } from '../transport.interface.js';
import { websocketExceptionFor } from './websocket-exception.js';
import {
  describeHandshakeRejection,
  handshakeAddressOf,
  handshakeRequestOf,
  handshakeTokenOf,
} from './websocket-handshake.js';

/** Message handlers of WebSocket gateways. The token came with the handshake of the connection. */
export const websocketTransport: Transport = {
  readToken: (context) => handshakeTokenOf(clientOf(context)),
  describeRejection: (reason, context) => describeHandshakeRejection(reason, clientOf(context)),
  requestOf: (context) => handshakeRequestOf(clientOf(context)),
  annotationTargetOf: (context) => clientOf(context),
  tokenScopeOf: (context) => [clientOf(context)].find(isObject),
  decisionKeysOf: (context) => [messageOf(context)].filter(isObject),
  operationScopeOf: messageOf,
  addressOf: (context) => handshakeAddressOf(clientOf(context)),
  translate: (exception, context, { packages }) =>
    websocketExceptionFor(exception, context, packages),
};

/** What a client sent, or the function that acknowledges it: another for each message. */
function messageOf(context: ExecutionContext): object | undefined {
  const [, data, acknowledge] = context.getArgs<unknown[]>();
  return [data, acknowledge].find(isObject);
}

function clientOf(context: ExecutionContext): AnnotationTarget {
  return context.getArgByIndex<AnnotationTarget>(0);
}

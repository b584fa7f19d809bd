import type { ExecutionContext } from '@nestjs/common';
import type { AnnotatedByGuard, Transport } from './transport.interface.js';
import { handshakeAddressOf, handshakeRequestOf, handshakeTokenOf } from './websocket-handshake.js';

/** Message handlers of WebSocket gateways. The token came with the handshake of the connection. */
export const websocketTransport: Transport = {
  readToken: (context) => handshakeTokenOf(clientOf(context)),
  requestOf: (context) => handshakeRequestOf(clientOf(context)),
  annotatedBy: (context) => clientOf(context),
  sharedRequestOf: (context) => [clientOf(context)].find(isObject),
  callOf: (context) => context.getArgs<unknown[]>().slice(1).find(isObject),
  addressOf: (context) => handshakeAddressOf(clientOf(context)),
};

function clientOf(context: ExecutionContext): AnnotatedByGuard {
  return context.getArgByIndex<AnnotatedByGuard>(0);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

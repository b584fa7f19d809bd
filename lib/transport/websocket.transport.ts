import type { ExecutionContext } from '@nestjs/common';
import type { AnnotatedByGuard, Transport } from './transport.interface.js';
import { handshakeRequestOf, handshakeTokenOf } from './websocket-handshake.js';

/** Message handlers of WebSocket gateways. The token came with the handshake of the connection. */
export const websocketTransport: Transport = {
  readToken: (context) => handshakeTokenOf(clientOf(context)),
  requestOf: (context) => handshakeRequestOf(clientOf(context)),
  annotatedBy: (context) => clientOf(context),
};

function clientOf(context: ExecutionContext): AnnotatedByGuard {
  return context.getArgByIndex<AnnotatedByGuard>(0);
}

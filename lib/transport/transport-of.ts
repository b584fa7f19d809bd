import type { IncomingHttpHeaders } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { graphqlTransport } from './graphql.transport.js';
import { httpTransport } from './http.transport.js';
import { rpcTransport } from './rpc.transport.js';
import type { Transport } from './transport.interface.js';
import { websocketTransport } from './websocket.transport.js';

/**
 * The transport that a call came by.
 *
 * @throws {Error} for one that the package does not know: nobody can say where its token is
 */
export function transportOf(context: ExecutionContext): Transport {
  switch (context.getType<string>()) {
    case 'http':
      return httpTransport;
    case 'graphql':
      return graphqlTransport;
    case 'ws':
      return websocketTransport;
    case 'rpc':
      return rpcTransport;
    default:
      throw unknownTransport(context);
  }
}

/** What is said of a call that the guard cannot decide about. */
export function unknownTransport(context: ExecutionContext): Error {
  return new Error(
    `PropelAuthGuard cannot decide about this call of type "${context.getType()}". It guards HTTP routes, GraphQL resolvers, ` +
      'WebSocket gateways and message handlers of microservices.',
  );
}

/** The headers that came with a call, if its transport has any. */
export function headersOf(context: ExecutionContext): IncomingHttpHeaders | undefined {
  return transportOf(context).requestOf(context)?.headers;
}

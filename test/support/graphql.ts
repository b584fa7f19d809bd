import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, ApolloFederationDriver } from '@nestjs/apollo';
import { GraphQLModule, type GqlModuleOptions } from '@nestjs/graphql';
import { MercuriusDriver, MercuriusFederationDriver } from '@nestjs/mercurius';
import type { DynamicModule } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { createClient, type Client } from 'graphql-ws';
import request from 'supertest';
import { WebSocket } from 'ws';
import type { RunningApplication } from './application.js';
import { registerCleanup } from './clean-up.js';

/** What Mercurius, unlike Apollo, does only with an option. */
interface MercuriusSubscriptionOptions {
  /** Takes queries and mutations over graphql-ws. */
  readonly fullWsTransport?: boolean;
  /** Passes on the WebSocket to resolvers. */
  readonly passesWebSocket?: boolean;
}

/** GraphQL as an application sets it up: Apollo over Express, Mercurius over Fastify. Both with graphql-ws. */
export function graphqlModule({
  fullWsTransport = false,
  passesWebSocket = false,
  ...options
}: GqlModuleOptions & MercuriusSubscriptionOptions = {}): DynamicModule {
  const common = { autoSchemaFile: true, fieldResolverEnhancers: ['guards' as const], ...options };
  return globalThis.HTTP_ADAPTER === 'fastify'
    ? GraphQLModule.forRoot({
        driver: MercuriusDriver,
        ...common,
        subscription: {
          fullWsTransport,
          ...(passesWebSocket && { context: (socket: WebSocket) => ({ extra: { socket } }) }),
        },
      })
    : GraphQLModule.forRoot({
        driver: ApolloDriver,
        ...common,
        graphiql: false,
        subscriptions: { 'graphql-ws': true },
      });
}

/** What graphql-ws knows of a connection, as Apollo passes it to the function `context`; over HTTP there is a request. */
export interface Connection {
  readonly req?: IncomingMessage;
  readonly connectionParams?: { readonly Authorization: string };
  readonly extra?: { readonly request: IncomingMessage; readonly socket: WebSocket };
}

/** The context that `@graphql-yoga/nestjs` makes: over graphql-ws the connection, with the request that opened it. */
export const asInYoga = (connection: Connection): object =>
  connection.extra === undefined
    ? { req: connection.req }
    : { ...connection, req: connection.extra.request, socket: connection.extra.socket };

/** Whose context an operation can have over graphql-ws. Mercurius makes that itself. */
export const CONTEXTS = (
  [
    ['the driver', {}],
    ['Yoga', { context: asInYoga }],
  ] satisfies [string, GqlModuleOptions][]
).slice(0, globalThis.HTTP_ADAPTER === 'fastify' ? 1 : 2);

export interface GraphqlError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; errorCode?: string; reason?: string };
}

export interface GraphqlAnswer {
  data?: Record<string, unknown> | null;
  errors?: GraphqlError[];
}

/** Sends an operation over HTTP, as someone with these headers. */
export async function send(
  { url }: RunningApplication,
  query: string,
  headers: Record<string, string> = {},
): Promise<GraphqlAnswer> {
  const { body } = await request(url).post('/graphql').set(headers).send({ query }).expect(200);
  return body as GraphqlAnswer;
}

/** The codes of an answer's errors. */
export function codesOf({ errors = [] }: Pick<GraphqlAnswer, 'errors'>): (string | undefined)[] {
  return errors.map(({ extensions }) => extensions?.code);
}

/** A graphql-ws client. */
export function connect(
  { url }: RunningApplication,
  connectionParams: Record<string, unknown>,
  headers: Record<string, string> = {},
): Client {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    connectionParams,
    retryAttempts: 0,
    // One connection for all operations of a client.
    lazy: false,
    onNonLazyError: () => {},
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers });
      }
    },
  });
  registerCleanup(() => client.dispose());
  return client;
}

/** The first result of a subscription, or the errors that it is rejected with. */
export async function nextOf(client: Client, query: string): Promise<GraphqlAnswer> {
  try {
    for await (const result of client.iterate({ query })) return result as GraphqlAnswer;
    return {};
  } catch (errors) {
    return { errors: errors as GraphqlError[] };
  }
}

/** A subgraph of a federation, over the same drivers. */
export function subgraphModule(options: GqlModuleOptions = {}): DynamicModule {
  const common = { fieldResolverEnhancers: ['guards' as const], ...options };
  return globalThis.HTTP_ADAPTER === 'fastify'
    ? GraphQLModule.forRoot({
        driver: MercuriusFederationDriver,
        federationMetadata: true,
        ...common,
      })
    : GraphQLModule.forRoot({
        driver: ApolloFederationDriver,
        graphiql: false,
        // It writes to the console.
        plugins: [ApolloServerPluginInlineTraceDisabled()],
        ...common,
      });
}

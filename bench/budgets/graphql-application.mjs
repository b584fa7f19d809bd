import { load, start } from './build-under-test.mjs';

const { GraphQLModule } = await load('@nestjs/graphql');

const DRIVERS = {
  async Apollo() {
    const { ApolloDriver: driver } = await load('@nestjs/apollo');
    return { graphql: { driver, graphiql: false, subscriptions: { 'graphql-ws': true } } };
  },
  async Mercurius() {
    const { MercuriusDriver: driver } = await load('@nestjs/mercurius');
    const { FastifyAdapter } = await load('@nestjs/platform-fastify');
    return {
      adapter: new FastifyAdapter(),
      graphql: { driver, subscription: { fullWsTransport: true } },
    };
  },
};

/** Starts an application with these resolvers; Apollo runs over Express, Mercurius over Fastify. */
export async function startGraphql(name, typeDefs, providers) {
  const { adapter, graphql } = await DRIVERS[name]();
  return start({ adapter, providers, imports: [GraphQLModule.forRoot({ typeDefs, ...graphql })] });
}

/** An operation that asks for a field over and over. */
export function aliasesOf(field, count) {
  return `{ ${Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')} }`;
}
